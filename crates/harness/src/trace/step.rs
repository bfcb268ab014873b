//! One operation of a case, as it is stored.

use std::borrow::Cow;
use std::fmt::{self, Debug, Display};

use serde::{Deserialize, Serialize};
use sockrates_core::{Addr, Deadline, Error};

use super::{Data, shortened};

/// One operation: who, what, with which arguments, what came of it, and when it began and ended.
///
/// In a report each is a small object; a field that says nothing is left out.
///
/// ```json
/// {"at":7,"end":8,"on":"b","op":"recv","len":64,"ms":3000,"n":5,"data":"68656c6c6f"}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// When it began. Begins and ends of all operations of a case are counted together, from 1.
    pub at: u32,
    /// When it ended; never, where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
    /// The handle that it was called on; none for what the case itself does.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub on: String,
    /// Its name; none for what the model does not know and only people read.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub op: Cow<'static, str>,
    /// Arguments that have no field of their own.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub args: String,
    /// How many bytes there was room for, or were offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub len: Option<usize>,
    /// The address that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The flags that were given, as `PEEK|DONTWAIT`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub flags: String,
    /// How many milliseconds it was given; none for a deadline that never comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// The handles that it made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<String>,
    /// Why it failed: the errno's name, or `timed-out`, `eof`, `unsupported`, `invalid`,
    /// `unreachable`, `resolve`, `frame`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err: Option<Cow<'static, str>>,
    /// How many bytes were moved, also by what failed in the middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
    /// The bytes that were moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Who sent them, or who connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What else it told.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub value: String,
}

/// All that a case did, in the order in which it began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The operations.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// How many more there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Record {
    /// Whether it tells nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The operations for people, a line each: `op 7: b.recv(64) -> 5 bytes: 68656c6c6f`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.steps.iter().enumerate().map(|(at, step)| format!("op {}: {step}", at + 1))
    }
}

impl Step {
    /// The last handle of its kind in the program's hands goes away.
    pub const DROP: &'static str = "drop";

    /// `op` on the handle `on`.
    pub(crate) fn new(on: &str, op: &'static str) -> Self {
        Self { on: on.to_owned(), op: Cow::Borrowed(op), ..Self::default() }
    }

    /// An operation with arguments that only people read.
    pub(crate) fn other(on: &str, op: &'static str, args: impl Display) -> Self {
        Self { args: args.to_string(), ..Self::new(on, op) }
    }

    /// The same, for so many bytes.
    pub(crate) fn len(self, len: usize) -> Self {
        Self { len: Some(len), ..self }
    }

    /// The same, at this address.
    pub(crate) fn to(self, to: Option<&Addr>) -> Self {
        Self { to: to.map(ToString::to_string), ..self }
    }

    /// The same, with flags.
    pub(crate) fn flags<F: Debug + Default + PartialEq>(self, flags: &F) -> Self {
        let none = *flags == F::default();
        Self { flags: if none { String::new() } else { format!("{flags:?}") }, ..self }
    }

    /// The same, until `deadline`.
    pub(crate) fn until(self, deadline: Deadline) -> Self {
        let left = deadline.remaining();
        let ms = left.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        Self { ms, ..self }
    }

    /// What it told, in Rust's words.
    pub(crate) fn tells<T: Debug>(&mut self, value: &T) {
        let text = format!("{value:?}");
        if text != "()" {
            self.value = shortened(&text);
        }
    }

    /// It moved these bytes.
    pub(crate) fn moves(&mut self, bytes: &[u8]) {
        self.n = Some(bytes.len());
        self.data = Some(Data::of(bytes));
    }

    /// It failed.
    pub(crate) fn fails(&mut self, error: &Error) {
        let class = match error {
            Error::TimedOut { .. } => "timed-out",
            Error::Eof { .. } => "eof",
            Error::Unsupported { .. } => "unsupported",
            Error::Invalid { .. } => "invalid",
            Error::Unreachable { .. } => "unreachable",
            Error::Resolve { .. } => "resolve",
            Error::Frame { .. } => "frame",
            Error::At { error, .. } => return self.fails(error),
            _ => "",
        };
        self.err = Some(match error.errno() {
            Some(errno) if class.is_empty() => match errno.name() {
                Some(name) => Cow::Borrowed(name),
                None => Cow::Owned(format!("errno {}", errno.code())),
            },
            _ => Cow::Borrowed(if class.is_empty() { "other" } else { class }),
        });
        if matches!(class, "invalid" | "unreachable" | "resolve" | "frame") {
            self.value = shortened(&error.to_string());
        }
        if error.done() > 0 {
            self.n = Some(error.done());
        }
    }

    /// Who, what and with which arguments, as before it began.
    pub(crate) fn call(&self) -> Call<'_> {
        Call(self)
    }

    /// What came of it.
    fn came(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match (self.n, &self.data) {
            (Some(n), Some(data)) if n > 0 => format!("{n} bytes: {data}"),
            (Some(n), _) => format!("{n} bytes"),
            (None, _) => String::new(),
        };
        let parts = [
            self.err.as_deref().unwrap_or_default().to_owned(),
            bytes,
            self.made.join(", "),
            self.from.as_ref().map(|from| format!("from {from}")).unwrap_or_default(),
            self.value.clone(),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        f.write_str(&if parts.is_empty() { "ok".to_owned() } else { parts.join(", ") })
    }
}

/// An operation without what came of it: `b.recv(64, within 3000 ms)`.
pub(crate) struct Call<'a>(&'a Step);

impl Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.0;
        if step.op.is_empty() {
            return f.write_str(&step.args);
        }
        if !step.on.is_empty() {
            write!(f, "{}.", step.on)?;
        }
        let parts = [
            step.args.clone(),
            step.len.map(|len| len.to_string()).unwrap_or_default(),
            step.to.clone().unwrap_or_default(),
            step.flags.clone(),
            step.ms.map(|ms| format!("within {ms} ms")).unwrap_or_default(),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "{}({})", step.op, parts.join(", "))
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.call(), f)?;
        match self.end {
            None => f.write_str(" …"),
            Some(_) => {
                f.write_str(" -> ")?;
                self.came(f)
            }
        }
    }
}
