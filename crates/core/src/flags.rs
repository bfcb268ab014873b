//! Flags of a single receive or send.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// Lists the flags of a set: a name, its bit, what it does.
macro_rules! flags {
    ($(#[$doc:meta])* $set:ident {
        $($(#[$flag_doc:meta])* $name:ident = $bit:literal),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $set(u8);

        impl $set {
            /// No flag.
            pub const NONE: Self = Self(0);
            $($(#[$flag_doc])* pub const $name: Self = Self(1 << $bit);)*

            /// Whether every flag of `other` is set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether no flag is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// These flags without those of `other`.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
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
                let names: &[(&str, Self)] = &[$((stringify!($name), Self::$name)),*];
                let set = names.iter().filter(|(_, flag)| self.contains(*flag));
                let set: Vec<&str> = set.map(|(name, _)| *name).collect();
                f.write_str(if set.is_empty() { "NONE" } else { "" })?;
                f.write_str(&set.join("|"))
            }
        }
    };
}

flags! {
    /// How one receive behaves; combine with `|`.
    ///
    /// ```
    /// use sockrates_core::RecvFlags;
    /// let how = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    /// assert!(how.contains(RecvFlags::PEEK));
    /// assert_eq!(format!("{how:?}"), "PEEK|DONTWAIT");
    /// ```
    ///
    /// Source: POSIX.1-2024 `recv`; Linux `recv(2)`.
    RecvFlags {
        /// `MSG_PEEK`: leaves the data in the queue.
        #[doc(alias = "MSG_PEEK")]
        PEEK = 0,
        /// `MSG_WAITALL`: a stream fills the whole buffer, or ends, or fails. Here it does so in
        /// every mode, to the operation's one deadline; plain `recv` with a timeout returns early
        /// in C and in Python.
        #[doc(alias = "MSG_WAITALL")]
        WAITALL = 1,
        /// `MSG_DONTWAIT`: this one call never waits, whatever the mode.
        #[doc(alias = "MSG_DONTWAIT")]
        DONTWAIT = 2,
        /// `MSG_OOB`: the urgent byte.
        #[doc(alias = "MSG_OOB")]
        OOB = 3,
        /// `MSG_TRUNC`: `Recv::len` is the length of the whole datagram, also where it is longer
        /// than the buffer. Only what was received is ever visible in the buffer. A stream has no
        /// datagrams and answers `EINVAL`, where Linux discards data instead.
        #[doc(alias = "MSG_TRUNC")]
        TRUNC = 4,
    }
}

flags! {
    /// How one send behaves; combine with `|`.
    ///
    /// Source: POSIX.1-2024 `send`; Linux `send(2)`. `MSG_NOSIGNAL` is no flag here, for it is
    /// always set.
    SendFlags {
        /// `MSG_DONTWAIT`: this one call never waits, whatever the mode.
        #[doc(alias = "MSG_DONTWAIT")]
        DONTWAIT = 0,
        /// `MSG_OOB`: the last byte is urgent.
        OOB = 1,
        /// `MSG_MORE`: more follows at once; a hint that may be ignored.
        MORE = 2,
        /// `MSG_DONTROUTE`: only to hosts on directly attached networks.
        DONTROUTE = 3,
    }
}
