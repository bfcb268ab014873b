//! The judge with every built-in subject.

use std::process::ExitCode;

use sockrates_cli::{agent, agents, mutants, subjects};
use sockrates_harness::Program;

/// What the lines that it tells to run begin with, where that is not its own name.
const CALLED: &str = "SOCKRATES_CALLED";

fn main() -> ExitCode {
    subjects::enter_server_child();
    let program = Program::new(subjects::all())
        .version(env!("CARGO_PKG_VERSION"))
        .mutants(mutants::all())
        .agents(agents::all())
        .called(std::env::var(CALLED).unwrap_or_else(|_| "sockrates".to_owned()))
        .command("agent", agent::SUMMARY, agent::run);
    #[cfg(target_os = "linux")]
    let program =
        program.command("oracle", sockrates_cli::oracle::SUMMARY, sockrates_cli::oracle::run);
    program.main()
}
