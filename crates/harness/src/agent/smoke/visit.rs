//! What a step works with: an agent, and one of its kinds of socket.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};
use sockrates_core::{Errno, Kind};

use crate::Caps;
use crate::agent::base64;
use crate::agent::client::{Answer, Client};
use crate::agent::reply::{self, Failure, What};

/// How long an answer may take here.
const ANSWER: Duration = Duration::from_secs(3);

/// An agent, and one of its kinds of socket.
pub(super) struct Visit<'a> {
    client: &'a Client,
    subject: &'a str,
    /// Whether it carries bytes or messages.
    pub(super) kind: Kind,
    /// What it declares.
    pub(super) caps: Caps,
    /// The last order, for what is to be said of it.
    last: RefCell<String>,
}

/// What was not as it should be.
pub(super) struct Fault {
    /// The command.
    pub(super) sent: String,
    /// What should have come.
    pub(super) expected: String,
    /// What came.
    pub(super) came: String,
    /// What to do about it, where that is known better than from the step.
    pub(super) mend: Option<String>,
}

/// A command that has been given.
pub(super) struct Given {
    id: u64,
    sent: String,
}

impl<'a> Visit<'a> {
    /// A visit to a kind of socket.
    pub(super) fn new(client: &'a Client, subject: &'a str, kind: Kind, caps: Caps) -> Self {
        Self { client, subject, kind, caps, last: RefCell::default() }
    }

    /// A name for a new socket.
    pub(super) fn name(&self) -> String {
        self.client.handle()
    }

    /// A command that makes a socket of this kind.
    pub(super) fn making(&self, cmd: &str, name: &str) -> Value {
        json!({"cmd": cmd, "subject": self.subject, "as": name})
    }

    /// Gives a command, whose answer is asked for later.
    pub(super) fn give(&self, command: Value) -> Given {
        let (id, sent) = self.client.begin(command);
        self.last.replace(sent.clone());
        Given { id, sent }
    }

    /// What came of a command, where `read` finds it to be as `expected`.
    pub(super) fn take<T>(
        &self,
        given: &Given,
        expected: &str,
        read: impl FnOnce(&What) -> Option<T>,
    ) -> Result<T, Fault> {
        let Some((what, line)) = self.client.answered(given.id, ANSWER) else {
            let came = match self.client.broken() {
                Some(why) => format!("it {why}"),
                None => format!("no answer with id {} in {} s", given.id, ANSWER.as_secs()),
            };
            return Err(given.fault(expected, came));
        };
        read(&what).ok_or_else(|| Fault { mend: mistyped(&what), ..given.fault(expected, line) })
    }

    /// Gives a command and takes its answer.
    pub(super) fn ask<T>(
        &self,
        command: Value,
        expected: &str,
        read: impl FnOnce(&What) -> Option<T>,
    ) -> Result<T, Fault> {
        let given = self.give(command);
        self.take(&given, expected, read)
    }

    /// Gives a command that has to succeed.
    pub(super) fn done(&self, command: Value) -> Result<Answer, Fault> {
        self.ask(command, r#"{"ok":{…}}"#, |what| match what {
            What::Done(answer) => Some(answer.clone()),
            _ => None,
        })
    }

    /// A given command says that it has started.
    pub(super) fn started(&self, given: &Given) -> Result<(), Fault> {
        if self.client.starts(given.id, ANSWER) {
            return Ok(());
        }
        let expected =
            format!(r#"{{"id":{},"started":true}} as soon as the operation begins"#, given.id);
        let waited = ANSWER.as_secs();
        Err(given.fault(
            &expected,
            match self.client.lives() {
                true => format!(
                    "no line of this id in {waited} s, though it answers `ping` meanwhile: \
                 `started` alone is missing"
                ),
                false => format!(
                    "no line of this id in {waited} s, and no answer to `ping` either: the command \
                 that waits keeps all others from being done"
                ),
            },
        ))
    }

    /// Two ends that talk to each other.
    pub(super) fn pair(&self) -> Result<(String, String), Fault> {
        let (a, b) = (self.name(), self.name());
        let mut command = self.making("pair", &a);
        command["and"] = json!(b);
        self.done(command)?;
        Ok((a, b))
    }

    /// The command that sends `bytes` from the first end of a pair to the second.
    pub(super) fn sending(&self, bytes: &[u8], a: &str, b: &str) -> Result<Value, Fault> {
        let mut command = json!({"cmd": "send", "on": a, "data": base64::encode(bytes)});
        if self.caps.contains(Caps::SENDTO) {
            let told = self.done(json!({"cmd": "local_addr", "on": b}))?;
            command["to"] = told.get("addr").cloned().unwrap_or_default();
        }
        Ok(command)
    }

    /// Sends `bytes`, all of which fit.
    pub(super) fn send(&self, bytes: &[u8], a: &str, b: &str) -> Result<(), Fault> {
        let expected = format!(r#"{{"ok":{{"n":{}}}}}, all that was given"#, bytes.len());
        let all = |what: &What| (field(what, "n")?.as_u64()? == bytes.len() as u64).then_some(());
        self.ask(self.sending(bytes, a, b)?, &expected, all)
    }

    /// Forgets two ends.
    pub(super) fn release(&self, names: [&str; 2]) -> Result<(), Fault> {
        names.iter().try_for_each(|name| self.done(json!({"cmd": "release", "on": name})).map(drop))
    }

    /// Something that is as it is not expected to be, about the last command.
    pub(super) fn fault(&self, expected: impl Into<String>, came: impl Into<String>) -> Fault {
        let sent = self.last.borrow().clone();
        Fault { sent, expected: expected.into(), came: came.into(), mend: None }
    }
}

impl Given {
    fn fault(&self, expected: &str, came: String) -> Fault {
        Fault { sent: self.sent.clone(), expected: expected.to_owned(), came, mend: None }
    }
}

/// The command that receives on `name`.
pub(super) fn receiving(name: &str, max: usize) -> Value {
    json!({"cmd": "recv", "on": name, "max": max})
}

/// A receive that nothing ends.
pub(super) fn block(visit: &Visit<'_>) -> Result<(), Fault> {
    let (a, _) = visit.pair()?;
    let given = visit.give(receiving(&a, 1));
    visit.started(&given)
}

/// A field of a success.
pub(super) fn field<'a>(what: &'a What, name: &str) -> Option<&'a Value> {
    match what {
        What::Done(answer) => answer.get(name),
        _ => None,
    }
}

/// The bytes that a receive brought.
pub(super) fn bytes(what: &What) -> Option<Vec<u8>> {
    base64::decode(field(what, "data")?.as_str()?)
}

/// Whether it failed with `errno`.
pub(super) fn failed(what: &What, errno: Errno) -> Option<()> {
    (*what == What::Failed(Failure::Os(errno))).then_some(())
}

/// What to do where an answer says it in values of the wrong types.
fn mistyped(what: &What) -> Option<String> {
    let What::Done(answer) = what else { return None };
    answer.iter().find_map(|(name, value)| reply::mistyped(name, value))
}

/// Whether it said that it cannot do that.
pub(super) fn unsupported(what: &What) -> Option<()> {
    (*what == What::Unsupported).then_some(())
}

/// Whether it succeeded.
pub(super) fn succeeded(what: &What) -> Option<()> {
    matches!(what, What::Done(_)).then_some(())
}
