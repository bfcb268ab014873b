//! How a task calls cargo.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// The cargo that runs this task, so that a task uses the toolchain its caller chose.
pub(crate) fn command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder of the workspace that the current folder belongs to.
pub(crate) fn workspace_root() -> Result<PathBuf, String> {
    let manifest = output(&["locate-project", "--workspace", "--message-format", "plain"])?;
    let manifest = PathBuf::from(manifest.trim_end());
    manifest.parent().map(PathBuf::from).ok_or_else(|| "cargo names no workspace".to_owned())
}

/// What `cargo metadata` says of the workspace and everything it depends on, as JSON.
///
/// `--locked`: a Cargo.lock that is missing or behind the manifests is an error, not rewritten.
pub(crate) fn metadata() -> Result<String, String> {
    output(&["metadata", "--format-version", "1", "--locked"])
}

fn output(args: &[&str]) -> Result<String, String> {
    let line = args.join(" ");
    let output = command()
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo {line}` failed ({}); its own words are above", output.status));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("`cargo {line}` printed something that is not UTF-8"))
}

/// Whether something can be checked for `target` here: its standard library is installed.
pub(crate) fn has_target(target: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output();
    asked.is_ok_and(|output| {
        output.status.success()
            && PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()).is_dir()
    })
}

/// Runs the `sockrates` binary with `args` unchanged, in the caller's folder, with its stdio,
/// signals and exit code.
pub(crate) fn conformance(args: Vec<OsString>) -> ExitCode {
    let mut command = command();
    command.arg("run");
    if is_built() {
        command.arg("--quiet");
    } else {
        eprintln!("building the judge; the first time takes a few minutes");
    }
    command.args(CONFORMANCE).arg("--").args(args);
    // What it tells to run begins with what was run.
    command.env("SOCKRATES_CALLED", "cargo xtask conformance");
    hand_over(command)
}

/// Builds the benches as users build, and runs their program with `args` unchanged.
pub(crate) fn bench(args: Vec<OsString>) -> ExitCode {
    let mut command = command();
    command.args(["run", "--quiet", "--release"]).args(BENCH).arg("--").args(args);
    if !is_bench_built() {
        eprintln!("building the benches for release; the first time takes a few minutes");
    }
    hand_over(command)
}

/// Whether the benches were built before, in the folder of releases; they may be out of date.
fn is_bench_built() -> bool {
    let bench = format!("release/sockrates-bench{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors().nth(2).is_some_and(|target| target.join(bench).exists())
}

/// The program that lets ours and the peers take turns.
const BENCH: [&str; 4] = ["--package", "sockrates-benches", "--bin", "sockrates-bench"];

/// Whether the judge was built before, beside this program; it may be out of date.
fn is_built() -> bool {
    let judge = format!("sockrates{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().is_ok_and(|own| own.with_file_name(judge).exists())
}

/// The judge with every built-in subject.
const CONFORMANCE: [&str; 4] = ["--package", "sockrates-cli", "--bin", "sockrates"];

/// Becomes the command: cargo does the same with the binary, so a signal sent to this process
/// reaches the judge itself, and its exit code is this process's.
#[cfg(unix)]
fn hand_over(mut command: Command) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    eprintln!("xtask: cargo could not be started: {error}");
    ExitCode::FAILURE
}

/// Runs the command to its end; the console sends an interrupt to the child by itself.
#[cfg(not(unix))]
fn hand_over(mut command: Command) -> ExitCode {
    match command.status() {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            code.map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("xtask: cargo could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}
