//! The clauses stream.conn.*: how a connection begins, or fails to.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const EALREADY: Cite = cite(
    "POSIX.1-2017 connect",
    "Subsequent calls to connect() for the same socket, before the connection is established, \
     shall fail and set errno to [EALREADY].",
);
const EISCONN: Cite = cite(
    "POSIX.1-2017 connect",
    "[EISCONN] The specified socket is connection-mode and is already connected.",
);
const REFUSED: Cite = cite(
    "POSIX.1-2017 connect",
    "[ECONNREFUSED] The target address was not listening for connections or refused the \
     connection request.",
);
const ASYNCHRONOUSLY: Cite = cite(
    "POSIX.1-2017 connect",
    "When the connection has been established asynchronously, pselect(), select(), and poll() \
     shall indicate that the file descriptor for the socket is ready for writing.",
);
const SO_ERROR: Cite = cite(
    "POSIX.1-2017 2.10.16",
    "getsockopt() shall return any pending error on the socket and clear the error status",
);
const INTERVAL: Cite = cite(
    "POSIX.1-2017 connect",
    "If the timeout interval expires before the connection is established, connect() shall fail \
     and the connection attempt shall be aborted.",
);
const BOUND: Cite = cite(
    "POSIX.1-2017 connect",
    "If the socket has not already been bound to a local address, connect() shall bind it to an \
     address which, unless the socket's address family is AF_UNIX, is an unused local address.",
);
const NOT_CONNECTED: Cite = cite(
    "POSIX.1-2017 recv",
    "[ENOTCONN] A receive is attempted on a connection-mode socket that is not connected.",
);
const NO_PEER: Cite = cite(
    "POSIX.1-2017 getpeername",
    "[ENOTCONN] The socket is not connected or otherwise has not had the peer pre-specified.",
);
const IN_TURN: Cite = cite(
    "Python socket.create_connection",
    "try to connect to all possible addresses in turn until a connection succeeds",
);
const SETTIMEOUT: Cite =
    cite("Python socket.settimeout", "Set a timeout on blocking socket operations.");

