//! The options of sockets, by name.

use std::fmt;

/// Lists the options: what each is, its name, the names that C and Python have for it.
macro_rules! options {
    ($($(#[$doc:meta])* $option:ident $name:literal $($other:literal)*;)*) => {
        /// An option of a socket whose value is one number. Switches are 0 and 1, or any other
        /// number for on.
        ///
        /// The names are those of IPv4. On an IPv6 socket the same option is IPv6's own.
        ///
        /// ```
        /// use sockrates_core::SocketOption;
        /// assert_eq!(SocketOption::KeepIdle.to_string(), "TCP_KEEPIDLE");
        /// ```
        ///
        /// Source: POSIX.1-2024 `setsockopt`; Linux `socket(7)`, `tcp(7)`, `ip(7)`, `ipv6(7)`;
        /// RFC 3493, RFC 3542; Python `socket`, "Constants".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SocketOption {
            $($(#[$doc])* #[doc(alias = $name)] $(#[doc(alias = $other)])* $option,)*
            /// Any other whose value is an `int`, by the system's numbers.
            Raw {
                /// The level, such as `IPPROTO_TCP`.
                level: i32,
                /// The option's number at that level.
                name: i32,
            },
        }

        impl SocketOption {
            /// Every option that has a name here.
            pub const ALL: &'static [Self] = &[$(Self::$option),*];

            /// The name in C and Python; for [`Raw`](Self::Raw), that it has none here.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$option => $name,)*
                    Self::Raw { .. } => "an option by number",
                }
            }
        }
    };
}

options! {
    /// The type, to be read: 1 is a stream, 2 a datagram socket.
    SocketType "SO_TYPE";
    /// The address family, to be read, as the system numbers it. Linux.
    Domain "SO_DOMAIN";
    /// The protocol, to be read. Linux.
    Protocol "SO_PROTOCOL";
    /// Whether it listens, to be read. Not on macOS.
    AcceptConn "SO_ACCEPTCONN";
    /// Whether the address may be bound again while old connections linger; set before `bind`.
    ReuseAddress "SO_REUSEADDR";
    /// Whether several sockets may bind the same address, each with this set before `bind`.
    ReusePort "SO_REUSEPORT";
    /// Whether sending to a broadcast address is allowed.
    Broadcast "SO_BROADCAST";
    /// Whether an idle connection is probed.
    KeepAlive "SO_KEEPALIVE";
    /// After how many seconds without a sign of the peer the first probe is sent.
    KeepIdle "TCP_KEEPIDLE" "TCP_KEEPALIVE";
    /// How many seconds lie between probes.
    KeepInterval "TCP_KEEPINTVL";
    /// How many probes may stay unanswered before the connection is given up.
    KeepCount "TCP_KEEPCNT";
    /// The size of the send buffer in bytes. Linux doubles what is set.
    SendBuffer "SO_SNDBUF";
    /// The size of the receive buffer in bytes. Linux doubles what is set.
    RecvBuffer "SO_RCVBUF";
    /// How many bytes have to be there before a receive of a stream ends.
    RecvLowWater "SO_RCVLOWAT";
    /// Whether urgent data is received among the rest.
    OobInline "SO_OOBINLINE";
    /// Whether only hosts on directly attached networks are reached.
    DontRoute "SO_DONTROUTE";
    /// The priority of what is sent, 0 to 6 without privileges. Linux.
    Priority "SO_PRIORITY";
    /// The mark of what is sent, for routing and filters; needs privileges. Linux.
    Mark "SO_MARK";
    /// Whether the sender's credentials come with each message of `AF_UNIX`. Linux.
    PassCredentials "SO_PASSCRED";
    /// Whether small writes are sent at once instead of being gathered (Nagle).
    NoDelay "TCP_NODELAY";
    /// Whether only full segments are sent, until it is taken away again. Linux.
    Cork "TCP_CORK" "TCP_NOPUSH";
    /// Whether acknowledgements are sent at once; does not last. Linux.
    QuickAck "TCP_QUICKACK";
    /// The largest segment in bytes.
    MaxSegment "TCP_MAXSEG";
    /// How many milliseconds what was sent may stay unacknowledged before the connection is given
    /// up; 0 is the system's. Linux.
    UserTimeout "TCP_USER_TIMEOUT";
    /// How often the first segment of a connection attempt is sent again. Linux.
    SynCount "TCP_SYNCNT";
    /// How many seconds a listener waits for data before it hands over a connection. Linux.
    DeferAccept "TCP_DEFER_ACCEPT";
    /// How many connections of a listener may be waiting that brought data with them at once.
    FastOpen "TCP_FASTOPEN";
    /// How many bytes not yet sent let the socket stay writable.
    NotSentLowWater "TCP_NOTSENT_LOWAT";
    /// How many routers a packet to one host may pass: 1 to 255.
    Ttl "IP_TTL" "IPV6_UNICAST_HOPS";
    /// The type of service, or traffic class, of what is sent: 0 to 255.
    Tos "IP_TOS" "IPV6_TCLASS";
    /// How many routers a packet to a group may pass: 0 to 255; 1 unless set.
    MulticastTtl "IP_MULTICAST_TTL" "IPV6_MULTICAST_HOPS";
    /// Whether what is sent to a group reaches this machine's own members too; on unless set.
    MulticastLoop "IP_MULTICAST_LOOP" "IPV6_MULTICAST_LOOP";
    /// The index of the interface by which groups are sent to; 0 lets the system choose. IPv4
    /// does not tell it.
    MulticastInterface "IP_MULTICAST_IF" "IPV6_MULTICAST_IF";
    /// Whether an IPv6 socket leaves IPv4 alone; set before `bind`.
    OnlyV6 "IPV6_V6ONLY";
    /// Whether each datagram tells how many routers it could still have passed.
    RecvTtl "IP_RECVTTL" "IPV6_RECVHOPLIMIT";
    /// Whether each datagram tells its type of service, or traffic class.
    RecvTos "IP_RECVTOS" "IPV6_RECVTCLASS";
    /// Whether each datagram tells to which address and by which interface it came.
    RecvPacketInfo "IP_PKTINFO" "IPV6_RECVPKTINFO" "IPV6_PKTINFO";
    /// Whether each datagram tells when it came.
    RecvTimestamp "SO_TIMESTAMPNS" "SO_TIMESTAMP";
    /// Whether datagrams that came together are received joined, the length of one beside them.
    /// Linux.
    Gro "UDP_GRO";
    /// Whether errors of the network are queued with what caused them. Linux.
    RecvErrors "IP_RECVERR" "IPV6_RECVERR";
    /// How packets that are too large for the way are treated, by the system's numbers. Linux.
    MtuDiscover "IP_MTU_DISCOVER" "IPV6_MTU_DISCOVER";
    /// Whether an address may be bound that no interface has yet. Linux.
    FreeBind "IP_FREEBIND";
    /// Whether connections may be taken and made for addresses of others; needs privileges. Linux.
    Transparent "IP_TRANSPARENT" "IPV6_TRANSPARENT";
}

impl fmt::Display for SocketOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw { level, name } => write!(f, "option {name} of level {level}"),
            named => f.write_str(named.name()),
        }
    }
}
