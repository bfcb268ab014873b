//! The clauses stream.listen.*: addresses, listeners, and what they accept.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const FIRST: Cite = cite(
    "POSIX.1-2017 accept",
    "The accept() function shall extract the first connection on the queue of pending connections",
);
const NOT_ACCEPTING: Cite =
    cite("POSIX.1-2017 accept", "[EINVAL] The socket is not accepting connections.");
const HINT: Cite = cite(
    "POSIX.1-2017 listen",
    "The backlog argument provides a hint to the implementation which the implementation shall \
     use to limit the number of outstanding connections in the socket's listen queue.",
);
const DELIVERS: Cite = cite(
    "RFC 9293 3.6",
    "A TCP implementation will reliably deliver all buffers SENT before the connection was CLOSED",
);
const NO_SUCH_CONNECTION: Cite = cite(
    "RFC 9293 3.5.2",
    "If the connection does not exist (CLOSED), then a reset is sent in response to any incoming \
     segment except another reset.",
);

const MET: Caps = Caps::LISTEN.and(Caps::CONNECT);
const NAMED: Caps = Caps::SOCKET.and(Caps::ADDRESSES);
const BARE: Caps = NAMED.and(Caps::CONNECT);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.listen.chosen-port",
        "Binding without a port chooses one that nobody else has",
    )
    .cites(&[cite("Linux ip(7)", "the port number in a socket address is specified as 0")])
    .needs(NAMED),
    Clause::must(Stream, "stream.listen.in-use", "An address that is in use is refused")
        .cites(&[cite(
            "POSIX.1-2017 bind",
            "[EADDRINUSE] The specified address is already in use.",
        )])
        .needs(NAMED),
    Clause::must(Stream, "stream.listen.foreign", "An address of another machine is refused")
        .cites(&[cite(
            "POSIX.1-2017 bind",
            "[EADDRNOTAVAIL] The specified address is not available from the local machine.",
        )])
        .needs(NAMED.and(Caps::INET)),
    Clause::must(Stream, "stream.listen.bound-twice", "A socket is bound once, and stays there")
        .cites(&[cite(
            "POSIX.1-2017 bind",
            "[EINVAL] The socket is already bound to an address, and the protocol does not \
             support binding to a new address",
        )])
        .needs(NAMED),
    Clause::observe(
        Stream,
        "stream.listen.unbound",
        "Listening without an address chooses one, or needs one",
        &["autobinds", "EDESTADDRREQ", "EINVAL"],
    )
    .cites(&[
        cite(
            "POSIX.1-2017 listen",
            "[EDESTADDRREQ] The socket is not bound to a local address, and the protocol does not \
             support listening on an unbound socket.",
        ),
        cite("Linux ip(7)", "An ephemeral port is allocated to a socket"),
    ])
    .needs(NAMED),
    Clause::must(
        Stream,
        "stream.listen.accept-unlistening",
        "A socket that does not listen accepts nothing",
    )
    .cites(&[NOT_ACCEPTING])
    .needs(NAMED),
    Clause::must(
        Stream,
        "stream.listen.accept-accepted",
        "A connection that was accepted accepts nothing itself",
    )
    .cites(&[
        cite("POSIX.1-2017 accept", "The accepted socket cannot itself accept more connections."),
        NOT_ACCEPTING,
    ])
    .needs(MET.and(Caps::SOCKET)),
    Clause::must(
        Stream,
        "stream.listen.accept-empty",
        "Accepting in non-blocking mode where nobody has connected would wait",
    )
    .cites(&[cite(
        "POSIX.1-2017 accept",
        "O_NONBLOCK is set for the socket file descriptor and no connections are present to be \
         accepted.",
    )])
    .needs(NAMED.and(Caps::NONBLOCK)),
    Clause::must(
        Stream,
        "stream.listen.accept-deadline",
        "Accepting ends at its deadline, not before, and works afterwards",
    )
    .cites(&[cite("Python socket.settimeout", "Set a timeout on socket operations.")])
    .needs(MET.and(Caps::DEADLINE)),
    Clause::must(Stream, "stream.listen.accept-address", "Accepting tells the client's address")
        .cites(&[cite(
            "POSIX.1-2017 accept",
            "the address of the peer for the accepted connection",
        )])
        .needs(MET.and(Caps::ADDRESSES)),
    Clause::must(
        Stream,
        "stream.listen.early-data",
        "What a client sends before it is accepted is received afterwards",
    )
    .cites(&[FIRST])
    .needs(MET),
    Clause::must(
        Stream,
        "stream.listen.early-close",
        "A client that sent and closed before it was accepted is accepted: its bytes, then its end",
    )
    .cites(&[FIRST, DELIVERS])
    .needs(MET),
    Clause::must(
        Stream,
        "stream.listen.early-reset",
        "A client that reset before it was accepted shows as an error, and the next is accepted",
    )
    .cites(&[
        cite("POSIX.1-2017 accept", "[ECONNABORTED] A connection has been aborted."),
        cite("Linux accept(2)", "treat them like EAGAIN by retrying"),
    ])
    .needs(MET.and(Caps::ACCEPT_RESET))
    .permits(&["ECONNABORTED", "a connection with an error", "left out"]),
    Clause::must(
        Stream,
        "stream.listen.once-each",
        "Clients that wait to be accepted are each accepted once",
    )
    .cites(&[FIRST])
    .needs(MET),
    Clause::must(Stream, "stream.listen.order", "Clients are accepted in the order they came")
        .cites(&[FIRST])
        .needs(BARE.and(Caps::READY)),
    Clause::must(
        Stream,
        "stream.listen.overflow",
        "With more clients than the queue holds, none that is connected is lost",
    )
    .cites(&[HINT])
    .needs(BARE.and(Caps::READY).and(Caps::NONBLOCK).and(Caps::CONNECT_EX).and(Caps::SO_ERROR)),
    Clause::must(Stream, "stream.listen.negative-backlog", "A negative backlog counts as zero")
        .cites(&[cite(
            "POSIX.1-2017 listen",
            "If listen() is called with a backlog argument value that is less than 0, the function \
         behaves as if it had been called with a backlog argument value of 0.",
        )])
        .needs(BARE)
        .permits(&["as zero", "taken"]),
    Clause::must(
        Stream,
        "stream.listen.close-resets",
        "A client that was not accepted learns that the listener was closed",
    )
    .cites(&[NO_SUCH_CONNECTION])
    .needs(MET)
    .permits(&["ECONNRESET", "end"]),
    Clause::must(
        Stream,
        "stream.listen.close-keeps-accepted",
        "Closing a listener ends no connection that it has accepted, and refuses new ones",
    )
    .cites(&[
        NO_SUCH_CONNECTION,
        cite("POSIX.1-2017 connect", "The target address was not listening for connections"),
    ])
    .needs(MET.and(Caps::ADDRESSES)),
    Clause::must(
        Stream,
        "stream.listen.close-wakes",
        "Closing a listener ends an accept that waits on it",
    )
    .cites(&[
        cite("RFC 9293 3.10.4", "Any outstanding RECEIVEs are returned with \"error: closing\""),
        cite("Linux close(2)", "the blocking system call returns immediately with an error"),
    ])
    .needs(NAMED.and(Caps::CLOSE).and(Caps::CLOSE_WAKES))
    .permits(&["EBADF", "EINVAL", "ECONNABORTED"]),
    Clause::observe(
        Stream,
        "stream.listen.shutdown-wakes",
        "Shutting a listener down ends an accept that waits, or is refused: it is not connected",
        &["EINVAL", "ECONNABORTED", "ENOTCONN"],
    )
    .cites(&[
        cite("POSIX.1-2017 shutdown", "[ENOTCONN] The socket is not connected."),
        NOT_ACCEPTING,
    ])
    .needs(BARE.and(Caps::SHUTDOWN)),
    Clause::must(
        Stream,
        "stream.listen.close-on-exec",
        "Connections, accepted or made, are not inherited by programs that the process starts",
    )
    .cites(&[cite(
        "PEP 446",
        "make all file descriptors created by Python non-inheritable by default",
    )])
    .needs(MET.and(Caps::FD))
    .permits(&["close-on-exec"]),
    Clause::must(
        Stream,
        "stream.listen.accepted-mode",
        "A connection that was accepted is in blocking mode, whatever the listener's",
    )
    .cites(&[cite(
        "Linux accept(2)",
        "Portable programs should not rely on inheritance or noninheritance of file status flags",
    )])
    .needs(BARE.and(Caps::NONBLOCK).and(Caps::TIMEOUT))
    .permits(&["blocking"]),
    Clause::observe(
        Stream,
        "stream.listen.inherited-options",
        "An option of the listener holds for what it accepts, or does not",
        &["inherited", "not inherited"],
    )
    .cites(&[cite(
        "POSIX.1-2017 accept",
        "create a new socket with the same socket type protocol and address family as the \
         specified socket",
    )])
    .needs(BARE.and(Caps::LINGER)),
];
