//! This workspace's own sockets, in a process of their own: what the protocol costs and loses shows
//! beside the same sockets judged here.

use sockrates_harness::AgentCommand;

use crate::agent::NAME;
#[cfg(target_os = "linux")]
use crate::subjects::unix::deviations;

/// The agent: this program once more. It is judged where it is asked for, since in whole runs the
/// same sockets are judged without it.
pub(super) fn agent() -> Option<AgentCommand> {
    let program = std::env::current_exe().ok()?.into_os_string().into_string().ok()?;
    let agent = AgentCommand::built_in(NAME, [program.as_str(), "agent"]).on_request();
    #[cfg(target_os = "linux")]
    let agent = agent
        .departing("unix-stream", &deviations::STREAM)
        .departing("unix-dgram", &deviations::DATAGRAM)
        .departing("unix-dgram-pair", &deviations::PAIR);
    Some(agent)
}
