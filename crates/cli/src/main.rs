//! The judge with every built-in subject.

use std::process::ExitCode;

use sockrates_cli::{agent, agents, mutants, subjects};
use sockrates_harness::Program;

fn main() -> ExitCode {
    subjects::enter_server_child();
    let program = Program::new(subjects::all())
        .mutants(mutants::all())
        .agents(agents::all())
        .called("cargo xtask conformance")
        .command("agent", agent::SUMMARY, agent::run);
    #[cfg(target_os = "linux")]
    let program =
        program.command("oracle", sockrates_cli::oracle::SUMMARY, sockrates_cli::oracle::run);
    program.main()
}