const READY_LISTENER: Caps = Caps::SOCKET.and(Caps::CONNECT).and(Caps::LISTEN).and(Caps::READY);
const LATER: Caps = READY_LISTENER.and(Caps::CONNECT_EX).and(Caps::NONBLOCK).and(Caps::SO_ERROR);
const SILENT: Caps = READY_LISTENER.and(Caps::STALL);
const PENDING: Caps = SILENT.and(Caps::CONNECT_EX).and(Caps::NONBLOCK);
const SOMEONE: Caps = Caps::LISTEN.and(Caps::CONNECT).and(Caps::ADDRESSES);
const SEVERAL: Caps = SOMEONE.and(Caps::CONNECT_ANY);
const LONE: Caps = Caps::SOCKET.and(Caps::LISTEN);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.conn.addresses",
        "Each end's local address is the other end's peer address",
    )
    .cites(&[cite("POSIX.1-2017 getpeername", "retrieve the peer address of the specified socket")])
    .needs(Caps::ADDRESSES),
    Clause::must(Stream, "stream.conn.refused", "Connecting where nobody listens is refused")
        .cites(&[REFUSED])
        .needs(SOMEONE),
    Clause::must(
        Stream,
        "stream.conn.refused-leaks-nothing",
        "A connection attempt that was refused leaves nothing behind",
    )
    .cites(&[REFUSED])
    .needs(SOMEONE),
    Clause::must(
        Stream,
        "stream.conn.again",
        "Connecting a socket that is connected fails, and leaves the connection as it was",
    )
    .cites(&[EISCONN])
    .needs(LONE),
    Clause::must(
        Stream,
        "stream.conn.in-progress",
        "A non-blocking attempt is in progress, then writable, without a pending error",
    )
    .cites(&[ASYNCHRONOUSLY])
    .needs(LATER)
    .permits(&["in progress", "at once"]),
    Clause::must(
        Stream,
        "stream.conn.error-clears",
        "The error of a non-blocking attempt is told once: reading it clears it",
    )
    .cites(&[SO_ERROR, REFUSED])
    .needs(LATER)
    .permits(&["later", "at once"]),
    Clause::must(
        Stream,
        "stream.conn.refused-receive",
        "After an attempt that was refused, a receive fails: it is not the end of a stream",
    )
    .cites(&[NOT_CONNECTED, REFUSED])
    .needs(LATER)
    .permits(&["ENOTCONN", "ECONNREFUSED"]),
    Clause::must(
        Stream,
        "stream.conn.completed",
        "Connecting again after a non-blocking attempt has succeeded says: connected already",
    )
    .cites(&[EISCONN])
    .needs(LATER)
    .permits(&["EISCONN"]),
    Clause::must(
        Stream,
        "stream.conn.pending",
        "Connecting again while an attempt is pending says so",
    )
    .cites(&[EALREADY])
    .needs(PENDING)
    .permits(&["EALREADY"]),
    Clause::must(
        Stream,
        "stream.conn.pending-name",
        "A socket whose connection attempt is pending has no peer yet",
    )
    .cites(&[NO_PEER])
    .needs(PENDING.and(Caps::ADDRESSES)),
    Clause::observe(
        Stream,
        "stream.conn.pending-receive",
        "A receive while a non-blocking attempt is pending would wait, or is not connected",
        &["EAGAIN", "ENOTCONN"],
    )
    .cites(&[NOT_CONNECTED])
    .needs(PENDING),
    Clause::observe(
        Stream,
        "stream.conn.pending-send",
        "A send while a non-blocking attempt is pending would wait, or is not connected",
        &["EAGAIN", "ENOTCONN"],
    )
    .cites(&[cite("POSIX.1-2017 send", "[ENOTCONN] The socket is not connected.")])
    .needs(PENDING),
    Clause::must(
        Stream,
        "stream.conn.deadline",
        "An attempt that nobody answers ends at its deadline, as timed out and not before",
    )
    .cites(&[INTERVAL])
    .needs(SILENT.and(Caps::DEADLINE)),
    Clause::must(
        Stream,
        "stream.conn.mode-timeout",
        "In timeout mode an attempt that nobody answers times out, and not before",
    )
    .cites(&[INTERVAL, SETTIMEOUT])
    .needs(SILENT.and(Caps::TIMEOUT)),
    Clause::observe(
        Stream,
        "stream.conn.mode-timeout-number",
        "The error number of an attempt that timed out in timeout mode",
        &["EAGAIN", "EINPROGRESS", "ETIMEDOUT"],
    )
    .cites(&[cite(
        "Python socket.connect_ex",
        "return an error indicator instead of raising an exception",
    )])
    .needs(SILENT.and(Caps::TIMEOUT).and(Caps::CONNECT_EX)),
    Clause::observe(
        Stream,
        "stream.conn.retry-after-timeout",
        "After a deadline the attempt goes on, and is taken up again or told to be pending",
        &["timed out", "EALREADY"],
    )
    .cites(&[INTERVAL, EALREADY])
    .needs(SILENT.and(Caps::DEADLINE)),
    Clause::must(
        Stream,
        "stream.conn.abandoned",
        "An attempt that was given up leaves nothing behind, neither here nor at the listener",
    )
    .cites(&[INTERVAL])
    .needs(SILENT.and(Caps::DEADLINE)),
    Clause::must(
        Stream,
        "stream.conn.invalid-peer",
        "Connecting to a broadcast or multicast address is rejected",
    )
    .cites(&[cite(
        "RFC 9293 3.9.1.1",
        "A TCP implementation MUST reject as an error a local OPEN call for an invalid remote IP \
         address (e.g., a broadcast or multicast address) (MUST-46).",
    )])
    .needs(Caps::INET.and(Caps::LISTEN).and(Caps::CONNECT))
    .permits(&["rejected"]),
    Clause::must(
        Stream,
        "stream.conn.local-address",
        "A socket that was bound connects from the address it is bound to",
    )
    .cites(&[cite(
        "RFC 9293 3.9.1.1",
        "The optional \"local IP address\" parameter MUST be supported to allow the specification \
         of the local IP address (MUST-43).",
    )])
    .needs(LONE.and(Caps::ADDRESSES)),
    Clause::must(
        Stream,
        "stream.conn.chosen-address",
        "A socket that was not bound is given an unused address when it connects",
    )
    .cites(&[
        BOUND,
        cite(
            "RFC 9293 3.9.1.1",
            "MUST ask the IP layer to select a local IP address before sending the (first) SYN \
             (MUST-44)",
        ),
    ])
    .needs(SOMEONE)
    .permits(&["chosen", "unnamed"]),
    Clause::must(
        Stream,
        "stream.conn.several",
        "Where the first of several addresses refuses, the next one is tried",
    )
    .cites(&[IN_TURN])
    .needs(SEVERAL),
    Clause::must(
        Stream,
        "stream.conn.several-errors",
        "Where all of several addresses refuse, the error of each is told, in order",
    )
    .cites(&[cite(
        "Python socket.create_connection",
        "it is an ExceptionGroup containing the errors of all attempts",
    )])
    .needs(SEVERAL),
    Clause::must(
        Stream,
        "stream.conn.several-deadline",
        "A deadline bounds the attempts at several addresses together",
    )
    .cites(&[IN_TURN])
    .needs(SEVERAL.and(SILENT).and(Caps::DEADLINE))
    .timing(),
    Clause::observe(
        Stream,
        "stream.conn.reuse",
        "A socket whose attempt was refused can connect elsewhere, or is of no more use",
        &["works", "ECONNABORTED", "ECONNREFUSED", "EINVAL", "EISCONN", "EALREADY"],
    )
    .cites(&[cite(
        "POSIX.1-2017 connect",
        "If connect() fails, the state of the socket is unspecified.",
    )])
    .needs(LONE),
    Clause::observe(
        Stream,
        "stream.conn.to-itself",
        "A bound socket connects to its own address, as two do that open at the same time",
        &["connects", "ECONNREFUSED", "EADDRINUSE", "EADDRNOTAVAIL", "EINVAL", "EISCONN"],
    )
    .cites(&[cite(
        "RFC 9293 3.5",
        "A TCP implementation MUST support simultaneous open attempts (MUST-10).",
    )])
    .needs(Caps::SOCKET.and(Caps::INET)),
    Clause::must(
        Stream,
        "stream.conn.wrong-family",
        "Connecting to an address of another family is an error that says so",
    )
    .cites(&[cite(
        "POSIX.1-2017 connect",
        "[EAFNOSUPPORT] The specified address is not a valid address for the address family of \
         the specified socket.",
    )])
    .needs(Caps::SOCKET.and(Caps::INET))
    .permits(&["EAFNOSUPPORT", "EINVAL", "refused as an argument"]),
    Clause::observe(
        Stream,
        "stream.conn.listening",
        "A listener cannot be connected",
        &["EOPNOTSUPP", "EISCONN", "EINVAL"],
    )
    .cites(&[cite(
        "POSIX.1-2017 connect",
        "[EOPNOTSUPP] The socket is listening and cannot be connected.",
    )])
    .needs(LONE),
    Clause::must(
        Stream,
        "stream.conn.unconnected-name",
        "A socket that is not connected has no peer",
    )
    .cites(&[NO_PEER])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Stream,
        "stream.conn.unconnected-receive",
        "A socket that was never connected does not receive",
    )
    .cites(&[NOT_CONNECTED])
    .needs(Caps::SOCKET)
    .permits(&["ENOTCONN"]),
    Clause::must(
        Stream,
        "stream.conn.unconnected-send",
        "A socket that was never connected does not send",
    )
    .cites(&[cite("POSIX.1-2017 send", "[ENOTCONN] The socket is not connected.")])
    .needs(Caps::SOCKET)
    .permits(&["ENOTCONN"]),
];
