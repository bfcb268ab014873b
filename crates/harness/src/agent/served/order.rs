//! What a line asks for.

use serde::Deserialize;
use serde_json::Value;
use sockrates_core::Deadline;

use super::outcome::time;

/// A command with its number, and the moment at which its time is over.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) until: Deadline,
    pub(super) command: Command,
}

/// A command: of no socket that there is, or about one.
#[derive(Debug)]
pub(super) enum Command {
    Of(Making),
    About { on: String, deed: Deed },
}

/// Commands without a socket, and those that make the first.
#[derive(Debug, Deserialize)]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub(super) enum Making {
    Hello {
        proto: u64,
    },
    Ping,
    Reset,
    Pair {
        subject: String,
        #[serde(rename = "as")]
        name: String,
        and: String,
    },
    Listener {
        subject: String,
        #[serde(rename = "as")]
        name: String,
    },
    Client {
        subject: String,
        #[serde(rename = "as")]
        name: String,
        to: Value,
    },
    Socket {
        subject: String,
        #[serde(rename = "as")]
        name: String,
    },
    /// One that this agent does not know.
    #[serde(other)]
    Unknown,
}

/// Commands about a socket.
#[derive(Debug, Deserialize)]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub(super) enum Deed {
    Release,
    Accept {
        #[serde(rename = "as")]
        name: String,
    },
    Dup {
        #[serde(rename = "as")]
        name: String,
    },
    Send {
        data: String,
        to: Option<Value>,
        flags: Option<Vec<String>>,
    },
    Recv {
        max: usize,
        flags: Option<Vec<String>>,
    },
    CloseSend,
    SetTimeout {
        ms: Option<f64>,
    },
    Timeout,
    LocalAddr,
    PeerAddr,
    Bind {
        #[serde(default)]
        addr: Value,
    },
    Listen {
        backlog: i32,
    },
    Connect {
        #[serde(default)]
        to: Value,
    },
    ConnectEx {
        #[serde(default)]
        to: Value,
    },
    Disconnect,
    TakeError,
    Shutdown {
        how: How,
    },
    Close,
    Abort,
    Wait {
        #[serde(default)]
        read: bool,
        #[serde(default)]
        write: bool,
    },
    Queued,
    GetOption {
        option: Name,
    },
    SetOption {
        option: Name,
        value: i32,
    },
    Linger,
    SetLinger {
        ms: Option<f64>,
    },
    Join {
        group: String,
        #[serde(default)]
        interface: u32,
    },
    Leave {
        group: String,
        #[serde(default)]
        interface: u32,
    },
    /// One that this agent does not know.
    #[serde(other)]
    Unknown,
}

/// Which sides to shut down.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum How {
    Named(Side),
    Number(i32),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    Read,
    Write,
    Both,
}

/// An option, by its name in C or by its numbers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Name {
    Known(String),
    Numbers(i32, i32),
}

impl Order {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, and the number to say so under, if it has one.
    pub(super) fn read(line: &str) -> Result<Self, (Option<u64>, String)> {
        let value: Value =
            serde_json::from_str(line).map_err(|error| (None, format!("is no JSON: {error}")))?;
        let id = value.get("id").and_then(Value::as_u64);
        let id = id.ok_or_else(|| (None, "has no `id`".to_owned()))?;
        let said = |error: String| (Some(id), error);
        let limit = number(&value, "limit_ms").and_then(time).map_err(said)?;
        let until = limit.map_or(Deadline::NEVER, Deadline::after);
        let wrong = |error: serde_json::Error| said(error.to_string());
        let command = match value.get("on") {
            None => Command::Of(Making::deserialize(value).map_err(wrong)?),
            Some(Value::String(on)) => {
                Command::About { on: on.clone(), deed: Deed::deserialize(value).map_err(wrong)? }
            }
            Some(other) => return Err(said(format!("`on`: {other} is no name of a socket"))),
        };
        Ok(Self { id, until, command })
    }

    /// Whether it may have to wait.
    pub(super) fn waits(&self) -> bool {
        match &self.command {
            Command::Of(making) => matches!(making, Making::Pair { .. } | Making::Client { .. }),
            Command::About { deed, .. } => deed.waits(),
        }
    }
}

/// The number of this name, where there is one and it is not null.
fn number(value: &Value, name: &str) -> Result<Option<f64>, String> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(number.as_f64()),
        Some(other) => Err(format!("`{name}`: {other} is no number")),
    }
}

impl Deed {
    fn waits(&self) -> bool {
        matches!(
            self,
            Self::Release
                | Self::Accept { .. }
                | Self::Send { .. }
                | Self::Recv { .. }
                | Self::Connect { .. }
                | Self::ConnectEx { .. }
                | Self::Close
                | Self::Abort
                | Self::Wait { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_those_that_wait_are_known() {
        let order = |line: &str| Order::read(line).unwrap();
        let recv = order(r#"{"id":7,"cmd":"recv","on":"a","max":9,"limit_ms":1500.5,"odd":1}"#);
        assert!(recv.waits() && recv.until.remaining().is_some_and(|left| left.as_secs() == 1));
        assert!(matches!(recv.command, Command::About { deed: Deed::Recv { max: 9, .. }, .. }));
        let numbered = order(r#"{"id":8,"cmd":"shutdown","on":"a","how":7,"limit_ms":null}"#);
        assert!(!numbered.waits() && numbered.until.is_never());
        let unknown = order(r#"{"id":9,"cmd":"sing","on":"a"}"#).command;
        assert!(matches!(unknown, Command::About { deed: Deed::Unknown, .. }));
        let unknown = order(r#"{"id":9,"cmd":"sing"}"#).command;
        assert!(matches!(unknown, Command::Of(Making::Unknown)));
    }

    #[test]
    fn what_is_wrong_is_told_under_its_number_where_it_has_one() {
        let wrong = |line: &str| Order::read(line).unwrap_err();
        assert_eq!(wrong("hello").0, None);
        assert_eq!(wrong(r#"{"cmd":"ping"}"#).0, None);
        let (id, why) = wrong(r#"{"id":7,"cmd":"recv","on":"a","max":"9"}"#);
        assert_eq!(id, Some(7));
        assert!(why.contains("usize"), "{why}");
        for (id, odd) in [(8, r#""on":"a","limit_ms":-1"#), (9, r#""on":"a","limit_ms":"5""#)] {
            assert_eq!(wrong(&format!(r#"{{"id":{id},"cmd":"recv","max":9,{odd}}}"#)).0, Some(id));
        }
        let (id, why) = wrong(r#"{"id":10,"cmd":"close","on":5}"#);
        assert_eq!((id, why.as_str()), (Some(10), "`on`: 5 is no name of a socket"));
    }
}
