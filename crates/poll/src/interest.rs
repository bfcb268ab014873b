//! What a [`Selector`](crate::Selector) waits for, and what it tells.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// What to wait for: reading, writing, or both. Errors and hangups are reported unasked.
///
/// ```
/// use sockrates_poll::Interest;
/// assert_eq!(Interest::READ | Interest::WRITE, Interest::BOTH);
/// assert!(Interest::BOTH.is_readable() && !Interest::WRITE.is_readable());
/// ```
///
/// Source: Python `selectors.EVENT_READ`, `EVENT_WRITE`. There is no empty interest, as there is
/// none in Python: take out what nothing is wanted of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interest(u8);

const READ_BIT: u8 = 1;
const WRITE_BIT: u8 = 2;
const EDGE_BIT: u8 = 4;

impl Interest {
    /// Input, a connection to accept, or the end of the stream.
    #[doc(alias = "EVENT_READ")]
    pub const READ: Self = Self(READ_BIT);
    /// Room to send, or the end of a connection attempt.
    #[doc(alias = "EVENT_WRITE")]
    pub const WRITE: Self = Self(WRITE_BIT);
    /// Both.
    pub const BOTH: Self = Self(READ_BIT | WRITE_BIT);

    /// Whether reading is asked for.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.0 & READ_BIT != 0
    }

    /// Whether writing is asked for.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.0 & WRITE_BIT != 0
    }

    /// The same, told once and not by every wait: edge-triggered, where the system has it.
    ///
    /// It is told again when more arrives, when room to send has been made, and after each
    /// [`modify`](crate::Selector::modify) to another interest. So take all events of a wait, and
    /// go on with each until a call would wait. A receive on a TCP socket that brings less than
    /// there was room for has brought all: for the cases in which it has not (the peer has ended
    /// its side, or sent urgent data) the selector goes on telling. (An urgent byte alone is told
    /// as readable too, once, though a receive would wait.) On other sockets only one that would
    /// wait is the last.
    ///
    /// The kernel looks once more at all that a wait has told unless it is edge-triggered. That
    /// costs 1 to 3 % of an answered request, and more where thousands are busy.
    ///
    /// # Platform notes
    /// With `Backend::Epoll` alone; the others tell with every wait.
    ///
    /// Source: Linux `epoll(7)`, "Level-triggered and edge-triggered".
    #[doc(alias = "EPOLLET")]
    #[must_use]
    pub const fn edge(self) -> Self {
        Self(self.0 | EDGE_BIT)
    }

    /// Whether it is told once.
    #[must_use]
    pub const fn is_edge(self) -> bool {
        self.0 & EDGE_BIT != 0
    }

    /// The same, told by every wait.
    pub(crate) const fn level(self) -> Self {
        Self(self.0 & !EDGE_BIT)
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interest")
            .field("read", &self.is_readable())
            .field("write", &self.is_writable())
            .field("edge", &self.is_edge())
            .finish()
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Interest {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// What a descriptor is ready for.
///
/// An error or a hangup also makes it readable and writable, as far as that was asked for, as in
/// Python's `selectors`: the next call then does not wait, and tells what is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Ready {
    /// A read would not wait: data, a connection to accept, the end, or an error.
    pub readable: bool,
    /// A write would not wait: room, the end of a connection attempt, or an error.
    pub writable: bool,
    /// An error is pending, or the descriptor is not open. Never told by `Backend::Select`.
    pub error: bool,
    /// Both directions are over. Never told by `Backend::Select`.
    pub hangup: bool,
}

impl Ready {
    /// Whether it is ready for nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !(self.readable | self.writable | self.error | self.hangup)
    }

    /// What is left of it for that interest.
    pub(crate) const fn masked(self, interest: Interest) -> Self {
        Self {
            readable: self.readable & interest.is_readable(),
            writable: self.writable & interest.is_writable(),
            ..self
        }
    }
}
