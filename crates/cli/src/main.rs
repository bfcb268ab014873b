//! The judge with every built-in subject.

use std::process::ExitCode;

use sockrates_harness::{Caps, Program, Subject, mem};

fn main() -> ExitCode {
    let reference = Subject::pair("memory", Caps::HALF_CLOSE, mem::stream_pair);
    Program::new(vec![reference]).main()
}
