//! What sockets may do, as a program that can be run: it reads a trace and says whether sockets
//! could have behaved so.
//!
//! # In five minutes
//!
//! A check knows what it asked for. The model knows nothing of checks: it is given the operations
//! that a case did and what came of each, and keeps track of what a network could be doing
//! meanwhile. It answers one question: **is there any network that behaves as sockets must and
//! could have given these answers?**
//!
//! ```
//! use sockrates_harness::model::{Admission, Nature, admit};
//! use sockrates_harness::Record;
//!
//! let record: Record = serde_json::from_str(r#"{"steps": [
//!     {"at": 1, "end": 2, "op": "pair", "made": ["a", "b"]},
//!     {"at": 3, "end": 4, "on": "a", "op": "send", "len": 5, "n": 5, "data": "68656c6c6f"},
//!     {"at": 5, "end": 6, "on": "b", "op": "recv", "len": 9, "n": 0, "data": ""}
//! ]}"#)?;
//! let Admission::Refused(refusal) = admit(Nature::stream(), &record) else { panic!() };
//! assert_eq!(refusal.op, 3);
//! assert_eq!(refusal.permitted, ["1 to 5 bytes, the next of those sent"]);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! **A state is a set of states.** A network does not tell what it is doing: whether a byte has
//! arrived, whether a reset is under way, which of two clients is first in a listener's queue. So
//! the model holds every state that fits what was seen so far (`machine`). For each operation, each
//! state says which outcomes it permits (`operation`, `stream`, `datagram`, `connection`); those
//! in which the outcome that came about is not permitted are dropped. If none is left, the trace is
//! refused there, with all that would have been permitted.
//!
//! **What a state holds** (`world`). Of a stream, each direction has: the bytes that were sent and
//! not received; how many of them are known to have arrived, since somebody has seen them; whether
//! the sender has ended; whether a reset may be under way; whether the receiver has seen the end.
//! What is merely unknown is not enumerated, but bounded: bytes under way arrive when they like,
//! so that `EAGAIN` is permitted until somebody has seen them. A buffer is bounded, but nobody
//! knows where: it may be full once anything lies in it. Of a datagram socket: the messages
//! that were sent to it.
//!
//! **Time** is the order of begins and ends. An operation has its effect at one moment between
//! the two, so that for those of several threads every order that is possible is tried. Beyond
//! that there is one rule: who waits for a second in vain has proved that nothing was under way
//! when the wait began.
//!
//! **Loss.** A stream loses nothing, except with a reset. A datagram may be lost, unless its
//! receiver had nothing else in the buffer: a buffer has room for one small message.
//!
//! # What it does not know
//!
//! What it does not know it admits: urgent data, options, groups and broadcasts, descriptors that
//! are passed, error queues, connections to somebody who is not in the trace. From such an
//! operation on the socket is *blurred*, and everything there is admitted. It knows no upper bounds
//! of time, no names (what `getsockname` says) and no rules about which errno fits best, where
//! several would do: these are for the clauses. And it sees only what a check did: a fault that
//! shows in an operation that no check tries is no part of the trace.

mod connection;
mod datagram;
mod machine;
mod operation;
mod rope;
mod stream;
#[cfg(test)]
mod tests;
mod ways;
mod world;

use crate::Record;

/// What kind of sockets a trace is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nature {
    /// Bytes, or messages.
    is_stream: bool,
    /// A pair of messages' ends is a connection, without addresses.
    is_connected: bool,
    /// It is told where a message was cut.
    tells_cuts: bool,
}

/// What the model says of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Sockets may do that.
    Admitted,
    /// Sockets may not do that.
    Refused(Refusal),
    /// There are too many possible states to follow.
    Undecided(String),
    /// It is no trace.
    Malformed(String),
}

/// Where a trace is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The number of the operation, from 1.
    pub op: usize,
    /// The operation and what came of it.
    pub step: String,
    /// What would have been permitted; nothing where no outcome would have been.
    pub permitted: Vec<String>,
}

impl Nature {
    /// Sockets of bytes.
    #[must_use]
    pub const fn stream() -> Self {
        Self { is_stream: true, is_connected: true, tells_cuts: false }
    }

    /// Sockets of messages: in pairs that are connected, or each with an address.
    #[must_use]
    pub const fn datagram(connected: bool) -> Self {
        Self { is_stream: false, is_connected: connected, tells_cuts: true }
    }

    /// The nature of a subject as a report lists it; none where the model has nothing to say.
    pub(crate) fn listed(is: &str, caps: &[String]) -> Option<Self> {
        let can = |what: &str| caps.iter().any(|cap| cap == what);
        match is {
            "stream" => Some(Self::stream()),
            "datagram" => Some(Self { tells_cuts: can("trunc"), ..Self::datagram(!can("sendto")) }),
            _ => None,
        }
    }
}

/// Whether sockets of this nature could have given these answers.
#[must_use]
pub fn admit(nature: Nature, record: &Record) -> Admission {
    machine::run(nature, record)
}
