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

/// The departures of operating systems' UDP over IPv6: for a subject that hands flags through.
pub const UDP_V6: [Deviation; 1] = [Deviation {
    clause: "datagram.message.out-of-band",
    os: "linux",
    sees: "sent-as-ordinary",
    reason: "udp(7) refuses MSG_OOB over IPv4 and ignores it over IPv6",
}];

/// The departures of operating systems' readiness of TCP: for a back end that hands the system's
/// hang-ups through.
pub const HANGUPS: [Deviation; 1] = [Deviation {
    clause: "readiness.level.hangup-write",
    os: "linux",
    sees: "hang-up and ready to send",
    reason: "an end that has ended its sending counts as ready to send, for a send fails at once, \
             and the hang-up does not take that back (tcp_poll, in net/ipv4/tcp.c)",
}];
