//! The clauses stream.option.*: what a stream can be asked and told to be.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const NAGLE: Cite = cite(
    "RFC 9293 3.7.4",
    "However, there MUST be a way for an application to disable the Nagle algorithm on an \
     individual connection (MUST-17).",
);
const LINGERS: Cite = cite(
    "Linux socket(7)",
    "a socket may bind, except when there is an active listening socket bound to the address",
);
const SHARES: Cite = cite(
    "Linux socket(7)",
    "This option must be set on each socket (including the first socket) prior to calling bind(2)",
);
const V6_ONLY: Cite = cite(
    "Linux ipv6(7)",
    "then the socket is restricted to sending and receiving IPv6 packets only",
);
const URGENT: Cite = cite(
    "RFC 9293 3.8.5",
    "TCP implementations MUST still include support for the urgent mechanism (MUST-30)",
);

const NAMED: Caps = Caps::SOCKET.and(Caps::ADDRESSES).and(Caps::CONNECT);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Stream,
        "stream.option.nodelay",
        "Small writes are gathered unless asked otherwise, and that stays as it was put",
    )
    .cites(&[
        NAGLE,
        cite("Linux tcp(7)", "segments are always sent as soon as possible"),
        cite("Python socket.setsockopt", ""),
    ])
    .needs(Caps::NODELAY),
    Clause::must(
        Stream,
        "stream.option.keepalive",
        "Idle connections are probed only where that is asked for",
    )
    .cites(&[
        cite("RFC 9293 3.8.4", "they MUST default to off (MUST-25)"),
        cite(
            "RFC 9293 3.8.4",
            "the application MUST be able to turn them on or off for each TCP connection (MUST-24)",
        ),
    ])
    .needs(Caps::KEEPALIVE),
    Clause::must(
        Stream,
        "stream.option.keep-idle",
        "A connection is idle for two hours before it is probed, unless set otherwise",
    )
    .cites(&[cite("RFC 9293 3.8.4", "MUST default to no less than two hours (MUST-28)")])
    .needs(Caps::KEEP_TIMES),
    Clause::must(
        Stream,
        "stream.option.keep-times",
        "When and how often idle connections are probed can be set, each by itself",
    )
    .cites(&[
        cite("RFC 9293 3.8.4", "This interval MUST be configurable (MUST-27)"),
        cite("Linux tcp(7)", "The time (in seconds) the connection needs to remain idle"),
    ])
    .needs(Caps::KEEP_TIMES),
    Clause::observe(
        Stream,
        "stream.option.keep-range",
        "A time or count of zero for probing is refused or taken; refused, it changes nothing",
        &["refused", "taken"],
    )
    .cites(&[cite("Linux tcp(7)", "The time (in seconds) the connection needs to remain idle")])
    .needs(Caps::KEEP_TIMES),
    Clause::must(
        Stream,
        "stream.option.linger",
        "How long closing may wait is nothing unless set, and stays as it was put",
    )
    .cites(&[
        cite("POSIX.1-2017 setsockopt", "SO_LINGER"),
        cite("Linux socket(7)", "how many seconds to linger for"),
    ])
    .needs(Caps::LINGER),
    Clause::must(Stream, "stream.option.buffers", "A buffer is at least as large as was asked for")
        .cites(&[
            cite("POSIX.1-2017 2.10.16", "Size of send buffer (in bytes)."),
            cite("Linux socket(7)", "this doubled value is returned by getsockopt(2)"),
        ])
        .needs(Caps::BUFFERS),
    Clause::must(Stream, "stream.option.kind", "A stream says that it is one, and stays one")
        .cites(&[
            cite("POSIX.1-2017 2.10.16", "Identify socket type (getsockopt() only)."),
            cite("Linux socket(7)", "This socket option is read-only."),
        ])
        .needs(Caps::OPTIONS),
    Clause::must(
        Stream,
        "stream.option.listens",
        "Whether a socket listens can be asked, and only a listener does",
    )
    .cites(&[cite(
        "POSIX.1-2017 2.10.16",
        "Non-zero indicates that socket listening is enabled (getsockopt() only).",
    )])
    .needs(Caps::OPTIONS.and(Caps::SOCKET).and(Caps::LISTEN)),
    Clause::must(
        Stream,
        "stream.option.unknown",
        "An option that a socket does not have is refused, to ask for and to set",
    )
    .cites(&[
        cite(
            "POSIX.1-2017 getsockopt",
            "[ENOPROTOOPT] The option is not supported by the protocol.",
        ),
        cite(
            "POSIX.1-2017 setsockopt",
            "[ENOPROTOOPT] The option is not supported by the protocol.",
        ),
    ])
    .needs(Caps::OPTIONS)
    .permits(&["ENOPROTOOPT", "unrepresentable"]),
    Clause::must(
        Stream,
        "stream.option.hops",
        "How many routers a packet may pass can be set, up to 255",
    )
    .cites(&[cite(
        "Linux ip(7)",
        "Set or retrieve the current time-to-live field that is used in every packet sent",
    )])
    .needs(Caps::HOPS),
    Clause::must(
        Stream,
        "stream.option.reuse-lingering",
        "With reuse an address is bound again while connections of its last listener linger",
    )
    .cites(&[
        cite("Linux socket(7)", "should allow reuse of local addresses"),
        cite(
            "Linux ip(7)",
            "is unavailable for some time after closing, unless the SO_REUSEADDR flag has been set",
        ),
    ])
    .needs(Caps::REUSE.and(NAMED).and(Caps::HALF_CLOSE)),
    Clause::observe(
        Stream,
        "stream.option.lingering",
        "Without reuse such an address is refused, or is bound all the same",
        &["EADDRINUSE", "binds"],
    )
    .cites(&[cite("Linux ip(7)", "is unavailable for some time after closing")])
    .needs(Caps::REUSE.and(NAMED).and(Caps::HALF_CLOSE)),
    Clause::must(
        Stream,
        "stream.option.reuse-listening",
        "With reuse too, an address has one listener",
    )
    .cites(&[LINGERS, cite("Python socket.create_server", "")])
    .needs(Caps::REUSE.and(NAMED)),
    Clause::should(
        Stream,
        "stream.option.shared-port",
        "Listeners that share a port get connections each",
    )
    .cites(&[cite(
        "Linux socket(7)",
        "this option allows accept(2) load distribution in a multi-threaded server to be improved",
    )])
    .needs(Caps::REUSE_PORT.and(NAMED))
    .permits(&["shared out"]),
    Clause::must(
        Stream,
        "stream.option.unshared-port",
        "A port is shared only by listeners that have all agreed to it",
    )
    .cites(&[SHARES])
    .needs(Caps::REUSE_PORT.and(NAMED)),
    Clause::must(
        Stream,
        "stream.option.only-v6",
        "An IPv6 listener that leaves IPv4 alone gets none of its connections, nor its port",
    )
    .cites(&[
        V6_ONLY,
        cite(
            "Linux ipv6(7)",
            "an IPv4 and an IPv6 application can bind to a single port at the same time",
        ),
        cite("RFC 3493 5.3", ""),
    ])
    .needs(Caps::ONLY_V6.and(NAMED)),
    Clause::must(
        Stream,
        "stream.option.dual-stack",
        "An IPv6 listener that takes IPv4 too tells its clients' addresses as mapped ones",
    )
    .cites(&[
        cite(
            "Linux ipv6(7)",
            "send and receive packets to and from an IPv6 address or an IPv4-mapped IPv6 address",
        ),
        cite("RFC 3493 3.7", ""),
    ])
    .needs(Caps::ONLY_V6.and(NAMED)),
    Clause::must(
        Stream,
        "stream.option.urgent",
        "An urgent byte is received by itself, and is not among the others",
    )
    .cites(&[
        URGENT,
        cite(
            "Linux socket(7)",
            "Otherwise, out-of-band data is passed only when the MSG_OOB flag is set during \
             receiving.",
        ),
    ])
    .needs(Caps::OOB),
    Clause::must(
        Stream,
        "stream.option.urgent-inline",
        "An urgent byte is received among the others where that is asked for",
    )
    .cites(&[
        URGENT,
        cite("Linux socket(7)", "out-of-band data is directly placed into the receive data stream"),
    ])
    .needs(Caps::OOB.and(Caps::OPTIONS)),
    Clause::must(
        Stream,
        "stream.option.urgent-none",
        "Where no byte is urgent, asking for it fails at once",
    )
    .cites(&[cite(
        "POSIX.1-2017 recv",
        "[EINVAL] The MSG_OOB flag is set and no out-of-band data is available.",
    )])
    .needs(Caps::OOB)
    .permits(&["EINVAL", "EAGAIN"]),
];
