//! The cells of the matrices: who is judged with whom.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::link::{Link, Way};
use super::meeting::{OF_ONE, meet};
use crate::agent::Recipe;
use crate::runner::word_fits;
use crate::{About, Caps, Clause, Subject, TransportSubject};

/// A client and a server, to be judged as one.
#[derive(Debug)]
pub(crate) struct Cell {
    /// The two of them.
    pub(crate) subject: Subject,
    /// Who they are.
    pub(crate) between: Between,
    /// How another process makes them.
    pub(crate) seats: Seats,
}

/// Who is judged with whom, by which protocol: for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Between {
    pub(crate) protocol: String,
    pub(crate) client: String,
    pub(crate) server: String,
}

/// All that another process has to know to make the two of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seats {
    pub(crate) way: Way,
    pub(crate) client: Seat,
    pub(crate) server: Seat,
}

/// A subject, for another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seat {
    pub(crate) subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipe: Option<Recipe>,
}

/// Whether `clause` is about two who talk to each other, and judged of them in a short time.
pub(crate) fn is_across(clause: &Clause) -> bool {
    let of_two = matches!(clause.about, About::Stream | About::Datagram);
    of_two && !clause.timing && clause.needs.common(OF_ONE).is_empty()
}

/// Every cell that `wanted` takes of the matrices of `subjects`, protocol by protocol, and what was
/// said of those that had to be left out.
///
/// Of one name its row and its column are taken, of several the cells among them; the name of a
/// cell (`tcp-v4->std-tcp`) takes that one. No name takes all.
pub(crate) fn cells(subjects: &[Subject], wanted: &[String]) -> (Vec<Cell>, Vec<String>) {
    let mut parties: Vec<Party> = Vec::new();
    let mut left_out = Vec::new();
    for subject in subjects {
        let Subject::Transport(subject) = subject else { continue };
        match Link::of(subject.as_ref()) {
            Ok(Some(link)) => parties.push(Party { subject: Arc::clone(subject), link }),
            Ok(None) => {}
            Err(error) => left_out.push(format!("{}: left out, for {error}", subject.name())),
        }
    }
    let choice = Choice::new(&parties, wanted);
    let mut protocols: Vec<Link> = Vec::new();
    for party in &parties {
        if !protocols.contains(&party.link.protocol()) {
            protocols.push(party.link.protocol());
        }
    }
    let mut cells = Vec::new();
    for protocol in protocols {
        let those = || parties.iter().filter(|party| party.link.protocol() == protocol);
        // Whoever has nobody else to talk to is judged enough without.
        if those().count() == 1 {
            continue;
        }
        let pairs = those().flat_map(|client| those().map(move |server| (client, server)));
        let met = pairs.filter(|(client, server)| client.meets(server));
        cells.extend(met.map(|(client, server)| client.cell(server)).filter(|it| choice.takes(it)));
    }
    (cells, left_out)
}

/// A subject, and what it speaks.
struct Party {
    subject: Arc<dyn TransportSubject>,
    link: Link,
}

impl Party {
    /// Whether this one as a client gets through to that server.
    fn meets(&self, server: &Self) -> bool {
        let roles = match self.link.way() {
            Way::Stream | Way::Seqpacket => {
                let connects = self.subject.caps().contains(Caps::CONNECT);
                connects && server.subject.caps().contains(Caps::LISTEN)
            }
            Way::Datagram | Way::Connected => true,
        };
        roles && self.link.reaches(server.link)
    }

    /// This one as the client of that server.
    fn cell(&self, server: &Self) -> Cell {
        let seats = Seats { way: self.link.way(), client: self.seat(), server: server.seat() };
        let between = Between {
            protocol: self.link.to_string(),
            client: seats.client.subject.clone(),
            server: seats.server.subject.clone(),
        };
        let subject = seats.meet(Arc::clone(&self.subject), Arc::clone(&server.subject));
        Cell { subject, between, seats }
    }

    fn seat(&self) -> Seat {
        Seat { subject: self.subject.name().to_owned(), recipe: self.subject.recipe().cloned() }
    }
}

impl Seats {
    /// The two as one subject.
    pub(crate) fn meet(
        &self,
        client: Arc<dyn TransportSubject>,
        server: Arc<dyn TransportSubject>,
    ) -> Subject {
        let name = format!("{}->{}", self.client.subject, self.server.subject);
        meet(name, client, server, self.way)
    }
}

/// Which cells were asked for.
struct Choice<'a> {
    wanted: &'a [String],
    /// The subjects that names were given of.
    named: Vec<String>,
}

impl<'a> Choice<'a> {
    fn new(parties: &[Party], wanted: &'a [String]) -> Self {
        let names = parties.iter().map(|party| party.subject.name());
        let is_named = |name: &&str| wanted.iter().any(|pattern| word_fits(pattern, name));
        Self { wanted, named: names.filter(is_named).map(str::to_owned).collect() }
    }

    fn takes(&self, cell: &Cell) -> bool {
        let Between { client, server, .. } = &cell.between;
        let (client, server) = (self.named.contains(client), self.named.contains(server));
        let among = if self.named.len() == 1 { client || server } else { client && server };
        let itself = |pattern: &String| word_fits(pattern, cell.subject.name());
        self.wanted.is_empty() || among || self.wanted.iter().any(itself)
    }
}
