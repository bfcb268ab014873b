//! What epoll is asked for and tells.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use rustix::event::epoll::EventFlags;

/// What [`Epoll`](crate::Epoll) is asked for and tells, and how it tells it; combine with `|`.
///
/// ```
/// use sockrates_poll::EpollEvents;
/// let edge = EpollEvents::IN | EpollEvents::ET;
/// assert!(edge.contains(EpollEvents::ET));
/// assert_eq!(format!("{edge:?}"), "IN|ET");
/// ```
///
/// Source: Linux `epoll_ctl(2)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EpollEvents(u32);

impl EpollEvents {
    /// Nothing: errors and hangups are told all the same.
    pub const NONE: Self = Self(0);
    /// `EPOLLIN`: input, a connection to accept, or the end.
    #[doc(alias = "EPOLLIN")]
    pub const IN: Self = Self(EventFlags::IN.bits());
    /// `EPOLLPRI`: urgent data.
    #[doc(alias = "EPOLLPRI")]
    pub const PRI: Self = Self(EventFlags::PRI.bits());
    /// `EPOLLOUT`: room to send, or the end of a connection attempt.
    #[doc(alias = "EPOLLOUT")]
    pub const OUT: Self = Self(EventFlags::OUT.bits());
    /// `EPOLLERR`: an error is pending. Told unasked.
    #[doc(alias = "EPOLLERR")]
    pub const ERR: Self = Self(EventFlags::ERR.bits());
    /// `EPOLLHUP`: both directions are over. Told unasked.
    #[doc(alias = "EPOLLHUP")]
    pub const HUP: Self = Self(EventFlags::HUP.bits());
    /// `EPOLLRDHUP`: the peer sends no more.
    #[doc(alias = "EPOLLRDHUP")]
    pub const RDHUP: Self = Self(EventFlags::RDHUP.bits());
    /// `EPOLLET`: tells an arrival once instead of as long as something is left. Read, write or
    /// accept until `EAGAIN`, or the rest is never told.
    #[doc(alias = "EPOLLET")]
    pub const ET: Self = Self(EventFlags::ET.bits());
    /// `EPOLLONESHOT`: tells once, then is silent until modified.
    #[doc(alias = "EPOLLONESHOT")]
    pub const ONESHOT: Self = Self(EventFlags::ONESHOT.bits());
    /// `EPOLLEXCLUSIVE`: of several epolls that wait for the same descriptor, not all are woken.
    /// Only for a new registration, only with `IN`, `OUT`, `ET` and `WAKEUP` (else `EINVAL`).
    #[doc(alias = "EPOLLEXCLUSIVE")]
    pub const EXCLUSIVE: Self = Self(EventFlags::EXCLUSIVE.bits());
    /// `EPOLLWAKEUP`: the machine does not suspend while the event is handled.
    #[doc(alias = "EPOLLWAKEUP")]
    pub const WAKEUP: Self = Self(EventFlags::WAKEUP.bits());

    const NAMES: &[(&str, Self)] = &[
        ("IN", Self::IN),
        ("PRI", Self::PRI),
        ("OUT", Self::OUT),
        ("ERR", Self::ERR),
        ("HUP", Self::HUP),
        ("RDHUP", Self::RDHUP),
        ("ET", Self::ET),
        ("ONESHOT", Self::ONESHOT),
        ("EXCLUSIVE", Self::EXCLUSIVE),
        ("WAKEUP", Self::WAKEUP),
    ];

    /// The events with these bits, as the system's headers number them.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits, as the system's headers number them.
    #[must_use]
    pub const fn bits(self) -> u32 {
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

    pub(crate) fn flags(self) -> EventFlags {
        EventFlags::from_bits_retain(self.0)
    }
}

impl BitOr for EpollEvents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for EpollEvents {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for EpollEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::names::write(f, Self::NAMES.iter().map(|(name, bits)| (*name, bits.0)), self.0)
    }
}
