//! The clauses server.start.*: where a server listens, and from when on.

use crate::About::Server;
use crate::{Caps, Cite, Clause, cite};

const ADDRESS: Cite = cite(
    "Python socketserver.BaseServer.server_address",
    "The address on which the server is listening.",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Server,
        "server.start.address",
        "A server tells its address, with the port chosen for it, from its start to its end",
    )
    .cites(&[ADDRESS, cite("POSIX.1-2024 getsockname", "")]),
    Clause::must(
        Server,
        "server.start.at-once",
        "A client that connects as soon as the address is known is served",
    )
    .cites(&[
        ADDRESS,
        cite(
            "Python asyncio.loop.create_server",
            "causes the created server to start accepting connections immediately.",
        ),
    ]),
    Clause::must(
        Server,
        "server.start.in-use",
        "Where a server listens no second one starts, and the first is not disturbed",
    )
    .cites(&[cite("POSIX.1-2017 bind", "[EADDRINUSE] The specified address is already in use.")]),
    Clause::must(
        Server,
        "server.start.several",
        "Two servers in a program are independent: one stops, the other goes on",
    )
    .cites(&[cite(
        "Python socketserver.BaseServer.fileno",
        "to allow monitoring multiple servers in the same process",
    )]),
    Clause::must(
        Server,
        "server.start.dual-stack",
        "A dual-stack server serves clients of IPv4 and of IPv6 at one port",
    )
    .cites(&[
        cite("RFC 3493 5.3", ""),
        cite(
            "CPython Lib/socket.py create_server",
            "an AF_INET6 socket able to accept both IPv4 or IPv6 connections",
        ),
    ])
    .needs(Caps::DUAL_STACK),
];
