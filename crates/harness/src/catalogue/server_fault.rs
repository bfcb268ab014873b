//! The clauses server.fault.*: what goes wrong in one connection, or around it, costs no other.

use crate::About::Server;
use crate::{Caps, Cite, Clause, cite};

const GOES_ON: Cite = cite(
    "Python socketserver.BaseServer.handle_error",
    "The default action is to print the traceback to standard error and continue handling further \
     requests.",
);
const HOOK: Cite = cite(
    "Python socketserver.BaseServer.handle_error",
    "This function is called if the handle() method of a RequestHandlerClass instance raises an \
     exception.",
);
const RESET: Cite = cite("POSIX.1-2024 recv", "A connection was forcibly closed by a peer.");
const NO_DESCRIPTOR: Cite = cite(
    "POSIX.1-2017 accept",
    "[EMFILE] All file descriptors available to the process are currently open.",
);

const PANIC: Caps = Caps::PANIC;
const ABORT: Caps = Caps::PROCESSES;

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Server,
        "server.fault.error",
        "A handler that fails costs its own connection, and the next client is served",
    )
    .cites(&[GOES_ON]),
    Clause::must(
        Server,
        "server.fault.error-others",
        "A handler that fails does not disturb a connection beside it",
    )
    .cites(&[GOES_ON])
    .needs(Caps::CONCURRENT),
    Clause::must(
        Server,
        "server.fault.panic",
        "A handler that panics costs its own connection, and the next client is served",
    )
    .cites(&[
        GOES_ON,
        cite(
            "Rust std::panic::catch_unwind",
            "capturing the cause of an unwinding panic if one occurs",
        ),
    ])
    .needs(PANIC),
    Clause::must(
        Server,
        "server.fault.panic-others",
        "A handler that panics does not disturb a connection beside it",
    )
    .cites(&[
        GOES_ON,
        cite(
            "Rust std::panic::catch_unwind",
            "capturing the cause of an unwinding panic if one occurs",
        ),
    ])
    .needs(PANIC.and(Caps::CONCURRENT)),
    Clause::must(
        Server,
        "server.fault.abort",
        "A handler's process that aborts costs its own connection, and the next client is served",
    )
    .cites(&[GOES_ON, cite("POSIX.1-2024 abort", "")])
    .needs(ABORT),
    Clause::must(
        Server,
        "server.fault.abort-others",
        "A handler's process that aborts does not disturb a connection beside it",
    )
    .cites(&[GOES_ON, cite("POSIX.1-2024 abort", "")])
    .needs(ABORT.and(Caps::CONCURRENT)),
    Clause::must(
        Server,
        "server.fault.repeated",
        "However many handlers fail, one after the other, the next client is served",
    )
    .cites(&[GOES_ON]),
    Clause::must(
        Server,
        "server.fault.reset",
        "A client that resets its connection disturbs nobody",
    )
    .cites(&[RESET, GOES_ON])
    .needs(Caps::ABORT),
    Clause::must(
        Server,
        "server.fault.left",
        "Clients that connect and leave without a word disturb nobody",
    )
    .cites(&[cite(
        "Linux accept(2)",
        "the application should detect the network errors defined for the protocol after accept() \
         and treat them like EAGAIN by retrying",
    )]),
    Clause::must(
        Server,
        "server.fault.unread",
        "A client that leaves its answers unread disturbs nobody",
    )
    .cites(&[RESET, GOES_ON]),
    Clause::must(
        Server,
        "server.fault.told",
        "The error hook is told of each handler that fails, once",
    )
    .cites(&[HOOK])
    .needs(Caps::ERROR_HOOK),
    Clause::must(
        Server,
        "server.fault.told-only",
        "The error hook is not told of handlers that end in order, nor of clients that leave",
    )
    .cites(&[HOOK])
    .needs(Caps::ERROR_HOOK),
    Clause::must(
        Server,
        "server.fault.exhausted",
        "A server that had no descriptor left serves again once there are some, and all who wait",
    )
    .cites(&[
        NO_DESCRIPTOR,
        cite(
            "Linux accept(2)",
            "The per-process limit on the number of open file descriptors has been reached.",
        ),
    ])
    .needs(Caps::FD.and(Caps::SOCKET)),
    Clause::should(
        Server,
        "server.fault.exhausted-idle",
        "A server that has run out of descriptors pauses before it tries again, and does not spin",
    )
    .cites(&[NO_DESCRIPTOR, cite("Python asyncio BaseSelectorEventLoop._accept_connection", "")])
    .needs(Caps::FD.and(Caps::SOCKET))
    .timing(),
];
