//! What kind of socket: address family, type, protocol.

use std::fmt;

use crate::sys;

/// Lists the named numbers of a kind.
macro_rules! numbers {
    (
        $(#[$doc:meta])* $kind:ident {
            $($(#[$name_doc:meta])* $name:ident = $number:expr),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $kind(i32);

        impl $kind {
            $($(#[$name_doc])* pub const $name: Self = Self($number);)*

            /// The kind with the operating system's number `code`, of any value: an unknown one
            /// is for the system to refuse.
            #[must_use]
            pub const fn from_code(code: i32) -> Self {
                Self(code)
            }

            /// The operating system's number.
            #[must_use]
            pub const fn code(self) -> i32 {
                self.0
            }
        }

        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $(if *self == Self::$name {
                    return f.write_str(stringify!($name));
                })*
                write!(f, "{}({})", stringify!($kind), self.0)
            }
        }
    };
}

numbers! {
    /// The address family of a socket: `AF_*`.
    ///
    /// ```
    /// use sockrates_socket::Family;
    /// assert_eq!(format!("{:?}", Family::INET6), "INET6");
    /// ```
    ///
    /// Source: POSIX.1-2024 `<sys/socket.h>`.
    Family {
        /// `AF_UNSPEC`: any; for name resolution.
        UNSPEC = 0,
        /// `AF_INET`: IPv4.
        INET = sys::AF_INET,
        /// `AF_INET6`: IPv6, and IPv4 by mapped addresses.
        INET6 = sys::AF_INET6,
        /// `AF_UNIX`: this machine, by paths.
        UNIX = sys::AF_UNIX,
    }
}

numbers! {
    /// The type of a socket: `SOCK_*`.
    ///
    /// ```
    /// use sockrates_socket::Type;
    /// assert_eq!(format!("{:?}", Type::STREAM), "STREAM");
    /// ```
    ///
    /// Source: POSIX.1-2024 `socket`.
    Type {
        /// `SOCK_STREAM`: bytes in order, without boundaries.
        STREAM = sys::SOCK_STREAM,
        /// `SOCK_DGRAM`: messages, each on its own.
        DGRAM = sys::SOCK_DGRAM,
        /// `SOCK_RAW`: the protocol's packets; needs privileges.
        RAW = sys::SOCK_RAW,
        /// `SOCK_SEQPACKET`: messages in order, over a connection.
        SEQPACKET = sys::SOCK_SEQPACKET,
    }
}

numbers! {
    /// The protocol of a socket: `IPPROTO_*`.
    ///
    /// ```
    /// use sockrates_socket::Protocol;
    /// assert_eq!(Protocol::TCP.code(), 6);
    /// ```
    ///
    /// Source: POSIX.1-2024 `<netinet/in.h>`.
    Protocol {
        /// Whatever the type has as its own: TCP for a stream, UDP for datagrams.
        DEFAULT = 0,
        /// `IPPROTO_ICMP`.
        ICMP = 1,
        /// `IPPROTO_TCP`.
        TCP = 6,
        /// `IPPROTO_UDP`.
        UDP = 17,
        /// `IPPROTO_ICMPV6`.
        ICMPV6 = 58,
    }
}
