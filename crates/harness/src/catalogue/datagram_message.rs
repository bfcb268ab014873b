//! The clauses datagram.message.*: messages keep their boundaries and their bytes.

use crate::About::Datagram;
use crate::{Caps, Cite, Clause, cite};

/// One message, one receive.
const WHOLE: Cite =
    cite("POSIX.1-2024 recvfrom", "the entire message shall be read in a single operation");

/// What does not fit is gone.
const EXCESS: Cite = cite("POSIX.1-2024 recvfrom", "the excess bytes shall be discarded");

/// A datagram is sent as a whole or not at all.
const ATOMIC: Cite = cite(
    "POSIX.1-2024 send",
    "If the message is too long to pass through the underlying protocol, send() shall fail and no \
     data shall be transmitted.",
);

/// What UDP leaves open.
const UNRELIABLE: Cite =
    cite("RFC 768 introduction", "delivery and duplicate protection are not guaranteed");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Datagram,
        "datagram.message.boundaries",
        "What one send sends, one receive receives: nothing is merged, nothing split",
    )
    .cites(&[WHOLE, cite("Linux udp(7)", "All receive operations return only one packet.")]),
    Clause::must(
        Datagram,
        "datagram.message.empty",
        "A datagram without bytes arrives like any other, and is no end",
    )
    .cites(&[
        cite("Linux recv(2)", "permit zero-length datagrams"),
        cite("RFC 768 Length", "This means the minimum value of the length is eight."),
    ]),
    Clause::must(
        Datagram,
        "datagram.message.truncation",
        "A datagram longer than the room for it loses its tail, and the next one nothing",
    )
    .cites(&[EXCESS]),
    Clause::must(
        Datagram,
        "datagram.message.truncation-told",
        "A receive says whether the datagram lost its tail",
    )
    .cites(&[
        cite("POSIX.1-2024 recvmsg", "MSG_TRUNC shall be set in the msg_flags member"),
        cite("Linux udp(7)", "the packet is truncated and the MSG_TRUNC flag is set"),
    ])
    .needs(Caps::TRUNC),
    Clause::observe(
        Datagram,
        "datagram.message.length-told",
        "The flag TRUNC tells the length of a datagram that lost its tail, or is refused",
        &["told", "refused"],
    )
    .cites(&[cite("Linux recv(2)", "return the real length of the packet or datagram")]),
    Clause::must(
        Datagram,
        "datagram.message.no-room",
        "A receive without room consumes one datagram, as one that lost its tail",
    )
    .cites(&[WHOLE, EXCESS])
    .permits(&["consumed"]),
    Clause::must(
        Datagram,
        "datagram.message.peek",
        "A datagram peeked at stays where it is until it is received",
    )
    .cites(&[cite("POSIX.1-2024 recvfrom", "The data is treated as unread")])
    .needs(Caps::PEEK),
    Clause::must(
        Datagram,
        "datagram.message.peek-short",
        "A peek without room for the whole datagram takes nothing from it",
    )
    .cites(&[cite("POSIX.1-2024 recvfrom", "and MSG_PEEK is not set in the flags argument")])
    .needs(Caps::PEEK),
    Clause::must(
        Datagram,
        "datagram.message.longest",
        "A datagram of the greatest length (65507 bytes, over IPv6 65527) passes whole, or is \
         refused by a system's lower limit",
    )
    .cites(&[
        cite("RFC 768 Length", "the length in octets of this user datagram including this header"),
        cite("RFC 8085 3.2", ""),
        ATOMIC,
    ])
    .needs(Caps::INET.and(Caps::ADDRESSES))
    .permits(&["passes", "refused"]),
    Clause::must(
        Datagram,
        "datagram.message.too-long",
        "A longer datagram than the protocol can carry is refused with EMSGSIZE, sends nothing and \
         harms nothing",
    )
    .cites(&[ATOMIC])
    .permits(&["refused", "passes"]),
    Clause::must(
        Datagram,
        "datagram.message.intact",
        "A datagram of any length and any bytes arrives byte for byte",
    )
    .cites(&[
        cite("RFC 768 Checksum", "the 16-bit one's complement of the one's complement sum"),
        cite("RFC 8085 3.4", ""),
    ]),
    Clause::must(
        Datagram,
        "datagram.message.accounted",
        "Within one machine, to a queue with room, what is received is what was sent: each \
         datagram once, in whatever order",
    )
    .cites(&[UNRELIABLE, cite("RFC 8085 3.3", "")]),
    Clause::observe(
        Datagram,
        "datagram.message.order",
        "Within one machine datagrams may or may not keep their order",
        &["in-order", "reordered"],
    )
    .cites(&[cite("Linux udp(7)", "Packets may be reordered or duplicated before they arrive.")]),
    Clause::must(
        Datagram,
        "datagram.message.would-block",
        "In non-blocking mode a receive from an empty queue fails with EAGAIN",
    )
    .cites(&[cite(
        "POSIX.1-2024 recvfrom",
        "shall fail and set errno to [EAGAIN] or [EWOULDBLOCK]",
    )])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Datagram,
        "datagram.message.overflow",
        "A full queue drops whole datagrams or refuses them, and neither cuts nor doubles one",
    )
    .cites(&[UNRELIABLE, WHOLE])
    .needs(Caps::NONBLOCK)
    .permits(&["drops", "refuses", "refuses-and-drops", "takes-all"]),
    Clause::must(
        Datagram,
        "datagram.message.gathered",
        "A send of several slices is one datagram of all their bytes, empty slices included",
    )
    .cites(&[cite("POSIX.1-2024 sendmsg", "")]),
    Clause::must(
        Datagram,
        "datagram.message.appends",
        "A receive adds behind what the buffer holds, and no more than it has room for",
    )
    .cites(&[EXCESS, cite("sockrates-core Transport, law 1", "")]),
    Clause::must(
        Datagram,
        "datagram.message.dont-wait",
        "The flag DONTWAIT makes one call non-blocking in every mode, and leaves the mode alone",
    )
    .cites(&[cite("Linux recv(2)", "MSG_DONTWAIT is a per-call option")])
    .needs(Caps::DONTWAIT),
    Clause::must(
        Datagram,
        "datagram.message.wait-all",
        "The flag WAITALL waits for one datagram, not for a full buffer",
    )
    .cites(&[cite(
        "POSIX.1-2024 recvfrom",
        "may return the smaller amount of data if the socket is a message-based socket",
    )])
    .permits(&["one-datagram", "unsupported"]),
    Clause::must(
        Datagram,
        "datagram.message.out-of-band",
        "Datagrams have no urgent data: asking for it is refused, never ignored",
    )
    .cites(&[cite(
        "POSIX.1-2024 send EOPNOTSUPP",
        "a socket that does not support one or more of the values set in flags",
    )])
    .permits(&["refused", "unsupported"]),
    Clause::observe(
        Datagram,
        "datagram.message.queued",
        "The number of queued bytes is that of the next datagram, or of all of them",
        &["next", "all"],
    )
    .cites(&[cite("Linux udp(7) FIONREAD", "Returns the size of the next pending datagram")])
    .needs(Caps::QUEUED),
    Clause::must(
        Datagram,
        "datagram.message.batches",
        "A batch sent or received is the same datagrams as one by one",
    )
    .cites(&[
        cite("sockrates-core Datagram", ""),
        cite(
            "Linux recvmmsg(2)",
            "receive multiple messages from a socket using a single system call",
        ),
    ])
    .needs(Caps::DONTWAIT),
    Clause::must(
        Datagram,
        "datagram.message.both-ways",
        "Both ends may send and receive at the same time",
    )
    .cites(&[cite("POSIX.1-2024 send", ""), cite("POSIX.1-2024 recvfrom", "")]),
    Clause::must(
        Datagram,
        "datagram.message.concurrent-senders",
        "Datagrams that threads send at the same time stay apart",
    )
    .cites(&[ATOMIC, cite("POSIX.1-2024 2.9.1 Thread-Safety", "")]),
    Clause::must(
        Datagram,
        "datagram.message.concurrent-receivers",
        "Where threads receive at the same time, each datagram is received by one of them",
    )
    .cites(&[WHOLE, cite("POSIX.1-2024 2.9.1 Thread-Safety", "")]),
];
