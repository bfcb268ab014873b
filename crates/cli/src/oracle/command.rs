//! The command line of the oracle.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use lexopt::{Arg, Parser, ValueExt};

use super::difference;
use super::hunt::{Findings, Found, Plan, hunt};
use super::ours::{Performer, Sockets};
use super::planted::{Fault, Planted};
use super::sides::{Make, Pace, Sides};
use super::{program_file, script, table};

/// What the command does, in a line.
pub const SUMMARY: &str = "run random programs here and in CPython, and compare";

/// Does what `args`, without the command's own name, ask for.
#[must_use]
pub fn run(args: Vec<OsString>) -> ExitCode {
    let options = match Options::parse(args) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(USAGE);
        }
    };
    let done = match &options {
        Options { help: true, .. } => Ok(say(HELP)),
        Options { differences: true, .. } => Ok(say(&differences())),
        Options { replay: Some(path), .. } => replay(path, &options),
        _ => search(&options),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(NOT_STARTED)
        }
    }
}

#[derive(Debug, Default)]
struct Options {
    cases: Option<u32>,
    seed: Option<u64>,
    jobs: Option<usize>,
    out: Option<PathBuf>,
    replay: Option<PathBuf>,
    plant: Option<Fault>,
    differences: bool,
    coverage: bool,
    help: bool,
}

impl Options {
    fn parse(args: Vec<OsString>) -> Result<Self, lexopt::Error> {
        let mut options = Self::default();
        let mut parser = Parser::from_args(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("cases") => options.cases = Some(parser.value()?.parse()?),
                Arg::Long("seed") => options.seed = Some(parser.value()?.parse()?),
                Arg::Long("jobs") => {
                    let jobs = |text: &str| match text.parse() {
                        Ok(jobs @ 1..=64) => Ok(jobs),
                        _ => Err("not a number from 1 to 64"),
                    };
                    options.jobs = Some(parser.value()?.parse_with(jobs)?);
                }
                Arg::Long("out") => options.out = Some(parser.value()?.into()),
                Arg::Long("replay") => options.replay = Some(parser.value()?.into()),
                Arg::Long("plant") => {
                    let fault = |name: &str| Fault::named(name).ok_or("no such fault");
                    options.plant = Some(parser.value()?.parse_with(fault)?);
                }
                Arg::Long("differences") => options.differences = true,
                Arg::Long("coverage") => options.coverage = true,
                Arg::Long("help") | Arg::Short('h') => options.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    /// How our side is made: as it is, or with a fault.
    fn make(&self) -> Make {
        match self.plant {
            None => Arc::new(|| -> Box<dyn Performer> { Box::<Sockets>::default() }),
            Some(fault) => Arc::new(move || Box::new(Planted::new(fault))),
        }
    }

    fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| PathBuf::from("target/conformance/oracle"))
    }
}

fn search(options: &Options) -> io::Result<u8> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let plan = Plan {
        cases: options.cases.unwrap_or(CASES),
        seed: options.seed.unwrap_or_else(new_seed),
        jobs: options.jobs.unwrap_or(cores),
    };
    say(&format!("oracle: {} programs, --seed {}\n", plan.cases, plan.seed));
    let terminal = io::stdout().is_terminal();
    let progress = move |done: u32| {
        if terminal && done.is_multiple_of(100) {
            say(&format!("\r{done} of {}", plan.cases));
        }
    };
    let start = Instant::now();
    let findings = hunt(plan, &options.make(), &progress).map_err(no_python)?;
    let seconds = start.elapsed().as_secs_f64();
    say(&format!("{}{}", if terminal { "\r" } else { "" }, summary(&findings, seconds)));
    if options.coverage {
        say(&findings.coverage.text());
    }
    match &findings.first {
        None => Ok(OK),
        Some(found) => {
            say(&shown(found));
            let out = options.out();
            say(&match kept(plan.seed, found, &out) {
                Ok(written) => written,
                // It is a divergence all the same, and the seed finds it again.
                Err(error) => format!("\n{} cannot be written: {error}\n", out.display()),
            });
            Ok(DIVERGED)
        }
    }
}

