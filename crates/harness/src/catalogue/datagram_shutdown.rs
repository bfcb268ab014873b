//! The clauses datagram.shutdown.*: shutting down, closing, and what stays.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// What the word means.
const SHUTDOWN: Cite = cite("POSIX.1-2024 shutdown", "");

/// After the end of a handle.
const CLOSED: Cite =
    cite("POSIX.1-2024 recvfrom EBADF", "The socket argument is not a valid file descriptor.");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.shutdown.write",
        "After the sending side is shut down a send fails with EPIPE; what was sent before arrives",
    )
    .cites(&[SHUTDOWN, cite("POSIX.1-2024 send EPIPE", "The socket is shut down for writing")])
    .needs(Caps::SHUTDOWN),
    Clause::must(
        Datagram,
        "datagram.shutdown.close-send",
        "Ending the sending side makes a send fail with EPIPE; what was sent before arrives",
    )
    .cites(&[
        cite("sockrates-core Transport, law 7", ""),
        cite("POSIX.1-2024 send EPIPE", "The socket is shut down for writing"),
    ])
    .permits(&["holds", "unsupported"]),
    Clause::must(
        Datagram,
        "datagram.shutdown.reverse",
        "An end that shut down its sending side receives as before",
    )
    .cites(&[SHUTDOWN])
    .needs(Caps::SHUTDOWN),
    Clause::must(
        Datagram,
        "datagram.shutdown.no-end",
        "Datagrams have no end: the peer of an end that shut down receives nothing",
    )
    .cites(&[SHUTDOWN, cite("RFC 768 introduction", "The protocol is transaction oriented")])
    .needs(Caps::SHUTDOWN.and(Caps::NONBLOCK)),
    Clause::observe(
        Datagram,
        "datagram.shutdown.read",
        "After the receiving side is shut down later datagrams are received, or discarded, or a \
         receive tells an end",
        &["delivers", "discards", "ends"],
    )
    .cites(&[SHUTDOWN])
    .needs(Caps::SHUTDOWN.and(Caps::NONBLOCK)),
    Clause::observe(
        Datagram,
        "datagram.shutdown.wakes-receiver",
        "A shutdown of both sides ends a receive that is blocked, or leaves it to its deadline",
        &["wakes", "wakes-with-an-error", "waits-on"],
    )
    .cites(&[SHUTDOWN])
    .needs(Caps::SHUTDOWN.and(Caps::DEADLINE)),
    Clause::must(
        Datagram,
        "datagram.shutdown.not-connected",
        "Shutting down a socket without a peer fails with ENOTCONN",
    )
    .cites(&[cite("POSIX.1-2024 shutdown ENOTCONN", "The socket is not connected.")])
    .needs(Caps::SHUTDOWN.and(Caps::SENDTO)),
    Clause::observe(
        Datagram,
        "datagram.shutdown.failed",
        "A shutdown that failed for want of a peer leaves the socket as it was, or shuts it down \
         all the same",
        &["unchanged", "shut-down", "did-not-fail"],
    )
    .cites(&[cite("POSIX.1-2024 shutdown ENOTCONN", "The socket is not connected.")])
    .needs(Caps::SHUTDOWN.and(Caps::SENDTO)),
    Clause::must(
        Datagram,
        "datagram.shutdown.close-wakes",
        "Closing ends a receive that is blocked, with EBADF",
    )
    .cites(&[cite("sockrates-core Endpoint::close", ""), CLOSED])
    .needs(Caps::CLOSE.and(Caps::CLOSE_WAKES)),
    Clause::must(
        Datagram,
        "datagram.shutdown.frees-address",
        "The address of a socket that is gone can be bound again",
    )
    .cites(&[cite("POSIX.1-2024 close", ""), cite("POSIX.1-2024 bind", "")])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Datagram,
        "datagram.shutdown.closed",
        "Every operation on a closed handle fails with EBADF",
    )
    .cites(&[cite("sockrates-core Endpoint::close", ""), CLOSED])
    .needs(Caps::CLOSE),
    Clause::must(Datagram, "datagram.shutdown.close-twice", "Closing a closed handle is no error")
        .cites(&[cite("sockrates-core Endpoint::close", ""), cite("Python socket.close", "")])
        .needs(Caps::CLOSE),
    Clause::must(
        Datagram,
        "datagram.shutdown.sent-survives",
        "What was sent before its sender closed is received",
    )
    .cites(&[
        cite("RFC 768 introduction", "The protocol is transaction oriented"),
        cite("POSIX.1-2024 close", ""),
    ]),
    Clause::must(
        Datagram,
        "datagram.shutdown.dup",
        "A duplicate has the address, the peer and the queue, and outlives the original",
    )
    .cites(&[cite("POSIX.1-2024 dup", ""), cite("POSIX.1-2024 close", "")])
    .needs(Caps::DUP),
];
