//! The clauses stream.reset.*: closing, and connections that break.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const INFORMED: Cite = cite(
    "RFC 9293 3.6",
    "the local application MUST be informed whether it closed normally or was aborted (MUST-12)",
);
const FORCIBLY: Cite =
    cite("POSIX.1-2017 recv", "[ECONNRESET] A connection was forcibly closed by a peer.");
const NO_LONGER_CONNECTED: Cite = cite(
    "POSIX.1-2017 send",
    "[EPIPE] The socket is shut down for writing, or the socket is connection-mode and is no \
     longer connected.",
);
const LINGERS: Cite = cite(
    "POSIX.1-2017 close",
    "close() shall block for up to the current linger interval until all data is transmitted",
);
const ABORT: Cite =
    cite("RFC 9293 3.9.1.6", "This command causes all pending SENDs and RECEIVES to be aborted");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(Stream, "stream.reset.close-twice", "Closing a handle again is no error")
        .cites(&[cite(
            "Python socket.close",
            "Once that happens, all future operations on the socket object will fail.",
        )])
        .needs(Caps::CLOSE),
    Clause::must(
        Stream,
        "stream.reset.closed",
        "Every operation on a closed handle fails as closed, and touches no other connection",
    )
    .cites(&[cite(
        "POSIX.1-2017 recv",
        "[EBADF] The socket argument is not a valid file descriptor.",
    )])
    .needs(Caps::CLOSE),
    Clause::must(
        Stream,
        "stream.reset.write-to-closed",
        "Sending to a peer that has closed fails, at the latest once the peer has said so",
    )
    .cites(&[
        NO_LONGER_CONNECTED,
        cite("POSIX.1-2017 send", "[ECONNRESET] A connection was forcibly closed by a peer."),
    ])
    .permits(&["EPIPE", "ECONNRESET"]),
    Clause::must(Stream, "stream.reset.stays-broken", "A connection that is broken stays broken")
        .cites(&[NO_LONGER_CONNECTED]),
    Clause::must(Stream, "stream.reset.abort", "A reset is told apart from an orderly end")
        .cites(&[INFORMED, FORCIBLY])
        .needs(Caps::ABORT)
        .permits(&["ECONNRESET"]),
    Clause::should(
        Stream,
        "stream.reset.unread",
        "Closing with input that was not received tells the peer that it was lost",
    )
    .cites(&[cite("RFC 9293 3.6.1", "SHOULD send a RST to show that data was lost (SHLD-3)")])
    .needs(Caps::ABORT)
    .permits(&["ECONNRESET"]),
    Clause::observe(
        Stream,
        "stream.reset.queued-data",
        "What arrived before a reset can still be received, or is lost; the reset is told",
        &["delivered, then ECONNRESET", "discarded"],
    )
    .cites(&[FORCIBLY, INFORMED])
    .needs(Caps::ABORT.and(Caps::PEEK)),
    Clause::observe(
        Stream,
        "stream.reset.once",
        "After the receive that tells of a reset, the next tells it again or is at the end",
        &["end", "ECONNRESET"],
    )
    .cites(&[FORCIBLY])
    .needs(Caps::ABORT),
    Clause::must(
        Stream,
        "stream.reset.pending-error",
        "A reset is the pending error until that is read, which clears it",
    )
    .cites(&[cite(
        "POSIX.1-2017 2.10.16",
        "getsockopt() shall return any pending error on the socket and clear the error status",
    )])
    .needs(Caps::ABORT.and(Caps::SO_ERROR).and(Caps::READY)),
    Clause::must(
        Stream,
        "stream.reset.close-wakes",
        "Closing a handle ends a receive that waits on it",
    )
    .cites(&[
        cite("Linux close(2)", "the blocking system call returns immediately with an error"),
        cite("POSIX.1-2017 close", "I/O operation may be canceled"),
    ])
    .needs(Caps::CLOSE.and(Caps::CLOSE_WAKES))
    .permits(&["EBADF", "end", "ECONNABORTED"]),
    Clause::must(
        Stream,
        "stream.reset.shutdown-wakes",
        "Shutting both sides down ends a receive that waits",
    )
    .cites(&[cite("POSIX.1-2017 shutdown", "Disables further send and receive operations.")])
    .needs(Caps::SHUTDOWN)
    .permits(&["end", "ESHUTDOWN", "ENOTCONN"]),
    Clause::must(Stream, "stream.reset.abort-wakes", "The peer's reset ends a receive that waits")
        .cites(&[cite("RFC 9293 3.5.3", "it aborts the connection and advises the user"), FORCIBLY])
        .needs(Caps::ABORT)
        .permits(&["ECONNRESET"]),
    Clause::must(
        Stream,
        "stream.reset.wakes-writer",
        "A send that waits for room fails once the peer is gone",
    )
    .cites(&[NO_LONGER_CONNECTED, ABORT])
    .permits(&["EPIPE", "ECONNRESET"]),
    Clause::must(
        Stream,
        "stream.reset.last-reference",
        "The connection ends with the last handle of the socket, not with the first",
    )
    .cites(&[cite(
        "POSIX.1-2017 close",
        "When all file descriptors associated with an open file description have been closed, the \
         open file description shall be freed.",
    )])
    .needs(Caps::DUP),
    Clause::must(Stream, "stream.reset.graceful", "Closing delivers all that was sent before")
        .cites(&[cite(
            "RFC 9293 3.9.1.4",
            "outstanding SENDs will be transmitted (and retransmitted), as flow control permits, \
             until all have been serviced",
        )]),
    Clause::must(
        Stream,
        "stream.reset.linger-bounded",
        "Closing waits no longer than the linger time for a peer that does not receive",
    )
    .cites(&[LINGERS])
    .needs(Caps::LINGER.and(Caps::NONBLOCK).and(Caps::BUFFERS)),
    Clause::must(
        Stream,
        "stream.reset.linger-delivers",
        "Closing within the linger time delivers all that was sent, and then waits no more",
    )
    .cites(&[LINGERS])
    .needs(Caps::LINGER.and(Caps::NONBLOCK).and(Caps::BUFFERS)),
    Clause::observe(
        Stream,
        "stream.reset.linger-zero",
        "Closing with a linger time of zero is a reset, or an end like any other",
        &["ECONNRESET", "end"],
    )
    .cites(&[cite("POSIX.1-2017 2.10.16", "The details of this option are protocol-specific.")])
    .needs(Caps::LINGER),
];
