//! The clauses datagram.address.*: where datagrams come from and where they go.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// Who sent it.
const SOURCE: Cite =
    cite("POSIX.1-2024 recvfrom", "the source address of the received message shall be stored");

/// What connecting a datagram socket means.
const PEER: Cite = cite(
    "POSIX.1-2024 connect",
    "the peer address identifies where all datagrams are sent on subsequent send() functions, and \
     limits the remote sender for subsequent recv() functions",
);

/// Bare sockets that send where they are told.
const FREE: Caps = Caps::SOCKET.and(Caps::SENDTO).and(Caps::ADDRESSES);

/// Ends that send where they are told, and have addresses of IP.
const INET: Caps = Caps::INET.and(Caps::SENDTO).and(Caps::ADDRESSES);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.address.source",
        "A datagram comes from the address that its sender is bound to, also an empty or a cut one",
    )
    .cites(&[SOURCE])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.address.reply",
        "What is sent to a datagram's source reaches its sender",
    )
    .cites(&[
        SOURCE,
        cite(
            "RFC 768 Source Port",
            "may be assumed to be the port to which a reply should be addressed",
        ),
    ])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.address.several-peers",
        "One socket receives from many, knows them apart and answers each",
    )
    .cites(&[SOURCE, cite("POSIX.1-2024 sendto", "")])
    .needs(FREE),
    Clause::must(Datagram, "datagram.address.peek-source", "A peek tells who sent the datagram")
        .cites(&[SOURCE, cite("POSIX.1-2024 recvfrom", "Peeks at an incoming message.")])
        .needs(Caps::SENDTO.and(Caps::ADDRESSES).and(Caps::PEEK)),
    Clause::must(
        Datagram,
        "datagram.address.autobind",
        "Sending from a socket that is not bound binds it to a free port, where answers arrive; \
         without ports it may stay nameless",
    )
    .cites(&[cite("Linux udp(7)", "the socket layer will automatically assign a free local port")])
    .needs(FREE)
    .permits(&["bound", "nameless"]),
    Clause::must(
        Datagram,
        "datagram.address.bind-any",
        "Binding to any port gives a free one, and a bound address stays as it is",
    )
    .cites(&[
        cite("POSIX.1-2024 bind", ""),
        cite(
            "Linux ip(7)",
            "only one IP socket may be bound to any given local (address, port) pair",
        ),
    ])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.address.bind-taken",
        "Binding to an address in use fails with EADDRINUSE, and another can be bound then",
    )
    .cites(&[cite("POSIX.1-2024 bind EADDRINUSE", "The specified address is already in use.")])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.address.bind-twice",
        "Binding a bound socket fails with EINVAL and keeps its address",
    )
    .cites(&[cite("POSIX.1-2024 bind EINVAL", "The socket is already bound to an address")])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.address.bind-foreign",
        "Binding to another machine's address fails with EADDRNOTAVAIL",
    )
    .cites(&[
        cite(
            "POSIX.1-2024 bind EADDRNOTAVAIL",
            "The specified address is not available from the local machine.",
        ),
        cite("RFC 5737 3", ""),
        cite("RFC 3849 2", ""),
    ])
    .needs(Caps::SOCKET.and(Caps::INET)),
    Clause::must(
        Datagram,
        "datagram.address.no-destination",
        "Sending without a peer and without a destination fails with EDESTADDRREQ or ENOTCONN",
    )
    .cites(&[
        cite(
            "POSIX.1-2024 send EDESTADDRREQ",
            "The socket is not connection-mode and no peer address is set.",
        ),
        cite("POSIX.1-2024 send ENOTCONN", "The socket is not connected"),
    ])
    .needs(Caps::SOCKET)
    .permits(&["destination-required", "not-connected"]),
    Clause::must(
        Datagram,
        "datagram.address.peer",
        "Connected ends name each other as peers; ends that are not fail with ENOTCONN",
    )
    .cites(&[
        PEER,
        cite(
            "POSIX.1-2024 getpeername ENOTCONN",
            "The socket is not connected or otherwise has not had the peer pre-specified.",
        ),
    ])
    .needs(Caps::ADDRESSES),
    Clause::must(
        Datagram,
        "datagram.address.connect",
        "Connecting sets the peer, keeps a bound address, and binds a socket that is not bound; \
         without ports it may stay nameless",
    )
    .cites(&[
        PEER,
        cite(
            "POSIX.1-2024 connect",
            "connect() shall bind it to an address which, unless the socket's address family is \
             AF_UNIX, is an unused local address",
        ),
    ])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES))
    .permits(&["bound", "nameless"]),
    Clause::must(
        Datagram,
        "datagram.address.filter",
        "A connected socket receives from its peer alone",
    )
    .cites(&[PEER])
    .needs(FREE),
    Clause::must(
        Datagram,
        "datagram.address.reconnect",
        "Connecting again replaces the peer for both directions",
    )
    .cites(&[PEER, cite("POSIX.1-2024 connect", "to set or reset the peer address")])
    .needs(FREE),
    Clause::must(
        Datagram,
        "datagram.address.disconnect",
        "Dissolving the association takes the peer away: anyone is heard, nobody is sent to by \
         default",
    )
    .cites(&[cite(
        "POSIX.1-2024 connect",
        "If the sa_family member of address is AF_UNSPEC, the socket's peer address shall be \
         reset.",
    )])
    .needs(FREE.and(Caps::DISCONNECT))
    .permits(&["keeps-address", "forgets-address"]),
    Clause::observe(
        Datagram,
        "datagram.address.elsewhere",
        "A connected socket told to send elsewhere does so this once, or fails with EISCONN",
        &["delivered", "refused"],
    )
    .cites(&[cite(
        "POSIX.1-2024 sendto",
        "either the message shall be sent to the address specified by dest_addr (overriding the \
         pre-specified peer address), or the function shall return -1 and set errno to [EISCONN]",
    )])
    .needs(FREE),
    Clause::observe(
        Datagram,
        "datagram.address.before-connect",
        "What arrived from a stranger before connecting is still received, or is not",
        &["kept", "discarded"],
    )
    .cites(&[PEER])
    .needs(FREE.and(Caps::PEEK)),
    Clause::should(
        Datagram,
        "datagram.address.port-zero",
        "Sending to port 0, which is nobody's, fails and harms nothing",
    )
    .cites(&[
        cite("RFC 8085 5.1", "A UDP receiver SHOULD NOT bind to port zero."),
        cite("RFC 6335 6", ""),
    ])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES))
    .permits(&["refused", "no-ports"]),
    Clause::must(
        Datagram,
        "datagram.address.wrong-family",
        "Sending to an address of another family fails and harms nothing; an IPv6 socket may take \
         an IPv4 address",
    )
    .cites(&[
        cite(
            "POSIX.1-2024 sendto EAFNOSUPPORT",
            "Addresses in the specified address family cannot be used with this socket.",
        ),
        cite("RFC 3493 3.7", ""),
    ])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES))
    .permits(&["refused", "accepted-by-ipv6"]),
    Clause::must(
        Datagram,
        "datagram.address.broadcast",
        "Broadcasting fails with EACCES unless the socket was told that it may",
    )
    .cites(&[cite(
        "POSIX.1-2024 sendto",
        "sendto() shall fail if the SO_BROADCAST option is not set for the socket",
    )])
    .needs(INET.and(Caps::BROADCAST))
    .permits(&["refused", "no-broadcasts"]),
    Clause::must(
        Datagram,
        "datagram.address.broadcast-allowed",
        "The option SO_BROADCAST allows broadcasts",
    )
    .cites(&[
        cite("POSIX.1-2024 sendto", ""),
        cite(
            "Linux socket(7)",
            "When enabled, datagram sockets are allowed to send packets to a broadcast address.",
        ),
    ])
    .needs(INET.and(Caps::BROADCAST))
    .permits(&["holds", "no-broadcasts"]),
];