fn summary(findings: &Findings, seconds: f64) -> String {
    let mut text = format!(
        "{} programs of {} operations in {seconds:.1} s\n",
        findings.cases, findings.operations
    );
    let _ = writeln!(text, "differences that are meant (oracle --differences says why):");
    for difference in difference::ALL {
        let seen = findings.named.get(difference.name).copied().unwrap_or(0);
        let _ = writeln!(text, "  {seen:>7}  {}", difference.name);
    }
    for (case, once) in &findings.fleeting {
        let _ = writeln!(text, "case {case} diverged once, and not again:\n{once}");
    }
    for (case, shown) in &findings.unsettled {
        let what = "what the reference expected came about on neither side";
        let _ = writeln!(text, "case {case}: {what}:\n{shown}");
    }
    if findings.first.is_none() {
        let _ = writeln!(text, "no other divergence");
    }
    text
}

/// What is shown of a divergence.
fn shown(found: &Found) -> String {
    let head = format!(
        "\nDIVERGENCE in case {}, shrunk from {} operations to {}:\n\n",
        found.case,
        found.before,
        found.steps.len()
    );
    head + &table::table(&found.steps, &found.comparison)
}

/// Writes the files of a divergence, and tells of them.
fn kept(seed: u64, found: &Found, out: &Path) -> io::Result<String> {
    fs::create_dir_all(out)?;
    let files = [
        ("repro.jsonl", program_file::text(seed, found)?),
        ("repro.rs", script::rust(seed, found)),
        ("repro.py", script::python(seed, found)),
    ];
    let mut text = String::from("\nwritten:\n");
    for (name, content) in files {
        let path = out.join(name);
        fs::write(&path, content)?;
        let _ = writeln!(text, "  {}", path.display());
    }
    let repro = out.join("repro.jsonl");
    let _ = writeln!(text, "again: oracle --replay {}", repro.display());
    Ok(text)
}

fn replay(path: &Path, options: &Options) -> io::Result<u8> {
    let steps = match program_file::read(path) {
        Ok(steps) => steps,
        Err(error) => {
            eprintln!("error: {}: {error}", path.display());
            return Ok(USAGE);
        }
    };
    let mut sides = Sides::start(&options.make()).map_err(no_python)?;
    let comparison = sides.compare(&steps, Pace::Patient)?;
    say(&table::table(&steps, &comparison));
    let diverges = comparison.divergence.is_some();
    say(if diverges { "\nit diverges\n" } else { "\nit does not diverge\n" });
    Ok(if diverges { DIVERGED } else { OK })
}

/// The differences that are meant, with their reasons.
fn differences() -> String {
    let mut text = String::new();
    for difference in difference::ALL {
        let _ = writeln!(text, "{}", difference.name);
        let mut line = String::from("   ");
        for word in difference.reason.split(' ') {
            if line.chars().count() + word.chars().count() > 98 {
                let _ = writeln!(text, "{line}");
                line = String::from("   ");
            }
            let _ = write!(line, " {word}");
        }
        let _ = writeln!(text, "{line}");
    }
    text
}

fn no_python(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(
            io::ErrorKind::NotFound,
            "there is no python3 here to compare with; install CPython 3.8 or newer",
        ),
        _ => error,
    }
}

fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_nanos() as u64 % 1_000_000_007)
}

/// Prints. A reader that has gone away is no reason to stop.
fn say(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
    OK
}

const HELP: &str = "\
usage: oracle [OPTIONS]

Runs random programs over several sockets here and in CPython, and compares what each call comes
to by class of error, number, length and bytes. The first divergence is shrunk, shown, and written
as repro.jsonl, as a Rust test (repro.rs) and as a Python script (repro.py).

options:
  --cases N        how many programs (2000)
  --seed N         the seed that they come from; without it a new one
  --jobs N         how many at a time; without it one for each core
  --out DIR        where a divergence is written (target/conformance/oracle)
  --replay FILE    run the program of a repro.jsonl again
  --coverage       tell what the programs got to: by operation and outcome, and in several steps
  --differences    list the differences that are meant to be, each with its reason
  --plant NAME     plant a fault, to see it found: listen-unclamped, connect-ex-timed-out,
                   send-all-per-send, waitall-loops, empty-recv-takes, broadcast-unknown,
                   shutdown-unconnected
  --help           this text

exit codes: 0 no divergence, 1 a divergence, 2 usage, 3 no python3
";

const CASES: u32 = 2000;

const OK: u8 = 0;
const DIVERGED: u8 = 1;
const USAGE: u8 = 2;
const NOT_STARTED: u8 = 3;
