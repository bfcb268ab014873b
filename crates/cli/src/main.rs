//! The judge with every built-in subject.

use std::process::ExitCode;

use sockrates_cli::subjects;
use sockrates_harness::Program;

fn main() -> ExitCode {
    Program::new(subjects::all()).called("cargo xtask conformance").main()
}
