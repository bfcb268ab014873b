//! Where the peers depart from the contract, as this judge found.

use sockrates_harness::Deviation;
use sockrates_harness::catalogue::deviations::TCP;

/// What `std::net::TcpStream` does otherwise.
pub(super) const STD_STREAM: [Deviation; 4] =
    [INTERRUPTED_STREAM[0], INTERRUPTED_STREAM[1], INTERRUPTED_STREAM[2], SEVERAL_SLICES];

/// What a send of several slices does where `std::net::TcpStream` carries it.
pub(super) const SEVERAL_SLICES: Deviation = Deviation {
    clause: "cross.process.broken-pipe under short-writes",
    os: "linux",
    sees: "SIGPIPE",
    reason: "one slice is sent by send(2) with MSG_NOSIGNAL, several by writev(2), which has no \
             such flag: a program that does not ignore SIGPIPE ends there",
};

/// What a stream of `socket2` does otherwise, the operating system's departures among it.
pub(super) const SOCKET2_STREAM: [Deviation; 6] = [
    TCP[0],
    TCP[1],
    INTERRUPTED_STREAM[0],
    INTERRUPTED_STREAM[1],
    INTERRUPTED_STREAM[2],
    Deviation {
        clause: "stream.listen.accepted-mode",
        os: "linux",
        sees: "inherited",
        reason: "a timeout is an option of the socket (SO_RCVTIMEO), which the connections that \
                 a listener accepts inherit, and the library leaves it as it is",
    },
];

/// What the datagram sockets of `std` and `socket2` do otherwise.
pub(super) const DATAGRAM: [Deviation; 2] = [
    interrupted("datagram.deadline.interrupted-recv"),
    interrupted("datagram.deadline.interrupted-timeout"),
];

const INTERRUPTED_STREAM: [Deviation; 3] = [
    interrupted("stream.deadline.interrupted-recv"),
    interrupted("stream.deadline.interrupted-send"),
    interrupted("stream.deadline.interrupted-timeout"),
];

const fn interrupted(clause: &'static str) -> Deviation {
    Deviation {
        clause,
        os: "",
        sees: "EINTR",
        reason: "the library hands the interruption to the caller (io::ErrorKind::Interrupted), \
                 who has to try again and to count the time that is left",
    }
}
