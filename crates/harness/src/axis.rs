//! Adversity: the same clauses, checked where the world around the subject is hostile.
//!
//! A check knows nothing of it. What it holds is wrapped on the way out of its
//! [`Case`](crate::Case) ([`adversity`]), so that a subject needs no line of code for it either.
//! What an axis would make meaningless is left out by a list with reasons ([`exclusion`]).

mod adverse;
mod adversity;
mod crumbs;
mod exclusion;
mod late;
mod storm;

use serde::{Deserialize, Serialize};

pub(crate) use adversity::Adversity;
pub(crate) use crumbs::Crumbled;
pub(crate) use exclusion::{Exclusion, excluded};
pub(crate) use late::Late;

/// One kind of adversity. Without one a clause is checked plainly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// A stream is received byte by byte, a datagram is looked at through one byte before it is
    /// taken, a framing is shown its wire byte by byte.
    OneByteReads,
    /// A stream is given a part of what there is to send, in several slices; a datagram is given
    /// in slices of a few bytes.
    ShortWrites,
    /// Signals interrupt whoever works in the subject, over and over; their handler does nothing
    /// and is without `SA_RESTART`.
    Interrupts,
    /// The buffers of every end are of 2 KiB, where the subject can set them; of TCP's the one it
    /// sends from.
    SmallBuffers,
    /// Every end comes late to what it does first: a reader to what has been sent, a sender to
    /// where it is awaited.
    LatePeer,
}

impl Axis {
    /// Every axis.
    pub const ALL: [Self; 5] = [
        Self::OneByteReads,
        Self::ShortWrites,
        Self::Interrupts,
        Self::SmallBuffers,
        Self::LatePeer,
    ];

    /// The name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneByteReads => "one-byte-reads",
            Self::ShortWrites => "short-writes",
            Self::Interrupts => "interrupts",
            Self::SmallBuffers => "small-buffers",
            Self::LatePeer => "late-peer",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::OneByteReads => {
                "streams are received byte by byte, framings shown them so; datagrams are peeked at"
            }
            Self::ShortWrites => "a send is given a part of the bytes, in many slices",
            Self::Interrupts => "signals interrupt whoever works in the subject, over and over",
            Self::SmallBuffers => "every end has buffers of 2 KiB",
            Self::LatePeer => {
                "every end comes late to what it does first: to read, to send, to close"
            }
        }
    }

    /// The axis of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.name() == name)
    }
}

impl std::fmt::Display for Axis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
