//! What an agent offers to be judged.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sockrates_core::{Addr, Deadline, Error, Kind, Op, Result};

use super::client::{Answer, Client};
use super::end::{End, EndListener};
use super::process::{Place, lock};
use super::{AgentCommand, address};
use crate::catalogue::deviations;
use crate::{Acceptor, Caps, Conn, Deviation, Subject, TransportSubject};

/// An agent: how it is started, and its process while there is one.
#[derive(Debug)]
pub(crate) struct Agent {
    command: AgentCommand,
    place: Place,
    client: Mutex<Option<Arc<Client>>>,
}

/// How a subject of an agent is made: all that another process has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    /// The agent's program and its arguments.
    pub(crate) words: Vec<String>,
    called: String,
    /// Whether it was given by hand: the program brings no such agent.
    given: bool,
    agent: String,
    offer: Offer,
}

/// One kind of socket that an agent has, as its `hello` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) caps: Vec<String>,
    #[serde(default)]
    any: Option<Value>,
    #[serde(default)]
    loopback: Option<u32>,
}

impl Agent {
    /// An agent that is started when it is needed.
    pub(crate) fn new(command: AgentCommand) -> Self {
        Self { command, place: Place::Leads, client: Mutex::new(None) }
    }

    /// The agent of a recipe, for a worker.
    pub(crate) fn of(recipe: &Recipe) -> Self {
        let command = AgentCommand::of_words(recipe.words.clone(), recipe.called.clone());
        Self { place: Place::Follows, ..Self::new(command) }
    }

    /// Starts it, and returns all that it offers.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn subjects(self: &Arc<Self>) -> Result<Vec<Subject>, String> {
        let (_, hello) = Client::start(&self.command, self.place)?;
        let (agent, offers) = offers(&hello)?;
        let recipe = |offer| Recipe {
            words: self.command.words().to_vec(),
            called: self.command.to_string(),
            given: !self.command.is_optional(),
            agent: agent.clone(),
            offer,
        };
        offers.into_iter().map(|offer| self.subject(recipe(offer))).collect()
    }

    /// The subject that a recipe makes.
    ///
    /// # Errors
    /// What its agent should not have said.
    pub(crate) fn subject(self: &Arc<Self>, recipe: Recipe) -> Result<Subject, String> {
        let (kind, caps) = (recipe.offer.kind()?, recipe.offer.caps()?);
        let name = format!("{}-{}", recipe.agent, recipe.offer.name);
        let mut deviations = self.command.deviations(&recipe.agent, &recipe.offer.name);
        if kind == Kind::Stream && caps.contains(Caps::INET) {
            deviations.extend(deviations::TCP);
        }
        let agent = Arc::clone(self);
        let says = format!(
            "{} of the agent `{}`, a program of its own, spoken to over pipes",
            recipe.offer.name, recipe.called
        );
        Ok(Subject::transport(AgentSubject { name, says, kind, caps, deviations, agent, recipe }))
    }

    fn client(&self) -> Result<Arc<Client>> {
        let mut client = lock(&self.client);
        match &*client {
            Some(client) => Ok(Arc::clone(client)),
            None => {
                let (started, _) = Client::start(&self.command, self.place).map_err(|why| {
                    Error::invalid("agent:", String::from(why), "see docs/agent-protocol.md")
                })?;
                Ok(Arc::clone(client.insert(Arc::new(started))))
            }
        }
    }

    /// Takes everything away that an earlier case may have left; starts anew what is broken.
    fn reset(&self) {
        let current = lock(&self.client).clone();
        let Some(client) = current else { return };
        let cleared = client.ask(Op::Close, json!({"cmd": "reset"})).is_ok();
        if !cleared || client.broken().is_some() {
            *lock(&self.client) = None;
        }
    }
}

impl Recipe {
    /// The command line of the agent, where it was given by hand.
    pub(crate) fn given(&self) -> Option<&str> {
        self.given.then_some(&self.called)
    }
}

impl Offer {
    /// Whether it carries bytes or messages.
    ///
    /// # Errors
    /// What the kind should be.
    pub(super) fn kind(&self) -> Result<Kind, String> {
        match self.kind.as_str() {
            "stream" => Ok(Kind::Stream),
            "datagram" => Ok(Kind::Datagram),
            other => {
                Err(format!("offers a `kind` of `{other}`; there are \"stream\" and \"datagram\""))
            }
        }
    }

    /// What it can do.
    ///
    /// # Errors
    /// The capability that there is not.
    pub(super) fn caps(&self) -> Result<Caps, String> {
        self.caps.iter().try_fold(Caps::NONE, |caps, word| {
            let known = Caps::ALL.iter().find(|(_, name, _)| name == word);
            let unknown = || format!("offers the capability `{word}`, which there is not");
            known.map(|(cap, ..)| caps | *cap).ok_or_else(unknown)
        })
    }
}

