//! The clauses datagram.error.*: what a sender learns where nobody receives, and what datagrams
//! cannot do.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// Errors reach the application.
const PASSED: Cite = cite(
    "RFC 1122 4.1.3.3",
    "UDP MUST pass to the application layer all ICMP error messages that it receives from the IP \
     layer.",
);

/// Where the error comes from.
const UNREACHABLE: Cite =
    cite("RFC 1122 4.1.3.1", "UDP SHOULD send an ICMP Port Unreachable message.");

/// A pending error is not the end of the socket.
const PENDING: Cite = cite(
    "Linux udp(7) ECONNREFUSED",
    "This might be caused by a previous packet sent over the socket.",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::should(
        Datagram,
        "datagram.error.refusal",
        "A connected sender learns by its next receive, or at once, that nobody received it",
    )
    .cites(&[PASSED, UNREACHABLE, cite("RFC 8085 5.2", "")])
    .needs(Caps::REFUSAL)
    .permits(&["refused", "refused-at-once"]),
    Clause::should(
        Datagram,
        "datagram.error.refusal-on-send",
        "A connected sender that goes on sending learns that nobody receives",
    )
    .cites(&[PASSED, UNREACHABLE, PENDING])
    .needs(Caps::REFUSAL)
    .permits(&["refused"]),
    Clause::should(
        Datagram,
        "datagram.error.wakes-receiver",
        "A refusal ends a receive that is blocked",
    )
    .cites(&[PASSED, UNREACHABLE])
    .needs(Caps::REFUSAL)
    .permits(&["refused", "refused-at-once"]),
    Clause::must(
        Datagram,
        "datagram.error.once",
        "A refusal is told once, and receiving then waits as before",
    )
    .cites(&[PENDING, cite("POSIX.1-2024 getsockopt SO_ERROR", "")])
    .needs(Caps::REFUSAL.and(Caps::NONBLOCK)),
    Clause::must(
        Datagram,
        "datagram.error.usable",
        "After a refusal the socket connects to another peer and exchanges datagrams",
    )
    .cites(&[PENDING, cite("RFC 8085 5.2", "")])
    .needs(Caps::REFUSAL.and(Caps::SOCKET).and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.error.keeps-queue",
        "A refusal takes no datagram out of the queue",
    )
    .cites(&[PENDING, cite("POSIX.1-2024 recvfrom", "")])
    .needs(Caps::REFUSAL),
    Clause::must(
        Datagram,
        "datagram.error.so-error",
        "The pending error is read by SO_ERROR, which clears it",
    )
    .cites(&[cite("POSIX.1-2024 getsockopt SO_ERROR", ""), PASSED])
    .needs(Caps::REFUSAL.and(Caps::SO_ERROR).and(Caps::NONBLOCK))
    .permits(&["refused", "refused-at-once"]),
    Clause::observe(
        Datagram,
        "datagram.error.unconnected",
        "A sender that is not connected learns of a refusal by its next receive, at once, or never",
        &["silent", "told", "told-at-once"],
    )
    .cites(&[PASSED, cite("Linux udp(7)", "This includes asynchronous errors received")])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.error.loop-survives",
        "Each refusal is one error at the most, and the datagrams of others are received after it",
    )
    .cites(&[
        cite(
            "Winsock recvfrom WSAECONNRESET",
            "a previous send operation resulted in an ICMP \"Port Unreachable\" message",
        ),
        cite("RFC 8085 5.2", ""),
    ])
    .needs(Caps::SENDTO.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.error.listen",
        "Listening for datagrams fails with EOPNOTSUPP, or there is no such operation",
    )
    .cites(&[cite(
        "POSIX.1-2024 listen EOPNOTSUPP",
        "The socket protocol does not support listen().",
    )])
    .permits(&["refused", "unsupported"]),
    Clause::must(
        Datagram,
        "datagram.error.accept",
        "Accepting on a datagram socket fails with EOPNOTSUPP, or there is no such operation",
    )
    .cites(&[cite(
        "POSIX.1-2024 accept EOPNOTSUPP",
        "The socket type of the specified socket does not support accepting connections.",
    )])
    .permits(&["refused", "unsupported"]),
];
