//! What an operating system does otherwise than the cited text, whoever calls it.

use crate::Deviation;

/// The departures of operating systems' TCP: for the
/// [`deviations`](crate::TransportSubject::deviations) of a subject whose sockets are the system's.
pub const TCP: [Deviation; 2] = [
    Deviation {
        clause: "stream.conn.completed",
        os: "linux",
        sees: "success once, then EISCONN",
        reason: "connect(2) reports the attempt's success itself the first time that it is called \
                 after the attempt has succeeded",
    },
    Deviation {
        clause: "stream.conn.unconnected-send",
        os: "linux",
        sees: "EPIPE",
        reason: "a TCP socket that was never connected counts as shut down for sending",
    },
];

/// What Winsock calls a refusal.
const RESET: &str = "Winsock tells a port that is unreachable as WSAECONNRESET (10054)";

/// A datagram's refusal under the name that Windows has for it.
const fn reset(clause: &'static str) -> Deviation {
    Deviation { clause, os: "windows", sees: "reset", reason: RESET }
}

/// The departures of operating systems' UDP over IPv4.
pub const UDP: [Deviation; 4] = [
    reset("datagram.error.refusal"),
    reset("datagram.error.refusal-on-send"),
    reset("datagram.error.wakes-receiver"),
    reset("datagram.error.so-error"),
];

/// The departures of operating systems' UDP over IPv6.
pub const UDP_V6: [Deviation; 5] = [
    UDP[0],
    UDP[1],
    UDP[2],
    UDP[3],
    Deviation {
        clause: "datagram.message.out-of-band",
        os: "linux",
        sees: "sent-as-ordinary",
        reason: "udp(7) over IPv6 ignores MSG_OOB, which over IPv4 it refuses",
    },
];

/// Why a library's operations end with `EINTR`.
const REPEATS_NOTHING: &str = "POSIX lets a signal that is caught end a receive with EINTR, and \
                               the library leaves it to its caller to repeat it";

/// A datagram's receive that ends with `EINTR`.
const fn interrupted(clause: &'static str) -> Deviation {
    Deviation { clause, os: "", sees: "EINTR", reason: REPEATS_NOTHING }
}

/// The departures of libraries that hand `EINTR` through, over the system's UDP.
pub const UDP_INTERRUPTED: [Deviation; 6] = [
    UDP[0],
    UDP[1],
    UDP[2],
    UDP[3],
    interrupted("datagram.deadline.interrupted-recv"),
    interrupted("datagram.deadline.interrupted-timeout"),
];
