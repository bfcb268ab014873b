//! The clauses cross.*: what every transport owes the process that it runs in.

use crate::About::{Stream, Transport};
use crate::{Caps, Cite, Clause, cite};

const PEP_3151: Cite = cite("PEP 3151", "");
const NEVER_PRETEND: Cite = cite("sockrates-core Endpoint", "never pretend");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "cross.errno.refused",
        "A refused connection is ECONNREFUSED by every name",
    )
    .cites(&[
        cite("POSIX.1-2024 connect", "The target address was not listening for connections"),
        cite("Rust std::io::ErrorKind", "The connection was refused by the remote server."),
        PEP_3151,
    ])
    .needs(Caps::CONNECT.and(Caps::LISTEN)),
    Clause::must(
        Stream,
        "cross.errno.broken-pipe",
        "Sending after the end was sent is EPIPE by every name",
    )
    .cites(&[
        cite("POSIX.1-2024 send", "The socket is shut down for writing"),
        cite("Rust std::io::ErrorKind", "The operation failed because a pipe was closed."),
        cite("PEP 3151", "EPIPE, ESHUTDOWN"),
    ])
    .needs(Caps::HALF_CLOSE),
    Clause::must(Stream, "cross.errno.reset", "A reset connection is ECONNRESET by every name")
        .cites(&[
            cite("POSIX.1-2024 recv", "A connection was forcibly closed by a peer."),
            cite("Rust std::io::ErrorKind", "The connection was reset by the remote server."),
            cite("PEP 3151", "connection reset by peer (ECONNRESET)"),
        ])
        .needs(Caps::ABORT),
    Clause::must(
        Transport,
        "cross.errno.would-block",
        "What would have to wait is EAGAIN by every name",
    )
    .cites(&[
        cite("POSIX.1-2024 recv", "recv() shall fail and set errno to [EAGAIN] or [EWOULDBLOCK]"),
        cite("Rust std::io::ErrorKind", "The operation needs to block to complete"),
        cite("PEP 3151", "EAGAIN, EALREADY, EWOULDBLOCK, EINPROGRESS"),
    ])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "cross.errno.unconnected",
        "Receiving without a connection is ENOTCONN by every name",
    )
    .cites(&[
        cite(
            "POSIX.1-2024 recv",
            "A receive is attempted on a connection-mode socket that is not connected.",
        ),
        cite(
            "Rust std::io::ErrorKind",
            "The network operation failed because it was not connected yet.",
        ),
        cite("PEP 3151", "socket not connected"),
    ])
    .needs(Caps::SOCKET),
    Clause::must(
        Transport,
        "cross.errno.in-use",
        "Binding an address that is taken is EADDRINUSE by every name",
    )
    .cites(&[
        cite("POSIX.1-2024 bind", "The specified address is already in use."),
        cite(
            "Rust std::io::ErrorKind",
            "A socket address could not be bound because the address is already in use elsewhere.",
        ),
        PEP_3151,
    ])
    .needs(Caps::SOCKET.and(Caps::ADDRESSES)),
    Clause::must(
        Transport,
        "cross.errno.closed",
        "Receiving on a closed handle is EBADF by every name",
    )
    .cites(&[
        cite("POSIX.1-2024 recv", "The socket argument is not a valid file descriptor."),
        cite("Rust std::io::ErrorKind", ""),
        cite("PEP 3151", "bad file descriptor"),
    ])
    .needs(Caps::CLOSE),
    Clause::must(
        Transport,
        "cross.errno.timed-out",
        "A timeout of our own has the kind of a timeout and no error number",
    )
    .cites(&[
        cite("Python socket.timeout", "when a timeout occurs on a socket"),
        cite("sockrates-core Error::TimedOut", "Not the same as an ETIMEDOUT"),
        cite("Rust std::io::ErrorKind", "timeout expired, causing it to be canceled."),
    ])
    .needs(Caps::TIMEOUT),
    Clause::must(
        Transport,
        "cross.errno.raw",
        "An error keeps its number as a standard error, and back",
    )
    .cites(&[
        cite(
            "Rust std::io::Error::raw_os_error",
            "Returns the OS error that this error represents (if any).",
        ),
        cite("sockrates-core Error", "The errno of the operating system is kept as it came."),
    ])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "cross.process.broken-pipe",
        "Sending where nobody receives raises no signal",
    )
    .cites(&[
        cite("POSIX.1-2024 2.10.14", "the signal is suppressed if the MSG_NOSIGNAL flag is used"),
        cite("Python signal", "SIGPIPE is ignored (so write errors on pipes and sockets"),
    ])
    .needs(Caps::HALF_CLOSE),
    Clause::must(
        Transport,
        "cross.process.close-on-exec",
        "No descriptor is left to the programs that this one starts",
    )
    .cites(&[
        cite("PEP 446", "make newly created file descriptors non-inheritable by default"),
        cite("Linux proc(5)", "If the close-on-exec file descriptor flag is set"),
    ])
    .needs(Caps::FD),
    Clause::must(
        Transport,
        "cross.process.descriptors",
        "What is dropped leaves no descriptor behind",
    )
    .cites(&[
        cite("POSIX.1-2024 close", ""),
        cite("Linux proc(5)", "one entry for each file which the process has open"),
    ]),
    Clause::must(Transport, "cross.process.threads", "What is dropped leaves no thread behind")
        .cites(&[
            cite("Linux proc(5)", "one subdirectory for each thread in the process"),
            cite("sockrates-core Transport", ""),
        ]),
    Clause::must(
        Transport,
        "cross.capability.operations",
        "An operation that is not declared refuses as unsupported, and pretends nothing",
    )
    .cites(&[NEVER_PRETEND]),
    Clause::must(
        Transport,
        "cross.capability.flags",
        "A flag that is not declared makes the call refuse, and is not ignored",
    )
    .cites(&[
        cite("POSIX.1-2024 recv", "The specified flags are not supported for this socket type"),
        NEVER_PRETEND,
    ]),
    Clause::must(
        Transport,
        "cross.capability.waiting",
        "A mode or a deadline that is not declared is refused, and is not ignored",
    )
    .cites(&[
        NEVER_PRETEND,
        cite("sockrates-core Transport::set_mode", "where this transport has no such mode"),
    ]),
    Clause::must(
        Transport,
        "cross.capability.options",
        "An option that is not declared is refused, and is not ignored",
    )
    .cites(&[
        cite("POSIX.1-2024 setsockopt", "The option is not supported by the protocol."),
        NEVER_PRETEND,
    ]),
];
