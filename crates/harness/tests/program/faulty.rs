//! The example `faulty` as a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The program, as it stands in the sources: `cargo test` builds examples too, but not where it is
/// asked for one test alone.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().expect("a test has a program");
        let profile = test.parent().and_then(Path::parent).expect("target/debug/deps/test");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "sockrates-harness", "--example", "faulty"]);
        build.arg("--target-dir").arg(profile.parent().expect("target/debug"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo starts").success(), "the example `faulty` is built");
        profile.join("examples").join(format!("faulty{}", std::env::consts::EXE_SUFFIX))
    })
}

/// A run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained with.
    pub(crate) stderr: String,
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// Where its reports are.
    pub(crate) out: PathBuf,
}

/// A folder for reports that nobody else uses.
pub(crate) fn fresh_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let base = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    base.join(format!("conformance-{}-{number}", std::process::id()))
}

/// The program with `args` and a folder of its own for the reports.
pub(crate) fn command(args: &[&str]) -> (Command, PathBuf) {
    let out = fresh_folder();
    let mut command = Command::new(program());
    command.args(args).arg("--out").arg(&out);
    (command, out)
}

/// Runs the program to its end.
pub(crate) fn run(args: &[&str]) -> Run {
    let (mut command, out) = command(args);
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("what it prints is UTF-8");
    Run { stdout: text(stdout), stderr: text(stderr), code: status.code(), out }
}

impl Run {
    /// The lines of the book.
    pub(crate) fn book(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.out.join("report.jsonl")).expect("there is a book");
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// The cases of `subject` in the book: clause, verdict, what happened.
    pub(crate) fn cases(&self, subject: &str) -> Vec<(String, String, String)> {
        let word = |line: &serde_json::Value, key: &str| {
            line[key].as_str().unwrap_or_else(|| panic!("{key} in {line}")).to_owned()
        };
        let mut cases: Vec<_> = self
            .book()
            .iter()
            .filter(|line| line["kind"] == "case" && line["subject"] == subject)
            .map(|line| (word(line, "clause"), word(line, "verdict"), word(line, "raw")))
            .collect();
        cases.sort();
        cases
    }

    /// What it printed, without what differs from run to run.
    pub(crate) fn normalised(&self) -> String {
        let out = self.out.display().to_string();
        let mut text = String::new();
        for line in self.stdout.replace(&out, "OUT").lines() {
            let line = line.replace(&program().display().to_string(), "faulty");
            let line = unnumbered(&line);
            let timed = line.split_once(" s; reports in ").map(|(_, rest)| rest.to_owned());
            text.push_str(&timed.map_or(line, |rest| format!("N s; reports in {rest}")));
            text.push('\n');
        }
        text
    }
}

/// The line without the number of the thread that a panic names.
fn unnumbered(line: &str) -> String {
    match line.split_once("thread 'main' (") {
        Some((before, rest)) => {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}thread 'main' (N{rest}")
        }
        None => line.to_owned(),
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // A folder that stays behind is in the way of nobody.
        let _ = std::fs::remove_dir_all(&self.out);
    }
}