/// Who the agent is, and what it offers.
pub(super) fn offers(hello: &Answer) -> Result<(String, Vec<Offer>), String> {
    let said = |what: &str| format!("its hello {what}: {}", Value::Object(hello.clone()));
    if hello.get("proto").and_then(Value::as_u64) != Some(1) {
        return Err(said("speaks another version of the protocol than 1"));
    }
    let name = hello.get("name").and_then(Value::as_str).ok_or_else(|| said("has no `name`"))?;
    let is_plain = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_plain);
    if !is_name(name) {
        return Err(said("has a `name` that is not of lower-case letters, digits and hyphens"));
    }
    let offers = hello.get("subjects").cloned().unwrap_or_default();
    let offers: Vec<Offer> = serde_json::from_value(offers)
        .map_err(|error| said(&format!("has no usable `subjects` ({error})")))?;
    if let Some(odd) = offers.iter().map(|offer| &*offer.name).find(|name| !is_name(name)) {
        let fault = format!("offers the name {odd:?}, not of lower-case letters, digits, hyphens");
        return Err(said(&fault));
    }
    match offers.is_empty() {
        true => Err(said("offers nothing")),
        false => Ok((name.to_owned(), offers)),
    }
}

/// One kind of socket of an agent's, to judge.
struct AgentSubject {
    name: String,
    says: String,
    kind: Kind,
    caps: Caps,
    deviations: Vec<Deviation>,
    agent: Arc<Agent>,
    recipe: Recipe,
}

impl AgentSubject {
    /// A command about this kind of socket, that makes one of the name `handle`.
    fn command(&self, cmd: &str, handle: &str) -> Value {
        json!({"cmd": cmd, "subject": self.recipe.offer.name, "as": handle})
    }

    fn end(&self, client: Arc<Client>, handle: String) -> End {
        End::new(client, handle, self.kind)
    }
}

impl TransportSubject for AgentSubject {
    fn name(&self) -> &str {
        &self.name
    }

    fn says(&self) -> &str {
        &self.says
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let client = self.agent.client()?;
        let (a, b) = (client.handle(), client.handle());
        let mut command = self.command("pair", &a);
        command["and"] = json!(b);
        client.ask_until(Op::Connect, command, Deadline::NEVER)?;
        let (a, b) = (self.end(Arc::clone(&client), a), self.end(client, b));
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        let client = self.agent.client()?;
        let handle = client.handle();
        client.ask(Op::Listen, self.command("listener", &handle))?;
        Ok(Acceptor::new(EndListener(self.end(client, handle))))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let client = self.agent.client()?;
        let handle = client.handle();
        let mut command = self.command("client", &handle);
        command["to"] = address::to_json(to).ok_or(Error::Unsupported { op: Op::Connect })?;
        client.ask_until(Op::Connect, command, deadline)?;
        Ok(Conn::new(self.end(client, handle)))
    }

    fn socket(&self) -> Result<Conn> {
        let client = self.agent.client()?;
        let handle = client.handle();
        client.ask(Op::Socket, self.command("socket", &handle))?;
        Ok(Conn::new(self.end(client, handle)))
    }

    fn any_addr(&self) -> Result<Addr> {
        match &self.recipe.offer.any {
            Some(any) => address::from_json(any).ok_or(Error::Unsupported { op: Op::Bind }),
            None if self.caps.contains(Caps::INET) => Err(Error::Unsupported { op: Op::Bind }),
            // A local socket gets a name of the system's.
            None => Ok(Addr::Unnamed),
        }
    }

    fn loopback(&self) -> u32 {
        self.recipe.offer.loopback.unwrap_or(1)
    }

    fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    fn recipe(&self) -> Option<&Recipe> {
        Some(&self.recipe)
    }

    fn begin(&self) {
        self.agent.reset();
    }

    fn broken(&self) -> Option<String> {
        let client = lock(&self.agent.client).clone()?;
        client.broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_may_be() {
        let hello = |agent: &str, subject: &str| {
            let subjects = json!([{"name": subject, "kind": "stream", "caps": []}]);
            let hello = json!({"proto": 1, "name": agent, "subjects": subjects});
            offers(hello.as_object().expect("it is one"))
        };
        assert!(hello("mine", "tcp-v4").is_ok());
        for odd in ["", "Tcp", "a b", "a|b", "</b>", "\u{1b}[2J", "a\n"] {
            assert!(hello(odd, "tcp").unwrap_err().contains("`name`"), "{odd:?}");
            assert!(hello("mine", odd).unwrap_err().contains("offers the name"), "{odd:?}");
        }
    }
}
