//! What poll is asked for and tells.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use rustix::event::PollFlags;

/// What [`Poll`](crate::Poll) is asked for and tells; combine with `|`.
///
/// ```
/// use sockrates_poll::PollEvents;
/// let both = PollEvents::IN | PollEvents::OUT;
/// assert!(both.contains(PollEvents::IN));
/// assert_eq!(format!("{both:?}"), "IN|OUT");
/// ```
///
/// Source: POSIX.1-2024 `poll`; Linux `poll(2)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PollEvents(u16);

impl PollEvents {
    /// Nothing: errors, hangups and closed descriptors are told all the same.
    pub const NONE: Self = Self(0);
    /// `POLLIN`: input, a connection to accept, or the end.
    #[doc(alias = "POLLIN")]
    pub const IN: Self = Self(PollFlags::IN.bits());
    /// `POLLPRI`: urgent data.
    #[doc(alias = "POLLPRI")]
    pub const PRI: Self = Self(PollFlags::PRI.bits());
    /// `POLLOUT`: room to send, or the end of a connection attempt.
    #[doc(alias = "POLLOUT")]
    pub const OUT: Self = Self(PollFlags::OUT.bits());
    /// `POLLERR`: an error is pending. Told unasked.
    #[doc(alias = "POLLERR")]
    pub const ERR: Self = Self(PollFlags::ERR.bits());
    /// `POLLHUP`: both directions are over. Told unasked.
    #[doc(alias = "POLLHUP")]
    pub const HUP: Self = Self(PollFlags::HUP.bits());
    /// `POLLNVAL`: the descriptor is not open. Told unasked.
    #[doc(alias = "POLLNVAL")]
    pub const NVAL: Self = Self(PollFlags::NVAL.bits());
    /// `POLLRDHUP`: the peer sends no more (Linux).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    #[doc(alias = "POLLRDHUP")]
    pub const RDHUP: Self = Self(PollFlags::RDHUP.bits());

    const NAMES: &[(&str, Self)] = &[
        ("IN", Self::IN),
        ("PRI", Self::PRI),
        ("OUT", Self::OUT),
        ("ERR", Self::ERR),
        ("HUP", Self::HUP),
        ("NVAL", Self::NVAL),
        #[cfg(any(target_os = "linux", target_os = "android"))]
        ("RDHUP", Self::RDHUP),
    ];

    /// The events with these bits, as the system's headers number them.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The bits, as the system's headers number them.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether every event of `other` is in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether an event of `other` is in it.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn flags(self) -> PollFlags {
        PollFlags::from_bits_retain(self.0)
    }
}

impl BitOr for PollEvents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for PollEvents {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for PollEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::names::write(
            f,
            Self::NAMES.iter().map(|(name, bits)| (*name, bits.0.into())),
            self.0.into(),
        )
    }
}
