//! The clauses datagram.state.*: what a socket says of itself, and allows, in each of its states.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

const POLLIN: Cite = cite(
    "POSIX.1-2017 poll",
    "POLLIN Data other than high-priority data may be read without blocking.",
);
const PEERS: Caps = Caps::SOCKET.and(Caps::ADDRESSES);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.state.fresh",
        "Where nothing failed there is no pending error; what would wait is none",
    )
    .cites(&[cite(
        "POSIX.1-2017 2.10.16",
        "getsockopt() shall return any pending error on the socket and clear the error status",
    )])
    .needs(Caps::SO_ERROR.and(Caps::DONTWAIT)),
    Clause::must(
        Datagram,
        "datagram.state.failed-connect",
        "Connecting to an address of another family fails, and leaves the peer that there is",
    )
    .cites(&[cite(
        "POSIX.1-2017 connect",
        "[EAFNOSUPPORT] The specified address is not a valid address for the address family of \
         the specified socket.",
    )])
    .needs(PEERS.and(Caps::INET))
    .permits(&["refused"]),
    Clause::observe(
        Datagram,
        "datagram.state.bind-connected",
        "A socket that has a peer keeps its address; one that has none may be given one",
        &["EINVAL", "named"],
    )
    .cites(&[cite(
        "POSIX.1-2017 bind",
        "[EINVAL] The socket is already bound to an address, and the protocol does not support \
         binding to a new address; or the socket has been shut down.",
    )])
    .needs(PEERS),
    Clause::observe(
        Datagram,
        "datagram.state.peek-length",
        "A peek that asks for it tells the whole length, or is refused, and takes nothing",
        &["told", "refused"],
    )
    .cites(&[cite(
        "Linux recv(2)",
        "return the real length of the packet or datagram, even when it was longer than the \
         passed buffer",
    )])
    .needs(Caps::PEEK.and(Caps::TRUNC)),
    Clause::must(
        Datagram,
        "datagram.state.wait-idle",
        "There is something to receive as long as there is a datagram, not before and not after",
    )
    .cites(&[POLLIN])
    .needs(Caps::READY),
    Clause::must(
        Datagram,
        "datagram.state.wait-empty",
        "An empty datagram is something to receive",
    )
    .cites(&[POLLIN])
    .needs(Caps::READY),
];
