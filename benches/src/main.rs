//! The program of `cargo xtask bench`.

use std::process::ExitCode;

mod probe;

fn main() -> ExitCode {
    sockrates_benches::served::enter();
    sockrates_benches::runner::run(std::env::args_os().skip(1).collect(), &probe::all())
}
