//! What an operation came to, on either side.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an operation came to: as much of it as the two sides can be compared by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// `ok`, `absent` where there is no such socket, or the class of the error in Python's words.
    pub(crate) class: String,
    /// The number of the error, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) errno: Option<i32>,
    /// What was returned.
    #[serde(default, skip_serializing_if = "Value::is_none")]
    pub(crate) value: Value,
    /// What had been done before the error: bytes received, or the number of those sent. Python
    /// does not say.
    #[serde(default, skip_serializing_if = "Value::is_none")]
    pub(crate) done: Value,
    /// Whether a datagram's tail was said to be lost. Python does not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) truncated: bool,
    /// Whether what was waited for afterwards did not come about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unsettled: bool,
}

/// What an operation returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    /// Nothing.
    #[default]
    None,
    /// A number.
    Number(i64),
    /// Bytes, in hexadecimal.
    Bytes(String),
    /// An address: the host, and which of the ports seen so far, from 1; 0 is port 0.
    Address(String, usize),
    /// Bytes and who sent them.
    Message(String, Option<(String, usize)>),
    /// Words.
    Text(String),
}

impl Value {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl Outcome {
    /// It went well and returned `value`.
    pub(crate) fn ok(value: Value) -> Self {
        Self::new("ok", None, value)
    }

    /// It failed.
    pub(crate) fn failed(class: &str, errno: Option<i32>) -> Self {
        Self::new(class, errno, Value::None)
    }

    /// There is no such socket, for what was to make it failed.
    pub(crate) fn absent() -> Self {
        Self::new("absent", None, Value::None)
    }

    /// Whether there was no such socket.
    pub(crate) fn is_absent(&self) -> bool {
        self.class == "absent"
    }

    /// The side did not come back.
    pub(crate) fn hung() -> Self {
        Self::new("hung", None, Value::None)
    }

    /// Whether the side did not come back.
    pub(crate) fn is_hung(&self) -> bool {
        self.class == "hung"
    }

    /// Whether the program ends with it.
    pub(crate) fn is_last(&self) -> bool {
        self.unsettled || self.is_hung()
    }

    fn new(class: &str, errno: Option<i32>, value: Value) -> Self {
        let (class, done) = (class.to_owned(), Value::None);
        Self { class, errno, value, done, truncated: false, unsettled: false }
    }

    /// Whether it went well.
    pub(crate) fn is_ok(&self) -> bool {
        self.class == "ok"
    }

    /// Whether it is this error.
    pub(crate) fn is(&self, class: &str, errno: Option<i32>) -> bool {
        self.class == class && self.errno == errno
    }

    /// Whether the caller's own timeout has passed.
    pub(crate) fn is_timeout(&self) -> bool {
        self.is("TimeoutError", None)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)?;
        if let Some(errno) = self.errno {
            write!(f, " {errno}")?;
        }
        match &self.value {
            Value::None => {}
            Value::Number(number) => write!(f, " {number}")?,
            Value::Bytes(hex) => write!(f, " {}", Hex(hex))?,
            Value::Address(host, port) => write!(f, " {host} port {port}")?,
            Value::Message(hex, None) => write!(f, " {}", Hex(hex))?,
            Value::Message(hex, Some((host, port))) => {
                write!(f, " {} from {host} port {port}", Hex(hex))?;
            }
            Value::Text(text) => write!(f, " {text}")?,
        }
        match &self.done {
            Value::None => {}
            Value::Bytes(hex) => write!(f, " after {}", Hex(hex))?,
            other => write!(f, " after {other:?}")?,
        }
        f.write_str(if self.truncated { " (truncated)" } else { "" })?;
        f.write_str(if self.unsettled { ", and what follows from it did not" } else { "" })
    }
}

struct Hex<'a>(&'a str);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.0.get(..24).unwrap_or(self.0);
        let more = if head.len() < self.0.len() { "…" } else { "" };
        let space = if head.is_empty() { "" } else { " " };
        write!(f, "{} bytes{space}{head}{more}", self.0.len() / 2)
    }
}
