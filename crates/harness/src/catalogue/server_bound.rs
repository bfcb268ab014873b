//! The clauses server.bound.*: what a client may take from a server, and for how long.

use crate::About::Server;
use crate::{Caps, Cite, Clause, cite};

const QUEUE: Cite = cite(
    "Python socketserver.BaseServer.request_queue_size",
    "any requests that arrive while the server is busy are placed into a queue",
);
const DEAF: Cite = cite(
    "Python socketserver",
    "render the service \"deaf\" while one request is being handled -- which may be for a very \
     long time if a client is slow to receive all the data it has requested",
);
const IDLE: Cite = cite(
    "CPython Lib/socketserver.py StreamRequestHandler.timeout",
    "A timeout to apply to the request socket, if not None.",
);
const CHILDREN: Cite = cite("CPython Lib/socketserver.py ForkingMixIn.max_children", "");
const SERVED: Caps = Caps::CAP;

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Server,
        "server.bound.cap",
        "As many connections are served at once as are permitted, and not one more",
    )
    .cites(&[QUEUE, CHILDREN])
    .needs(SERVED),
    Clause::must(
        Server,
        "server.bound.cap-waits",
        "A client over the cap waits, is served once another has ended, and has lost nothing",
    )
    .cites(&[QUEUE])
    .needs(SERVED),
    Clause::must(
        Server,
        "server.bound.cap-fault",
        "A handler that fails leaves its place to another, and to one only",
    )
    .cites(&[QUEUE])
    .needs(SERVED),
    Clause::must(
        Server,
        "server.bound.cap-stop",
        "A server that stops does not wait for those who wait to be served, but cuts them",
    )
    .cites(&[QUEUE, cite("POSIX.1-2017 shutdown", ""), cite("RFC 9293 3.5.2", "")])
    .needs(SERVED),
    Clause::must(
        Server,
        "server.bound.slow",
        "A client that has said half an order makes nobody wait, and may say the rest",
    )
    .cites(&[DEAF])
    .needs(Caps::CONCURRENT),
    Clause::must(
        Server,
        "server.bound.deaf",
        "A client that does not read its answers makes nobody wait",
    )
    .cites(&[DEAF])
    .needs(Caps::CONCURRENT),
    Clause::must(
        Server,
        "server.bound.backpressure",
        "Where answers are not read, orders are no longer taken, and memory does not grow",
    )
    .cites(&[
        cite("RFC 9293 3.8.6", ""),
        cite(
            "Python asyncio.BaseProtocol.pause_writing",
            "Called when the transport's buffer goes over the high-water mark.",
        ),
    ])
    .needs(Caps::DEADLINE),
    Clause::must(
        Server,
        "server.bound.idle",
        "A client that says nothing for the idle timeout is cut, and not before",
    )
    .cites(&[IDLE])
    .needs(Caps::IDLE),
    Clause::must(
        Server,
        "server.bound.idle-active",
        "A client that keeps sending is not idle, however long its order takes",
    )
    .cites(&[IDLE])
    .needs(Caps::IDLE.and(Caps::DEADLINE)),
];
