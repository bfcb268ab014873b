//! Node.js's `net` and `dgram`, and where they depart from the contract, as this judge found.

use sockrates_harness::{AgentCommand, Deviation};

use super::Departures;

const SOURCE: &str = include_str!("../../../../agents/node/agent.js");

/// The agent.
pub(super) fn agent() -> AgentCommand {
    AgentCommand::built_in("node", ["node", "-e", SOURCE])
        .departing("tcp", STREAM)
        .departing("udp", DATAGRAM)
}

const STREAM: Departures = &[Deviation {
    clause: "stream.reset.unread",
    os: "",
    sees: "end",
    reason: "Node reads ahead, so that what the program has not read is not unread to the system: \
             closing drops it in silence, and the peer sees an orderly end",
}];

const DATAGRAM: Departures = &[Deviation {
    clause: "datagram.address.port-zero",
    os: "",
    sees: "send ERR_SOCKET_BAD_PORT: refused by the library",
    reason: "the library checks ports itself, and throws a RangeError of its own",
}];
