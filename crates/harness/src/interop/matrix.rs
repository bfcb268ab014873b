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

/// Every cell that `wanted` takes of the matrices of `subjects`, protocol by protocol, and who of
/// those that it may mean is left out.
///
/// Of one name its row and its column are taken, of several the cells among them; the name of a
/// cell (`tcp-v4->std-tcp`) takes that one. No name takes all.
pub(crate) fn cells(subjects: &[Subject], wanted: &[String]) -> (Vec<Cell>, LeftOut) {
    let mut parties: Vec<Party> = Vec::new();
    let mut left_out = LeftOut::default();
    for subject in subjects {
        let Subject::Transport(subject) = subject else { continue };
        match Link::of(subject.as_ref()) {
            Ok(link) => parties.push(Party { subject: Arc::clone(subject), link }),
            Err(why) => left_out.add(subject.name(), why, wanted),
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
        if let (Some(alone), None) = (those().next(), those().nth(1)) {
            left_out.add(alone.subject.name(), format!("alone with {protocol}"), wanted);
            continue;
        }
        let pairs = those().flat_map(|client| those().map(move |server| (client, server)));
        let met = pairs.filter(|(client, server)| client.meets(server));
        cells.extend(met.map(|(client, server)| client.cell(server)).filter(|it| choice.takes(it)));
    }
    (cells, left_out)
}

/// Who meets nobody, by the reason.
#[derive(Debug, Default)]
pub(crate) struct LeftOut(Vec<(String, Vec<String>)>);

impl LeftOut {
    /// Adds one, unless others are `wanted`.
    fn add(&mut self, name: &str, why: String, wanted: &[String]) {
        if !wanted.is_empty() && !wanted.iter().any(|pattern| word_fits(pattern, name)) {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name.to_owned()),
            None => self.0.push((why, vec![name.to_owned()])),
        }
    }

    /// All of them in a line; none where nobody is left out.
    pub(crate) fn line(&self) -> Option<String> {
        let group = |(why, names): &(String, Vec<String>)| format!("{} ({why})", names.join(", "));
        let groups: Vec<String> = self.0.iter().map(group).collect();
        (!groups.is_empty()).then(|| format!("left out: {}", groups.join("; ")))
    }
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

#[cfg(test)]
mod tests {
    use sockrates_core::{Error, Op, Result};

    use super::*;
    use crate::Conn;

    /// What tells where it is, or not.
    struct Told(&'static str, Caps, Option<&'static str>);

    impl TransportSubject for Told {
        fn name(&self) -> &str {
            self.0
        }

        fn caps(&self) -> Caps {
            self.1
        }

        fn pair(&self) -> Result<(Conn, Conn)> {
            Err(Error::Unsupported { op: Op::Socket })
        }

        fn any_addr(&self) -> Result<sockrates_core::Addr> {
            match self.2 {
                Some(addr) => Ok(addr.parse::<std::net::SocketAddr>().unwrap().into()),
                None => Err(Error::Unsupported { op: Op::Bind }),
            }
        }
    }

    const MEETS: Caps =
        Caps::FD.and(Caps::ADDRESSES).and(Caps::SOCKET).and(Caps::LISTEN).and(Caps::CONNECT);

    fn told(wanted: &[&str]) -> (usize, Option<String>) {
        let subjects = [
            Told("one", MEETS, Some("127.0.0.1:0")),
            Told("other", MEETS, Some("127.0.0.1:0")),
            Told("apart", MEETS.without(Caps::FD), None),
            Told("mute", MEETS.without(Caps::ADDRESSES), None),
            Told("muter", MEETS.without(Caps::ADDRESSES), None),
            Told("paired", Caps::FD.and(Caps::ADDRESSES), None),
            Told("broken", MEETS, None),
            Told("lonely", MEETS, Some("[::1]:0")),
        ];
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let (cells, left_out) = cells(&subjects.map(Subject::transport), &wanted);
        (cells.len(), left_out.line())
    }

    #[test]
    fn who_meets_nobody_is_told_in_one_line_with_the_reason() {
        let line = "left out: apart (each talks to itself only); mute, muter (no \
                    `addresses`); paired (each makes its ends together); broken (bind: this \
                    transport does not support it); lonely (alone with TCP over IPv6)";
        assert_eq!(told(&[]), (4, Some(line.to_owned())));
        assert_eq!(told(&["one", "mute*"]).1.unwrap(), "left out: mute, muter (no `addresses`)");
        assert_eq!(told(&["one", "other"]), (4, None));
    }
}
