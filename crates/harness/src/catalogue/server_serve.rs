//! The clauses server.serve.*: what a connection that is served may rely on.

use crate::About::Server;
use crate::{Caps, Cite, Clause, cite};

const RELIABLE: Cite =
    cite("RFC 9293 2.2", "TCP provides a reliable, in-order, byte-stream service to applications.");
const DELIVERS: Cite = cite(
    "RFC 9293 3.6",
    "A TCP implementation will reliably deliver all buffers SENT before the connection was CLOSED",
);
const HALF_CLOSED: Cite = cite("RFC 9293 3.6.1", "");
const HANDLE: Cite = cite(
    "Python socketserver.BaseRequestHandler.handle",
    "This function must do all the work required to service a request.",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Server,
        "server.serve.order",
        "Orders that arrive together are each answered once, in their order",
    )
    .cites(&[RELIABLE, HANDLE]),
    Clause::must(Server, "server.serve.split", "An order that arrives in pieces is one order")
        .cites(&[RELIABLE, cite("Python Socket Programming HOWTO", "")]),
    Clause::must(
        Server,
        "server.serve.large",
        "An answer that is larger than a connection holds arrives whole",
    )
    .cites(&[RELIABLE, cite("Python socketserver.StreamRequestHandler.wfile", "")]),
    Clause::must(
        Server,
        "server.serve.half-close",
        "A client that has ended its side still hears every answer, and then the end",
    )
    .cites(&[HALF_CLOSED, DELIVERS])
    .needs(Caps::HALF_CLOSE),
    Clause::must(
        Server,
        "server.serve.close",
        "A handler that has ended ends its connection in order, without a reset",
    )
    .cites(&[
        DELIVERS,
        cite(
            "Python socketserver.TCPServer.shutdown_request",
            "shutdown and close an individual request",
        ),
    ]),
    Clause::must(
        Server,
        "server.serve.apart",
        "What one client says never mixes with what another says",
    )
    .cites(&[cite(
        "Python socketserver.BaseRequestHandler",
        "A new instance of the subclass is created for each request.",
    )])
    .needs(Caps::CONCURRENT),
    Clause::must(
        Server,
        "server.serve.many",
        "Of many clients each hears its own answer once and then the end once",
    )
    .cites(&[
        cite("Python socketserver", "create a separate process or thread to handle each request"),
        cite(
            "Python socketserver.BaseServer.request_queue_size",
            "any requests that arrive while the server is busy are placed into a queue",
        ),
    ]),
];
