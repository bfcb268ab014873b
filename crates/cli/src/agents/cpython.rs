//! CPython's `socket`, and where it departs from the contract, as this judge found.

use sockrates_harness::catalogue::deviations::UDP_V6;
use sockrates_harness::{AgentCommand, Deviation};

use super::Departures;

const SOURCE: &str = include_str!("../../../../agents/cpython/agent.py");

/// The agent.
pub(super) fn agent() -> AgentCommand {
    AgentCommand::built_in("cpython", ["python3", "-c", SOURCE])
        .departing("tcp-v4", STREAM)
        .departing("tcp-v6", STREAM)
        .departing("udp-v4", DATAGRAM)
        .departing("udp-v6", DATAGRAM)
        .departing("udp-v6", DATAGRAM_V6)
        .departing("udp-connected", DATAGRAM)
}

const STREAM: Departures = &[
    Deviation {
        clause: "stream.io.waitall",
        os: "",
        sees: "a whole buffer: 4 bytes, the first 4 as sent",
        reason: "a socket with a timeout is non-blocking underneath, so that MSG_WAITALL returns \
                 what has arrived",
    },
    Deviation {
        clause: "stream.io.dontwait-recv",
        os: "",
        sees: "a receive that must not wait, in timeout mode: timed out",
        reason: "with a timeout CPython polls before it calls (sock_call_impl), so that \
                 MSG_DONTWAIT waits all the same",
    },
];

const DATAGRAM: Departures = &[Deviation {
    clause: "datagram.message.dont-wait",
    os: "",
    sees: "receiving without waiting, in timeout mode: timed out",
    reason: STREAM[1].reason,
}];

const DATAGRAM_V6: Departures = &[
    UDP_V6[0],
    Deviation {
        clause: "cross.capability.flags",
        os: "linux",
        sees: "other answers of: oob",
        reason: UDP_V6[0].reason,
    },
];
