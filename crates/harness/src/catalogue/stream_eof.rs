//! The clauses stream.eof.*: the end of a stream.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const HALF_CLOSED: Cite = cite(
    "RFC 9293 3.6.1",
    "a host is permitted to continue sending data in the open direction on a half-closed \
     connection",
);
const DELIVERS: Cite = cite(
    "RFC 9293 3.6",
    "A TCP implementation will reliably deliver all buffers SENT before the connection was CLOSED",
);
const RECV_END: Cite = cite(
    "POSIX.1-2017 recv",
    "If no messages are available to be received and the peer has performed an orderly shutdown, \
     recv() shall return 0.",
);
const SHUT_DOWN_FOR_WRITING: Cite =
    cite("POSIX.1-2017 send", "The socket is shut down for writing");
const NO_MORE_RECEIVES: Cite =
    cite("POSIX.1-2017 shutdown", "Disables further receive operations.");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(Stream, "stream.eof.drained", "What was sent comes before the end")
        .cites(&[DELIVERS, RECV_END]),
    Clause::must(Stream, "stream.eof.sticky", "Once the end was received, it is received again")
        .cites(&[RECV_END]),
    Clause::must(
        Stream,
        "stream.eof.half",
        "Ending the sending side tells the peer, and leaves the other direction open",
    )
    .cites(&[HALF_CLOSED, cite("POSIX.1-2017 shutdown", "Disables further send operations.")])
    .needs(Caps::HALF_CLOSE),
    Clause::must(
        Stream,
        "stream.eof.own",
        "Ending its own sending side is no end for the side itself: it goes on receiving",
    )
    .cites(&[cite(
        "RFC 9293 3.6",
        "The user who CLOSEs may continue to RECEIVE until the TCP receiver is told that the \
         remote peer has CLOSED also.",
    )])
    .needs(Caps::HALF_CLOSE),
    Clause::must(
        Stream,
        "stream.eof.unread-input",
        "Ending the sending side while input is unread is an end, no reset, and loses no input",
    )
    .cites(&[DELIVERS, cite("POSIX.1-2017 shutdown", "SHUT_WR Disables further send operations.")])
    .needs(Caps::HALF_CLOSE),
    Clause::must(Stream, "stream.eof.write-after", "A send after the sending side was ended fails")
        .cites(&[SHUT_DOWN_FOR_WRITING])
        .needs(Caps::HALF_CLOSE)
        .permits(&["EPIPE"]),
    Clause::observe(
        Stream,
        "stream.eof.empty-write-after",
        "A send of nothing after the sending side was ended fails, or has nothing to fail for",
        &["EPIPE", "ESHUTDOWN", "accepted"],
    )
    .cites(&[SHUT_DOWN_FOR_WRITING, cite("POSIX.1-2024 write", "the results are unspecified")])
    .needs(Caps::HALF_CLOSE),
    Clause::must(
        Stream,
        "stream.eof.queued",
        "All that was sent comes before the end, also where it had to wait for room",
    )
    .cites(&[DELIVERS]),
    Clause::should(
        Stream,
        "stream.eof.twice",
        "Ending a side that is ended already is no error, or one that says so",
    )
    .cites(&[cite(
        "RFC 9293 3.10.4",
        "An \"ok\" response would be acceptable, too, as long as a second FIN is not emitted",
    )])
    .needs(Caps::SHUTDOWN)
    .permits(&["succeeds", "ENOTCONN"]),
    Clause::must(
        Stream,
        "stream.eof.unconnected",
        "A socket that is not connected has no side to shut down",
    )
    .cites(&[cite("POSIX.1-2017 shutdown", "[ENOTCONN] The socket is not connected.")])
    .needs(Caps::SOCKET.and(Caps::SHUTDOWN)),
    Clause::must(
        Stream,
        "stream.eof.wrong-number",
        "A number that names no side is refused, or cannot be given; nothing is shut down",
    )
    .cites(&[cite("POSIX.1-2017 shutdown", "[EINVAL] The how argument is invalid.")])
    .needs(Caps::SHUTDOWN)
    .permits(&["EINVAL", "unrepresentable"]),
    Clause::must(
        Stream,
        "stream.eof.read-side",
        "After the reading side was shut down a receive does not wait, and sending goes on",
    )
    .cites(&[NO_MORE_RECEIVES])
    .needs(Caps::SHUTDOWN)
    .permits(&["end", "ESHUTDOWN", "ENOTCONN"]),
    Clause::observe(
        Stream,
        "stream.eof.late-data",
        "What arrives after the reading side was shut down is delivered, discarded or refused",
        &["delivered", "discarded", "ESHUTDOWN", "ENOTCONN", "EPIPE", "ECONNRESET"],
    )
    .cites(&[NO_MORE_RECEIVES, cite("Linux shutdown(2)", "further receptions will be disallowed")])
    .needs(Caps::SHUTDOWN),
    Clause::must(
        Stream,
        "stream.eof.simultaneous",
        "Where both sides end at the same time, each receives the other's end and no error",
    )
    .cites(&[cite(
        "RFC 9293 3.6",
        "A simultaneous CLOSE by users at both ends of a connection causes FIN segments to be \
         exchanged",
    )])
    .needs(Caps::HALF_CLOSE),
    Clause::must(Stream, "stream.eof.wakes-reader", "The peer's end wakes a receive that waits")
        .cites(&[RECV_END])
        .permits(&["end"]),
    Clause::must(
        Stream,
        "stream.eof.unsupported",
        "A side is ended alone, or the transport says that it cannot do that; it never pretends",
    )
    .cites(&[HALF_CLOSED])
    .permits(&["supported", "unsupported"]),
];
