//! The tasks of this workspace: `cargo xtask TASK`. Dispatch only; what a task does lies in the
//! crates, so that nothing works only from here.

use std::process::ExitCode;

mod cargo;
mod ci;
mod tidy;

const HELP: &str = "\
usage: cargo xtask TASK [ARGS...]

tasks:
  conformance [ARGS...]  judge every built-in subject; ARGS go to the sockrates binary unchanged
                         (`cargo xtask conformance --help` lists them)
  bench [ARGS...]        compare ours with its peers, in turn; `cargo xtask bench --help`
  tidy                   check layout, dependency arrow, sizes, words, unsafe, README, versions
  ci                     everything that must hold before a change lands, in order
  help                   print this list

exit codes: 0 ok; 1 a check failed; 2 usage; conformance and bench pass on
the codes of their programs
";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<_> = args.collect();
    let task = task.to_string_lossy();
    if matches!(&*task, "tidy" | "ci") && !rest.is_empty() {
        let extra = rest[0].to_string_lossy();
        eprintln!("xtask: `{task}` takes no arguments, but was given `{extra}`\n\n{HELP}");
        return ExitCode::from(2);
    }
    match &*task {
        "conformance" => cargo::conformance(rest),
        "bench" => cargo::bench(rest),
        "tidy" => tidy::run(),
        "ci" => ci::run(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        "" => {
            eprint!("xtask: which task?\n\n{HELP}");
            ExitCode::from(2)
        }
        unknown => {
            eprint!("xtask: there is no task `{unknown}`\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}
