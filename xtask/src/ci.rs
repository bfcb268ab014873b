//! Everything that must hold before a change lands, in order; the first failure ends it.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::{cargo, tidy};

mod tally;

use tally::Tally;

/// The command that README.md names for the tests; tidy checks that it does.
pub(crate) const TEST_COMMAND: &str = "cargo test --workspace";

/// One thing that must hold.
struct Step {
    title: &'static str,
    work: Work,
}

enum Work {
    /// A command at the workspace's root.
    Root(&'static str),
    /// A command of the crate that lies outside the workspace.
    PlugIn(&'static str),
    /// The same with rustdoc's warnings denied.
    Doc(&'static str),
    /// A check of the libraries for another target, where its standard library is installed.
    Elsewhere(&'static str),
    Tidy,
}

/// Checks what others build on.
const LIBRARIES: &str = "cargo check --package sockrates --package sockrates-harness";

/// How another project plugs its own transport in: a crate outside this workspace.
const PLUG_IN: &str = "docs/plug-in";

const STEPS: &[Step] = &[
    Step { title: "format", work: Work::Root("cargo fmt --all --check") },
    Step { title: "tidy", work: Work::Tidy },
    Step {
        title: "clippy",
        work: Work::Root("cargo clippy --workspace --all-targets -- -D warnings"),
    },
    Step { title: "tests", work: Work::Root(TEST_COMMAND) },
    Step { title: "docs", work: Work::Doc("cargo doc --workspace --no-deps") },
    Step {
        title: "framing without std",
        work: Work::Root("cargo check -p sockrates-core --no-default-features"),
    },
    // Another processor and other systems: what only they compile rots unseen otherwise.
    Step { title: "macOS on ARM", work: Work::Elsewhere("aarch64-apple-darwin") },
    Step { title: "FreeBSD", work: Work::Elsewhere("x86_64-unknown-freebsd") },
    Step { title: "conformance", work: Work::Root("cargo xtask conformance") },
    // One subject of each kind of socket: all subjects take many minutes.
    Step {
        title: "adversity",
        work: Work::Root(
            "cargo xtask conformance run --axis all --profile core --subject tcp-v4 \
             --subject udp-v4 --subject unix-stream",
        ),
    },
    Step { title: "mutants", work: Work::Root("cargo xtask conformance --mutants") },
    // Criterion's test mode: compiles every bench and runs its body once.
    Step { title: "benches", work: Work::Root("cargo test -p sockrates-benches --benches") },
    // Takes seconds, and the same on a busy machine; skips itself where valgrind is missing.
    Step { title: "instructions", work: Work::Root("cargo xtask bench --check") },
    Step { title: "examples", work: Work::Root("cargo build --workspace --examples") },
    Step { title: "plug-in from outside: tests", work: Work::PlugIn("cargo test") },
    Step { title: "plug-in from outside: judge", work: Work::PlugIn("cargo run --quiet") },
];

pub(crate) fn run() -> ExitCode {
    let root = match cargo::workspace_root() {
        Ok(root) => root,
        Err(error) => {
            eprintln!("ci: {error}");
            return ExitCode::FAILURE;
        }
    };
    let start = Instant::now();
    let mut tally = Tally::default();
    for (index, step) in STEPS.iter().enumerate() {
        let place = format!("{} of {}", index + 1, STEPS.len());
        println!("\n=== {place}: {} ===", step.title);
        let begun = Instant::now();
        let outcome = step.work.run(&root, &mut tally);
        let took = duration(begun.elapsed());
        if let Err(reason) = outcome {
            eprintln!("--- {}: FAILED after {took}: {reason}", step.title);
            println!(
                "\nci: FAILED at step {place} ({}): {reason}; {tally}; {}",
                step.title,
                duration(start.elapsed())
            );
            return ExitCode::FAILURE;
        }
        println!("--- {}: ok, {took}", step.title);
    }
    println!("\nci: {} steps ok; {tally}; {}", STEPS.len(), duration(start.elapsed()));
    ExitCode::SUCCESS
}

impl Work {
    fn run(&self, root: &Path, tally: &mut Tally) -> Result<(), String> {
        match self {
            Work::Root(line) => execute(line, root, &[], tally),
            Work::Doc(line) => execute(line, root, &[("RUSTDOCFLAGS", "-D warnings")], tally),
            Work::PlugIn(line) => {
                let folder = root.join(PLUG_IN);
                if !folder.join("Cargo.toml").is_file() {
                    return Err(format!("{PLUG_IN}/Cargo.toml is missing"));
                }
                execute(line, &folder, &[], tally)
            }
            Work::Elsewhere(target) => match cargo::has_target(target) {
                true => execute(&format!("{LIBRARIES} --target {target}"), root, &[], tally),
                false => {
                    println!("SKIPPED: `rustup target add {target}` brings what this needs");
                    Ok(())
                }
            },
            Work::Tidy => tidy::check(root)
                .map_err(|complaints| format!("{complaints} complaints, listed above")),
        }
    }
}

/// Runs a command to its end, passing on what it prints and counting the tests it reports.
fn execute(
    line: &str,
    folder: &Path,
    env: &[(&str, &str)],
    tally: &mut Tally,
) -> Result<(), String> {
    for (name, value) in env {
        print!("{name}={value:?} ");
    }
    println!("{line}");
    let mut words = line.split(' ');
    let mut command = match words.next() {
        Some("cargo") | None => cargo::command(),
        Some(program) => Command::new(program),
    };
    let not_started = |error| format!("`{line}` could not be started: {error}");
    let mut child = command
        .args(words)
        .envs(env.iter().copied())
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(not_started)?;
    if let Some(stdout) = child.stdout.take() {
        pass_on(BufReader::new(stdout), &mut io::stdout(), tally)
            .map_err(|error| format!("what `{line}` printed could not be passed on: {error}"))?;
    }
    let status = child.wait().map_err(not_started)?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

fn pass_on(mut from: impl BufRead, to: &mut impl Write, tally: &mut Tally) -> io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        tally.count(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_passed_on_byte_for_byte_and_counted() {
        let printed = b"x\xff\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\nno end";
        let (mut out, mut tally) = (Vec::new(), Tally::default());
        pass_on(&printed[..], &mut out, &mut tally).unwrap();
        assert_eq!(out, printed);
        assert_eq!(tally.to_string(), "3 tests passed, 0 failed, 1 ignored");
    }

    #[test]
    #[cfg(unix)]
    fn a_failing_command_is_a_failure_and_says_which() {
        let error = execute("false", Path::new("."), &[], &mut Tally::default()).unwrap_err();
        assert_eq!(error, "`false` failed (exit status: 1)");
    }

    #[test]
    fn a_command_that_is_not_there_is_a_failure() {
        let error = execute("no-such-program", Path::new("."), &[], &mut Tally::default());
        assert!(error.unwrap_err().starts_with("`no-such-program` could not be started"));
    }

    #[test]
    fn a_missing_plug_in_folder_is_a_failure() {
        let nowhere = Path::new("no/such/folder");
        let error = Work::PlugIn("cargo test").run(nowhere, &mut Tally::default());
        assert_eq!(error.unwrap_err(), "docs/plug-in/Cargo.toml is missing");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(1_234)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 5 s");
    }
}
