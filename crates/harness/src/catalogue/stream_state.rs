//! The clauses stream.state.*: what a socket says of itself, and allows, in each of its states.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const SO_ERROR: Cite = cite(
    "POSIX.1-2017 2.10.16",
    "getsockopt() shall return any pending error on the socket and clear the error status",
);
const POLLIN: Cite = cite(
    "POSIX.1-2017 poll",
    "POLLIN Data other than high-priority data may be read without blocking.",
);
const POLLOUT: Cite =
    cite("POSIX.1-2017 poll", "POLLOUT Normal data may be written without blocking.");
const NO_PEER: Cite = cite(
    "POSIX.1-2017 getpeername",
    "[ENOTCONN] The socket is not connected or otherwise has not had the peer pre-specified.",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.state.fresh",
        "Where nothing failed there is no pending error; what would wait is none",
    )
    .cites(&[SO_ERROR])
    .needs(Caps::SO_ERROR.and(Caps::DONTWAIT)),
    Clause::observe(
        Stream,
        "stream.state.peek-all",
        "A peek that waits for all sees all or what there was, and takes nothing",
        &["all", "what there was"],
    )
    .cites(&[cite(
        "POSIX.1-2017 recv",
        "The function may return the smaller amount of data if the socket is a message-based \
         socket, if a signal is caught, if the connection is terminated, if MSG_PEEK was \
         specified, or if an error is pending for the socket.",
    )])
    .needs(Caps::PEEK.and(Caps::WAITALL)),
    Clause::must(
        Stream,
        "stream.state.no-room-at-end",
        "Receiving into no room before, at and after the end is 0 bytes and no error",
    )
    .cites(&[cite(
        "POSIX.1-2017 read",
        "the read() function shall return zero and have no other results",
    )])
    .needs(Caps::HALF_CLOSE),
    Clause::observe(
        Stream,
        "stream.state.queued-before-shutdown",
        "What had arrived before the reading side was shut down is delivered, or discarded",
        &["delivered", "discarded", "ESHUTDOWN", "ENOTCONN"],
    )
    .cites(&[cite("POSIX.1-2017 shutdown", "Disables further receive operations.")])
    .needs(Caps::SHUTDOWN.and(Caps::READY)),
    Clause::must(
        Stream,
        "stream.state.peer-after-end",
        "A connection whose peer has ended its side still has both addresses",
    )
    .cites(&[
        NO_PEER,
        cite(
            "RFC 9293 3.6",
            "The user who CLOSEs may continue to RECEIVE until the TCP receiver is told that the \
             remote peer has CLOSED also.",
        ),
    ])
    .needs(Caps::ADDRESSES.and(Caps::HALF_CLOSE)),
    Clause::observe(
        Stream,
        "stream.state.peer-after-reset",
        "A connection that was reset has no peer any more, or still tells who it was",
        &["told", "ENOTCONN", "EINVAL"],
    )
    .cites(&[NO_PEER])
    .needs(Caps::ADDRESSES.and(Caps::ABORT)),
    Clause::observe(
        Stream,
        "stream.state.listen-again",
        "Listening again changes the room in the queue or is refused, and loses nobody who waits",
        &["again", "EINVAL"],
    )
    .cites(&[cite(
        "POSIX.1-2017 listen",
        "The backlog argument provides a hint to the implementation which the implementation \
         shall use to limit the number of outstanding connections in the socket's listen queue.",
    )])
    .needs(Caps::SOCKET.and(Caps::LISTEN).and(Caps::CONNECT)),
    Clause::must(
        Stream,
        "stream.state.listen-connected",
        "A connection does not become a listener, and goes on",
    )
    .cites(&[cite("POSIX.1-2017 listen", "[EINVAL] The socket is already connected.")])
    .needs(Caps::SOCKET.and(Caps::LISTEN).and(Caps::CONNECT)),
    Clause::observe(
        Stream,
        "stream.state.bind-connected",
        "A connection keeps its address; one that has none may be given one",
        &["EINVAL", "named"],
    )
    .cites(&[cite(
        "POSIX.1-2017 bind",
        "[EINVAL] The socket is already bound to an address, and the protocol does not support \
         binding to a new address; or the socket has been shut down.",
    )])
    .needs(Caps::SOCKET.and(Caps::LISTEN).and(Caps::CONNECT)),
    Clause::must(
        Stream,
        "stream.state.linger-taken-back",
        "A linger time of zero that was taken back resets nothing",
    )
    .cites(&[cite(
        "POSIX.1-2017 2.10.16",
        "If SO_LINGER is not specified, and close() is issued, the system handles the call in a \
         way that allows the calling thread to continue as quickly as possible.",
    )])
    .needs(Caps::LINGER)
    .permits(&["end"]),
    Clause::must(
        Stream,
        "stream.state.wait-idle",
        "An idle connection has room to send and nothing to receive",
    )
    .cites(&[POLLIN, POLLOUT])
    .needs(Caps::READY),
    Clause::must(
        Stream,
        "stream.state.wait-data",
        "As long as there is a byte left there is something to receive, and then no more",
    )
    .cites(&[POLLIN])
    .needs(Caps::READY),
    Clause::must(
        Stream,
        "stream.state.wait-end",
        "The end is something to receive, as often as it is asked for",
    )
    .cites(&[POLLIN])
    .needs(Caps::READY.and(Caps::HALF_CLOSE)),
    Clause::must(
        Stream,
        "stream.state.wait-shutdown",
        "After both sides were shut down a wait to receive ends at once, and so does the receive",
    )
    .cites(&[
        POLLIN,
        cite("POSIX.1-2017 shutdown", "Disables further send and receive operations."),
    ])
    .needs(Caps::READY.and(Caps::SHUTDOWN))
    .permits(&["end", "ESHUTDOWN", "ENOTCONN"]),
];
