//! Where local sockets depart from the contract: the system's doing.

use sockrates_harness::Deviation;

pub(crate) const STREAM: [Deviation; 4] = [
    linux(
        "stream.conn.unconnected-receive",
        "EINVAL",
        "the stream sockets of unix(7) answer EINVAL to a receive without a connection",
    ),
    linux(
        "stream.conn.refused-receive",
        "EINVAL",
        "the stream sockets of unix(7) answer EINVAL to a receive without a connection",
    ),
    linux(
        "cross.errno.unconnected",
        "EINVAL",
        "the stream sockets of unix(7) answer EINVAL to a receive without a connection",
    ),
    linux(
        "stream.eof.unconnected",
        "shutting an unconnected socket down: success: ()",
        "unix(7) sockets can be shut down before they are connected",
    ),
];

pub(super) const SEQPACKET: [Deviation; 3] = [
    linux(
        "datagram.shutdown.no-end",
        "ends",
        "a connection of messages has an end, told as Error::Eof and never as an empty message",
    ),
    linux(
        "datagram.error.listen",
        "EINVAL",
        "sockets of this type do listen; an end that is connected already does not",
    ),
    linux(
        "datagram.error.accept",
        "EINVAL",
        "sockets of this type do accept, once they listen; an end of a connection does not",
    ),
];

pub(crate) const PAIR: [Deviation; 1] = [KEEPS_QUEUE];

pub(crate) const DATAGRAM: [Deviation; 2] = [
    KEEPS_QUEUE,
    linux(
        "datagram.shutdown.not-connected",
        "accepted",
        "unix(7) sockets can be shut down before they are connected",
    ),
];

const KEEPS_QUEUE: Deviation = linux(
    "datagram.error.keeps-queue",
    "lost",
    "a send that finds its peer gone dissolves the association, and with it what the peer had sent",
);

const fn linux(clause: &'static str, sees: &'static str, reason: &'static str) -> Deviation {
    Deviation { clause, os: "linux", sees, reason }
}
