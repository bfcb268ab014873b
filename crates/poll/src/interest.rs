//! What a [`Selector`](crate::Selector) waits for, and what it tells.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interest {
    read: bool,
    write: bool,
}

impl Interest {
    /// Input, a connection to accept, or the end of the stream.
    #[doc(alias = "EVENT_READ")]
    pub const READ: Self = Self { read: true, write: false };
    /// Room to send, or the end of a connection attempt.
    #[doc(alias = "EVENT_WRITE")]
    pub const WRITE: Self = Self { read: false, write: true };
    /// Both.
    pub const BOTH: Self = Self { read: true, write: true };

    /// Whether reading is asked for.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.read
    }

    /// Whether writing is asked for.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.write
    }
}

impl BitOr for Interest {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { read: self.read | other.read, write: self.write | other.write }
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
        !(self.readable || self.writable || self.error || self.hangup)
    }

    /// What is left of it for that interest.
    pub(crate) const fn masked(self, interest: Interest) -> Self {
        Self {
            readable: self.readable && interest.read,
            writable: self.writable && interest.write,
            ..self
        }
    }
}
