//! Go's `net`, and where it departs from the contract, as this judge found.

use sockrates_harness::{AgentCommand, Deviation};

use super::Departures;

const SOURCE: &str = include_str!("../../../../agents/go/agent.go");

/// Go runs no program that is not in a file. What it builds is gone with the agent.
const BUILT_AND_RUN: &str = r#"
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT || exit
command -v go >&2 || { echo "there is no go here" >&2; exit 127; }
printf %s "$1" >"$folder/agent.go"
CGO_ENABLED=0 go build -o "$folder/agent" "$folder/agent.go" </dev/null >&2 && "$folder/agent"
"#;

/// The agent.
pub(super) fn agent() -> AgentCommand {
    AgentCommand::built_in("go", ["sh", "-c", BUILT_AND_RUN, "sh", SOURCE])
        .departing("tcp", STREAM)
        .departing("tcp6", STREAM)
        .departing("udp", DATAGRAM)
        .departing("udp6", DATAGRAM)
        .departing("udp-connected", DATAGRAM)
}

const STREAM: Departures = &[Deviation {
    clause: "stream.reset.closed",
    os: "",
    sees: "getsockname after close: success: ()",
    reason: "the address is noted when the socket is made, and LocalAddr tells it ever after",
}];

const DATAGRAM: Departures = &[Deviation {
    clause: "datagram.shutdown.closed",
    os: "",
    sees: "the address after close: success: ()",
    reason: STREAM[0].reason,
}];
