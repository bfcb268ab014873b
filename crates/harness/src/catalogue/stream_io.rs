//! The clauses stream.io.*: what is sent is what is received.

use crate::About::Stream;
use crate::{Caps, Cite, Clause, cite};

const SEQUENCED: Cite =
    cite("POSIX.1-2024 2.10.6", "provides reliable, sequenced, full-duplex octet streams");
const SEND_COUNT: Cite = cite("POSIX.1-2024 send", "send() shall return the number of bytes sent");
const RECV_COUNT: Cite =
    cite("POSIX.1-2024 recv", "recv() shall return the length of the message in bytes");
const ZERO_IS_THE_END: Cite = cite(
    "POSIX.1-2024 recv",
    "If no messages are available to be received and the peer has performed an orderly shutdown, \
     recv() shall return 0.",
);
const READ_OF_NONE: Cite =
    cite("POSIX.1-2024 read", "the read() function shall return zero and have no other results");
const PER_CALL: Cite = cite(
    "Linux recv(2)",
    "MSG_DONTWAIT is a per-call option, whereas O_NONBLOCK is a setting on the open file \
     description",
);

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(Stream, "stream.io.intact", "Bytes arrive in order, none lost, none twice")
        .cites(&[SEQUENCED, cite("RFC 9293 2.2", "a reliable, in-order, byte-stream service")]),
    Clause::must(Stream, "stream.io.both-ways", "Bytes flow both ways at once")
        .cites(&[SEQUENCED, cite("RFC 9293 2.2", "Data flow is supported bidirectionally")]),
    Clause::must(Stream, "stream.io.available", "A receive returns what has arrived").cites(&[
        cite(
            "POSIX.1-2024 recv",
            "data shall be returned to the user as soon as it becomes available",
        ),
    ]),
    Clause::must(Stream, "stream.io.boundaries", "Boundaries between sends are not preserved")
        .cites(&[
            cite("POSIX.1-2024 2.10.6", "Record boundaries are not maintained"),
            cite("RFC 9293 3.7", "TCP guarantees no correlation between the boundaries"),
        ]),
    Clause::must(
        Stream,
        "stream.io.prompt",
        "What is sent arrives without more being sent and without the end",
    )
    .cites(&[cite("RFC 9293 3.9.1.2", "MUST NOT buffer data indefinitely (MUST-60)")]),
    Clause::must(Stream, "stream.io.empty-send", "Sending nothing takes 0 bytes and is not seen")
        .cites(&[SEND_COUNT, ZERO_IS_THE_END]),
    Clause::must(
        Stream,
        "stream.io.send-all-empty",
        "Sending all of nothing succeeds and is not seen",
    )
    .cites(&[cite(
        "Python socket.sendall",
        "continues to send data from bytes until either all data has been sent or an error occurs",
    )]),
    Clause::must(
        Stream,
        "stream.io.empty-recv",
        "Receiving into no room consumes nothing and is not the end",
    )
    .cites(&[READ_OF_NONE]),
    Clause::observe(
        Stream,
        "stream.io.empty-recv-idle",
        "Receiving into no room where nothing has arrived returns at once or waits",
        &["at once", "waits"],
    )
    .cites(&[
        READ_OF_NONE,
        cite("POSIX.1-2024 recv", "recv() shall block until a message arrives"),
    ]),
    Clause::must(Stream, "stream.io.vectored", "Several parts are sent as their concatenation")
        .cites(&[
            cite(
                "POSIX.1-2024 writev",
                "shall always write a complete area before proceeding to the next",
            ),
            cite(
                "POSIX.1-2024 sendmsg",
                "The data from each storage area indicated by msg_iov is sent in turn.",
            ),
        ]),
    Clause::must(Stream, "stream.io.empty-parts", "Empty parts among others change nothing")
        .cites(&[cite("POSIX.1-2024 sendmsg", "Some of these sizes can be zero.")]),
    Clause::observe(
        Stream,
        "stream.io.many-parts",
        "More parts than fit in one call are taken whole or as a prefix, or refused",
        &["all", "some", "EMSGSIZE", "EINVAL"],
    )
    .cites(&[
        cite("POSIX.1-2024 writev", "less than or equal to 0, or greater than {IOV_MAX}"),
        cite("POSIX.1-2024 sendmsg", ""),
    ]),
    Clause::must(
        Stream,
        "stream.io.append",
        "A receive adds to the buffer, no more than its room, and tells how much",
    )
    .cites(&[RECV_COUNT, cite("sockrates-core Transport, law 1", "")]),
    Clause::must(
        Stream,
        "stream.io.uninit",
        "A receive fills memory that was never initialised as it fills any other",
    )
    .cites(&[RECV_COUNT, cite("sockrates-core RecvBuf", "")]),
    Clause::must(
        Stream,
        "stream.io.partial",
        "Where nobody receives, the counts of the sends are exactly what arrives later",
    )
    .cites(&[SEND_COUNT, cite("POSIX.1-2024 2.10.6", "")])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.io.send-all-progress",
        "Sending all that fails half-way tells exactly how much was sent",
    )
    .cites(&[
        SEND_COUNT,
        cite("sockrates-core Transport, law 5", ""),
        cite("Python socket.sendall", "there is no way to determine how much data"),
    ])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.io.recv-exact-progress",
        "Receiving an exact count that fails half-way keeps what came, and can go on",
    )
    .cites(&[RECV_COUNT, cite("sockrates-core Transport, law 5", "")])
    .needs(Caps::NONBLOCK),
    Clause::must(
        Stream,
        "stream.io.recv-exact-end",
        "Receiving an exact count past the end tells how much came before it",
    )
    .cites(&[ZERO_IS_THE_END, cite("sockrates-core Stream::recv_exact", "")])
    .needs(Caps::HALF_CLOSE),
    Clause::must(Stream, "stream.io.peek", "A peek leaves the bytes to be received")
        .cites(&[cite(
            "POSIX.1-2024 recv",
            "The data is treated as unread and the next recv() or similar function shall still \
             return this data.",
        )])
        .needs(Caps::PEEK),
    Clause::must(Stream, "stream.io.peek-end", "A peek at the end returns nothing, like a receive")
        .cites(&[ZERO_IS_THE_END])
        .needs(Caps::PEEK.and(Caps::HALF_CLOSE)),
    Clause::must(Stream, "stream.io.waitall", "A receive that waits for all fills the buffer")
        .cites(&[cite(
            "POSIX.1-2024 recv",
            "the function block until the full amount of data can be returned",
        )])
        .needs(Caps::WAITALL),
    Clause::must(
        Stream,
        "stream.io.waitall-end",
        "A receive that waits for all returns what there is once the stream has ended",
    )
    .cites(&[cite("POSIX.1-2024 recv", "if the connection is terminated")])
    .needs(Caps::WAITALL.and(Caps::HALF_CLOSE)),
    Clause::observe(
        Stream,
        "stream.io.waitall-deadline",
        "A receive that waits for all and runs out of time counts what it has, and loses nothing",
        &["short", "timed out"],
    )
    .cites(&[
        cite("POSIX.1-2024 recv", "The function may return the smaller amount of data"),
        cite("sockrates-core RecvFlags::WAITALL", ""),
    ])
    .needs(Caps::WAITALL.and(Caps::DEADLINE)),
    Clause::must(
        Stream,
        "stream.io.dontwait-recv",
        "A receive that must not wait fails with EAGAIN, and the next one waits again",
    )
    .cites(&[PER_CALL])
    .needs(Caps::DONTWAIT),
    Clause::must(
        Stream,
        "stream.io.dontwait-send",
        "A send that must not wait takes what fits, then fails with EAGAIN",
    )
    .cites(&[cite(
        "Linux send(2)",
        "if the operation would block, EAGAIN or EWOULDBLOCK is returned",
    )])
    .needs(Caps::DONTWAIT),
    Clause::observe(
        Stream,
        "stream.io.more",
        "The promise that more follows changes nothing in what arrives",
        &["delivered", "unsupported", "EOPNOTSUPP"],
    )
    .cites(&[
        cite("Linux send(2)", "The caller has more data to send."),
        cite("POSIX.1-2024 send", ""),
    ]),
    Clause::must(
        Stream,
        "stream.io.queued",
        "The count of queued bytes is what a receive would find",
    )
    .cites(&[cite("Linux tcp(7)", "the amount of queued unread data in the receive buffer")])
    .needs(Caps::QUEUED),
    Clause::observe(
        Stream,
        "stream.io.source",
        "A receive on a stream tells no source, the peer, or nothing of meaning",
        &["none", "peer", "unspecified"],
    )
    .cites(&[cite(
        "POSIX.1-2024 recvfrom",
        "Not all protocols provide the source address for messages.",
    )])
    .needs(Caps::ADDRESSES),
    Clause::observe(
        Stream,
        "stream.io.destination",
        "A destination given on a connected stream is ignored or refused",
        &["ignored", "EISCONN", "no destination"],
    )
    .cites(&[
        cite(
            "POSIX.1-2024 sendto",
            "If the socket is connection-mode, dest_addr shall be ignored.",
        ),
        cite(
            "POSIX.1-2024 sendto",
            "A destination address was specified and the socket is already connected.",
        ),
    ])
    .needs(Caps::ADDRESSES),
];
