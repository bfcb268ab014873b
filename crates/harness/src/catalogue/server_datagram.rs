//! The clauses server.datagram.*: servers of messages, where each is an order of its own.

use crate::About::DatagramServer;
use crate::{Caps, Cite, Clause, cite};

const MESSAGE: Cite = cite("RFC 768", "");
const SOURCE: Cite = cite("RFC 1122 4.1.3.5", "");
const EMPTY: Cite = cite("Linux udp(7)", "");
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
const SHUTDOWN: Cite = cite(
    "Python socketserver.BaseServer.shutdown",
    "Tell the serve_forever() loop to stop and wait until it does.",
);
const DEADLOCK: Cite = cite(
    "Python socketserver.BaseServer.shutdown",
    "shutdown() must be called while serve_forever() is running in a different thread otherwise \
     it will deadlock.",
);
const ADDRESS: Cite = cite(
    "Python socketserver.BaseServer.server_address",
    "The address on which the server is listening.",
);
const ICMP: Cite = cite(
    "RFC 1122 4.1.3.3",
    "UDP MUST pass to the application layer all ICMP error messages that it receives from the IP \
     layer.",
);

/// What its clients are made of.
const CLIENT: Caps = Caps::SOCKET.and(Caps::ADDRESSES).and(Caps::SENDTO).and(Caps::DEADLINE);

const fn must(id: &'static str, says: &'static str) -> Clause {
    Clause::must(DatagramServer, id, says).needs(CLIENT)
}

pub(super) const CLAUSES: &[Clause] = &[
    must(
        "server.datagram.address",
        "A server tells its address, with the port chosen for it, from its start to its end",
    )
    .cites(&[ADDRESS, cite("POSIX.1-2024 getsockname", "")]),
    must(
        "server.datagram.in-use",
        "Where a server receives no second one starts, and the first is not disturbed",
    )
    .cites(&[cite("POSIX.1-2017 bind", "[EADDRINUSE] The specified address is already in use.")]),
    must("server.datagram.answers", "Each datagram is answered, once")
        .cites(&[MESSAGE, cite("Python socketserver.UDPServer", "discrete packets")]),
    must("server.datagram.source", "An answer comes from the address that was asked")
        .cites(&[SOURCE]),
    must("server.datagram.apart", "An answer goes to whoever asked, and to nobody else")
        .cites(&[MESSAGE, SOURCE]),
    must(
        "server.datagram.boundaries",
        "A datagram is one order, whatever its bytes are, and its answer is one datagram",
    )
    .cites(&[MESSAGE]),
    must("server.datagram.empty", "An empty datagram is an order, and no end")
        .cites(&[MESSAGE, EMPTY]),
    must("server.datagram.long", "A long order is taken whole, and a long answer sent whole")
        .cites(&[MESSAGE, cite("RFC 8085 3.2", "")]),
    must("server.datagram.error", "A handler that fails costs its own answer, and no other")
        .cites(&[GOES_ON]),
    must("server.datagram.panic", "A handler that panics costs its own answer, and no other")
        .cites(&[
            GOES_ON,
            cite(
                "Rust std::panic::catch_unwind",
                "capturing the cause of an unwinding panic if one occurs",
            ),
        ])
        .needs(CLIENT.and(Caps::PANIC)),
    must(
        "server.datagram.abort",
        "A handler's process that aborts costs its own answer, and no other",
    )
    .cites(&[GOES_ON, cite("POSIX.1-2024 abort", "")])
    .needs(CLIENT.and(Caps::PROCESSES)),
    must("server.datagram.told", "The error hook is told of each handler that fails, once")
        .cites(&[HOOK])
        .needs(CLIENT.and(Caps::ERROR_HOOK)),
    must("server.datagram.told-only", "The error hook is not told of handlers that end in order")
        .cites(&[HOOK])
        .needs(CLIENT.and(Caps::ERROR_HOOK)),
    must("server.datagram.gone", "Clients that are gone when their answers come disturb nobody")
        .cites(&[ICMP, GOES_ON]),
    must("server.datagram.stop", "Once a server has stopped nobody is answered").cites(&[SHUTDOWN]),
    must(
        "server.datagram.stop-twice",
        "Stopping a server that has stopped does nothing, and is no error",
    )
    .cites(&[SHUTDOWN]),
    must("server.datagram.stop-within", "A handler may stop its own server, and still answers")
        .cites(&[DEADLOCK])
        .needs(CLIENT.and(Caps::STOP_WITHIN)),
    must("server.datagram.rebind", "A server may start at once where another has stopped")
        .cites(&[cite("POSIX.1-2017 bind", ""), cite("POSIX.1-2024 close", "")]),
    must("server.datagram.dropped", "Dropping a server stops it")
        .cites(&[cite("sockrates-harness Serving", "Dropping it stops it.")]),
    must(
        "server.datagram.leaves-nothing",
        "A server that has stopped leaves no descriptor, thread or child process behind",
    )
    .cites(&[
        SHUTDOWN,
        cite("Linux proc(5)", "one entry for each file which the process has open"),
    ]),
];
