//! What poll and epoll are asked for and tell.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use rustix::event::PollFlags;
#[cfg(any(target_os = "linux", target_os = "android"))]
use rustix::event::epoll::EventFlags;

/// Lists the events of a set: its platforms where it is not everywhere, its name, what it means.
/// The bits are those of the system's headers, which have a sign on some systems.
macro_rules! events {
    ($(#[$doc:meta])* $set:ident, $bits:ty, $flags:ty {
        $($(#[$event_doc:meta])* $([$on:meta])? $name:ident),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $set($bits);

        impl $set {
            /// Nothing: errors and hangups are told all the same.
            pub const NONE: Self = Self(0);
            $(
                $(#[$event_doc])*
                $(#[cfg($on)])?
                pub const $name: Self = Self(<$flags>::$name.bits() as _);
            )*

            /// The events with these bits, as the system's headers number them.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self {
                Self(bits)
            }

            /// The bits, as the system's headers number them.
            #[must_use]
            pub const fn bits(self) -> $bits {
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

            /// Whether there is none in it.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            pub(crate) fn flags(self) -> $flags {
                <$flags>::from_bits_retain(self.0 as _)
            }
        }

        impl BitOr for $set {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl BitOrAssign for $set {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl fmt::Debug for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let names: &[(&str, $bits)] = &[
                    $($(#[cfg($on)])? (stringify!($name), Self::$name.0)),*
                ];
                let names = names.iter().map(|(name, bit)| (*name, (*bit).into()));
                write_names(f, names, self.0.into())
            }
        }
    };
}

events! {
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
    PollEvents, u16, PollFlags {
        /// `POLLIN`: input, a connection to accept, or the end.
        #[doc(alias = "POLLIN")]
        IN,
        /// `POLLPRI`: urgent data.
        #[doc(alias = "POLLPRI")]
        PRI,
        /// `POLLOUT`: room to send, or the end of a connection attempt.
        #[doc(alias = "POLLOUT")]
        OUT,
        /// `POLLERR`: an error is pending. Told unasked.
        #[doc(alias = "POLLERR")]
        ERR,
        /// `POLLHUP`: both directions are over. Told unasked.
        #[doc(alias = "POLLHUP")]
        HUP,
        /// `POLLNVAL`: the descriptor is not open. Told unasked.
        #[doc(alias = "POLLNVAL")]
        NVAL,
        /// `POLLRDHUP`: the peer sends no more (Linux).
        #[doc(alias = "POLLRDHUP")]
        [any(target_os = "linux", target_os = "android")]
        RDHUP,
        /// `POLLRDNORM`: normal data to read; the same as `IN` on sockets.
        #[doc(alias = "POLLRDNORM")]
        RDNORM,
        /// `POLLWRNORM`: normal data may be written; the same as `OUT` on sockets.
        #[doc(alias = "POLLWRNORM")]
        WRNORM,
        /// `POLLRDBAND`: data of a priority band to read; of no use on sockets.
        #[doc(alias = "POLLRDBAND")]
        RDBAND,
        /// `POLLWRBAND`: data of a priority band may be written.
        #[doc(alias = "POLLWRBAND")]
        WRBAND,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
events! {
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
    EpollEvents, u32, EventFlags {
        /// `EPOLLIN`: input, a connection to accept, or the end.
        #[doc(alias = "EPOLLIN")]
        IN,
        /// `EPOLLPRI`: urgent data.
        #[doc(alias = "EPOLLPRI")]
        PRI,
        /// `EPOLLOUT`: room to send, or the end of a connection attempt.
        #[doc(alias = "EPOLLOUT")]
        OUT,
        /// `EPOLLERR`: an error is pending. Told unasked.
        #[doc(alias = "EPOLLERR")]
        ERR,
        /// `EPOLLHUP`: both directions are over. Told unasked.
        #[doc(alias = "EPOLLHUP")]
        HUP,
        /// `EPOLLRDHUP`: the peer sends no more.
        #[doc(alias = "EPOLLRDHUP")]
        RDHUP,
        /// `EPOLLRDNORM`: normal data to read; the same as `IN` on sockets.
        #[doc(alias = "EPOLLRDNORM")]
        RDNORM,
        /// `EPOLLWRNORM`: normal data may be written; the same as `OUT` on sockets.
        #[doc(alias = "EPOLLWRNORM")]
        WRNORM,
        /// `EPOLLRDBAND`: data of a priority band to read; of no use on sockets.
        #[doc(alias = "EPOLLRDBAND")]
        RDBAND,
        /// `EPOLLWRBAND`: data of a priority band may be written.
        #[doc(alias = "EPOLLWRBAND")]
        WRBAND,
        /// `EPOLLMSG`: ignored by the kernel.
        #[doc(alias = "EPOLLMSG")]
        MSG,
        /// `EPOLLET`: tells an arrival once instead of as long as something is left. Read, write
        /// or accept until `EAGAIN`, or the rest is not told before more arrives.
        #[doc(alias = "EPOLLET")]
        ET,
        /// `EPOLLONESHOT`: tells once, then is silent until modified.
        #[doc(alias = "EPOLLONESHOT")]
        ONESHOT,
        /// `EPOLLEXCLUSIVE`: of several epolls that wait for the same descriptor, not all are
        /// woken. Only for a new registration, and only beside `IN`, `OUT`, `ERR`, `HUP`, `ET` and
        /// `WAKEUP`; else `EINVAL`.
        #[doc(alias = "EPOLLEXCLUSIVE")]
        EXCLUSIVE,
        /// `EPOLLWAKEUP`: the machine does not suspend while the event is handled; without the
        /// right to that (`CAP_BLOCK_SUSPEND`) it is ignored.
        #[doc(alias = "EPOLLWAKEUP")]
        WAKEUP,
    }
}

/// Writes the names of the bits that are set, and what has no name as a number.
fn write_names(
    f: &mut fmt::Formatter<'_>,
    names: impl Iterator<Item = (&'static str, u32)>,
    bits: u32,
) -> fmt::Result {
    let mut left = bits;
    let mut between = "";
    for (name, bit) in names.filter(|(_, bit)| bits & bit != 0) {
        write!(f, "{between}{name}")?;
        left &= !bit;
        between = "|";
    }
    match left {
        0 if bits == 0 => f.write_str("NONE"),
        0 => Ok(()),
        unnamed => write!(f, "{between}{unnamed:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::PollEvents;

    #[test]
    fn bits_without_a_name_are_shown_too() {
        let odd = PollEvents::IN | PollEvents::from_bits(0x4000);
        assert_eq!(format!("{odd:?}"), "IN|0x4000");
        assert_eq!(format!("{:?}", PollEvents::NONE), "NONE");
    }
}
