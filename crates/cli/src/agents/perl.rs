//! Perl's sockets, and where they depart from the contract, as this judge found.

use sockrates_harness::{AgentCommand, Deviation};

use super::Departures;

const SOURCE: &str = include_str!("../../../../agents/perl/agent.pl");

/// The agent.
pub(super) fn agent() -> AgentCommand {
    AgentCommand::built_in("perl", ["perl", "-e", SOURCE])
        .departing("tcp", STREAM)
        .departing("tcp6", STREAM)
}

const STREAM: Departures = &[Deviation {
    clause: "stream.listen.negative-backlog",
    os: "linux",
    sees: "as the maximum",
    reason: "Perl hands the number through, and Linux takes it for one without a sign, which \
             net.core.somaxconn alone bounds",
}];
