//! The clauses server.stop.*: how a server ends, and what it leaves.

use crate::About::Server;
use crate::{Caps, Cite, Clause, cite};

const CLOSE: Cite = cite("Python asyncio.Server.close", "Stop serving: close listening sockets");
const LEFT_OPEN: Cite = cite(
    "Python asyncio.Server.close",
    "The sockets that represent existing incoming client connections are left open.",
);
const FINISHED: Cite = cite(
    "Python asyncio.Server.wait_closed",
    "Wait until the close() method completes and all active connections have finished.",
);
const ABORTED: Cite = cite(
    "Python asyncio.Server.abort_clients",
    "Close all existing incoming client connections immediately, without waiting for pending \
     operations to complete.",
);
const SHUTDOWN: Cite = cite(
    "Python socketserver.BaseServer.shutdown",
    "Tell the serve_forever() loop to stop and wait until it does.",
);
const DEADLOCK: Cite = cite(
    "Python socketserver.BaseServer.shutdown",
    "shutdown() must be called while serve_forever() is running in a different thread otherwise \
     it will deadlock.",
);
const GRACE: Cite = cite("sockrates-harness ServerConfig::grace", "before they are cut");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(Server, "server.stop.refuses", "Once a server has stopped nobody connects to it")
        .cites(&[
            CLOSE,
            cite("POSIX.1-2024 connect", "The target address was not listening for connections"),
        ]),
    Clause::must(
        Server,
        "server.stop.at-once",
        "A server that is stopping refuses new clients while it still serves old ones",
    )
    .cites(&[CLOSE, LEFT_OPEN]),
    Clause::must(
        Server,
        "server.stop.drains",
        "An order begun before the server stops is still answered, within its grace",
    )
    .cites(&[LEFT_OPEN, FINISHED]),
    Clause::must(
        Server,
        "server.stop.grace",
        "A connection that is live is left alone until the grace is over",
    )
    .cites(&[LEFT_OPEN, GRACE]),
    Clause::must(
        Server,
        "server.stop.forces",
        "When the grace is over, clients that hold on are cut, and the server stops",
    )
    .cites(&[ABORTED, GRACE]),
    Clause::must(
        Server,
        "server.stop.forces-unread",
        "When the grace is over, a handler whose client does not read is cut, too",
    )
    .cites(&[ABORTED, GRACE]),
    Clause::must(
        Server,
        "server.stop.prompt",
        "Once nobody is served any more, a server that is stopping has stopped",
    )
    .cites(&[FINISHED])
    .timing(),
    Clause::must(
        Server,
        "server.stop.in-time",
        "When the grace is over, stopping takes not much longer",
    )
    .cites(&[ABORTED, GRACE])
    .timing(),
    Clause::must(
        Server,
        "server.stop.twice",
        "Stopping a server that has stopped does nothing, and is no error",
    )
    .cites(&[SHUTDOWN, cite("CPython Lib/asyncio/base_events.py Server.close", "")]),
    Clause::must(
        Server,
        "server.stop.concurrent",
        "Several threads may stop a server at once, and each returns",
    )
    .cites(&[SHUTDOWN]),
    Clause::must(Server, "server.stop.within", "A handler may stop its own server, and it stops")
        .cites(&[DEADLOCK])
        .needs(Caps::STOP_WITHIN),
    Clause::must(
        Server,
        "server.stop.within-live",
        "A handler that has stopped its server is still served within the grace, itself",
    )
    .cites(&[LEFT_OPEN, GRACE])
    .needs(Caps::STOP_WITHIN),
    Clause::must(
        Server,
        "server.stop.within-within",
        "A handler may stop a server that is being stopped, twice",
    )
    .cites(&[DEADLOCK])
    .needs(Caps::STOP_WITHIN),
    Clause::must(
        Server,
        "server.stop.rebind",
        "A server may start at once where another has stopped",
    )
    .cites(&[
        cite("Linux socket(7) SO_REUSEADDR", "should allow reuse of local addresses"),
        cite(
            "Python socket.create_server",
            "to immediately reuse previous sockets which were bound on the same address and \
             remained in TIME_WAIT state",
        ),
    ]),
    Clause::must(
        Server,
        "server.stop.dropped",
        "Dropping a server stops it: nobody connects, and its clients are cut",
    )
    .cites(&[
        cite("sockrates-harness Serving", "Dropping it stops it."),
        cite("Python asyncio.Server, async with", ""),
    ]),
    Clause::must(
        Server,
        "server.stop.leaves-nothing",
        "A server that has stopped leaves no descriptor, thread or child process behind",
    )
    .cites(&[
        FINISHED,
        cite("CPython Lib/socketserver.py ForkingMixIn.server_close", ""),
        cite("Linux proc(5)", "one entry for each file which the process has open"),
    ]),
];
