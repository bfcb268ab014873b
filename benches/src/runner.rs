//! `cargo xtask bench`: ours and each peer in turn, and one page of what came of it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::contest::Contest;
use crate::instructions::Probe;
use crate::{group, instructions};

mod choice;
mod machine;
mod options;
mod plot;
mod report;
mod rounds;
mod row;
mod spread;
mod worker;

pub use machine::Machine;
pub use report::Report;
pub use rounds::{Outcome, Rounds};
pub use row::{Better, Row, Verdict};
pub use spread::Spread;

use options::{HELP, Options, Request};

/// Does what `args`, without the program's own name, ask for; `probes` is what it can count.
#[must_use]
pub fn run(args: Vec<OsString>, probes: &[Probe]) -> ExitCode {
    let done = match options::parse(args) {
        Ok(Request::Run(options)) => compare(&options, probes),
        Ok(Request::Check { update }) => Ok(instructions::check(probes, update)),
        Ok(Request::List(only)) => list(&only),
        Ok(Request::Help) => Ok(say(HELP)),
        Ok(Request::Worker(index, time)) => work(index, time),
        Ok(Request::Probe) => Ok(instructions::probe(probes)),
        Err(error) => Err(error),
    };
    ExitCode::from(done.unwrap_or_else(|error| {
        eprintln!("error: {error}\n\n`cargo xtask bench --help` lists the options");
        USAGE
    }))
}

/// The exit codes.
pub(crate) const OK: u8 = 0;
pub(crate) const FAILED: u8 = 1;
const USAGE: u8 = 2;

fn compare(options: &Options, probes: &[Probe]) -> Result<u8, String> {
    let contests = group::all();
    let chosen = choice::choose(&contests, &options.only)?;
    let folder = options.out.clone().unwrap_or_else(out);
    // Told now, and not after minutes of measuring.
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let machine = Machine::here();
    say(&format!("{machine}\n"));
    if let Some(busy) = machine.busy() {
        say(&format!("{busy}\n"));
    }
    let begun = Instant::now();
    let counts = match options.only.is_empty() || choice::names(&options.only, "call") {
        true => instructions::count(probes),
        false => Ok(Vec::new()),
    };
    let mut rows = Vec::new();
    for (done, index) in chosen.iter().enumerate() {
        let left = u32::try_from(chosen.len() - done).unwrap_or(u32::MAX);
        let share = QUICK.saturating_sub(begun.elapsed()) / left;
        let time = if options.quick { share.min(options.time) } else { options.time };
        let row = Row::new(&contests[*index], worker::ask(*index, time));
        say(&format!("[{}/{}] {}\n", done + 1, chosen.len(), report::line(&row)));
        rows.push(row);
    }
    let mut settings = match options.quick {
        true => format!("`--quick`: {} s in all", QUICK.as_secs()),
        false => format!("{} s a contest", options.time.as_secs_f64()),
    };
    for word in &options.only {
        settings += &format!(", only {word}");
    }
    let report = Report { machine, settings, rows, counts };
    say(&report.table());
    say(&format!("{} in {} s\n", report.summary(), begun.elapsed().as_secs()));
    Ok(write(&report, &folder).max(code(&report, options)))
}

/// What is divided with `--quick`; setting up, and what overruns its share, come on top.
const QUICK: Duration = Duration::from_secs(140);

fn write(report: &Report, folder: &Path) -> u8 {
    match report.write(folder) {
        Ok(files) => say(&format!("written to {}: {}\n", folder.display(), files.join(", "))),
        Err(error) => {
            eprintln!("error: {}", unwritable(folder, &error));
            FAILED
        }
    }
}

fn unwritable(folder: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", folder.display())
}

fn code(report: &Report, options: &Options) -> u8 {
    let missed = options.strict && report.with(Verdict::Missed) + report.over() > 0;
    if report.failed() > 0 || missed { FAILED } else { OK }
}

/// The folder `bench` beside that of the profile which this program was built with.
fn out() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let target = own.ancestors().nth(2).filter(|target| target.is_dir());
    target.map_or_else(|| PathBuf::from("target"), Path::to_path_buf).join("bench")
}

fn list(only: &[String]) -> Result<u8, String> {
    let contests = group::all();
    let chosen = choice::choose(&contests, only)?;
    let mut text = String::new();
    for index in &chosen {
        let contest = &contests[*index];
        let goal = contest.goal.map(row::goal).map_or_else(String::new, |goal| format!("  {goal}"));
        text += &format!("{}{goal}\n", choice::name(contest));
    }
    Ok(say(&format!("{text}{} contests\n", chosen.len())))
}

fn work(index: usize, time: Duration) -> Result<u8, String> {
    let contests: Vec<Contest> = group::all();
    let contest = contests.get(index).ok_or_else(|| format!("there is no contest {index}"))?;
    worker::work(contest, time);
    Ok(OK)
}

/// Prints. A reader that has gone away is no reason to stop.
fn say(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_report_can_be_written_nothing_is_measured() {
        let file = std::env::current_exe().unwrap();
        let args = ["--only".into(), "decode".into(), "--out".into(), file.join("sub").into()];
        assert_eq!(run(args.into(), &[]), ExitCode::from(USAGE));
    }
}
