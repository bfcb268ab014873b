//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

/// What to do.
#[derive(Debug, PartialEq)]
pub(super) enum Request {
    /// Compare.
    Run(Options),
    /// Count instructions and hold them to the baseline.
    Check {
        /// Write the baseline anew instead.
        update: bool,
    },
    /// Name the contests that these words choose.
    List(Vec<String>),
    /// Print the help.
    Help,
    /// Run the contest of this number for so long, and print what came of it. Not for people.
    Worker(usize, Duration),
    /// Do each counted thing so often. Not for people.
    Probe,
}

/// How to compare.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// Words that choose contests; all without one.
    pub(super) only: Vec<String>,
    /// Whether all of it must end soon.
    pub(super) quick: bool,
    /// Whether a goal that is missed is a failure.
    pub(super) strict: bool,
    /// How long a contest takes.
    pub(super) time: Duration,
    /// Where the reports go; beside what cargo builds without it.
    pub(super) out: Option<PathBuf>,
}

pub(super) const HELP: &str = "\
usage: cargo xtask bench [OPTIONS]

Runs each of ours and its peer in turn, in one process, and compares them: the median of the ratios
of all rounds, with its confidence of 95 %, beside its goal.

options:
  --quick            divide two and a half minutes among all contests, for a look
  --only WORD        only this group, or contests with WORD in their names; may be repeated
  --seconds N        how long each contest takes, setting up included (4)
  --out DIR          where report.md, report.json and a plot a group go (target/bench)
  --strict           fail where a goal is missed by more than the noise
  --list             name the contests, and their goals: >= of our speed, <= of our cost, each in
                     units of the peer's
  --check            count instructions instead, and fail where one of ours took 5 % more than in
                     benches/instructions.json; needs valgrind, and skips without
  --update-baseline  count instructions and write them to benches/instructions.json
  --help             this text

groups: call, stream, framing, framed, datagram, readiness, server

exit codes: 0 all ran, a missed goal is told and no failure; 1 a contest broke, or with --strict a
goal was missed, or with --check a count grew; 2 usage
";

const NAMES: [&str; 9] =
    ["quick", "only", "seconds", "out", "strict", "list", "check", "update-baseline", "help"];

const SECONDS: f64 = 4.0;
const SECONDS_MAX: f64 = 3600.0;

/// Reads the arguments, without the program's own name.
pub(super) fn parse(args: Vec<OsString>) -> Result<Request, String> {
    read(args).map_err(|error| error.to_string())
}

fn read(args: Vec<OsString>) -> Result<Request, lexopt::Error> {
    let time = Duration::from_secs_f64(SECONDS);
    let mut options = Options { only: Vec::new(), quick: false, strict: false, time, out: None };
    let (mut list, mut check, mut update, mut timed) = (false, false, false, false);
    let mut parser = Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("quick") => options.quick = true,
            Arg::Long("strict") => options.strict = true,
            Arg::Long("only") => options.only.push(parser.value()?.string()?),
            Arg::Long("out") => options.out = Some(parser.value()?.into()),
            Arg::Long("seconds") => {
                options.time = parser.value()?.parse_with(seconds)?;
                timed = true;
            }
            Arg::Long("list") => list = true,
            Arg::Long("check") => check = true,
            Arg::Long("update-baseline") => update = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Request::Help),
            Arg::Value(word) if word == WORKER => {
                let contest = parser.value()?.parse()?;
                let time = parser.value()?.parse_with(seconds)?;
                return Ok(Request::Worker(contest, time));
            }
            Arg::Value(word) if word == PROBE => return Ok(Request::Probe),
            other => return Err(unexpected(other)),
        }
    }
    if options.quick && timed {
        return Err("--quick divides its own time: leave --seconds out".into());
    }
    let chosen = options.quick || timed || options.strict || list || options.out.is_some();
    if (check || update) && (chosen || !options.only.is_empty()) {
        return Err("--check and --update-baseline count instructions and run no contest".into());
    }
    if check && update {
        return Err("--check holds to the baseline that --update-baseline writes: use one".into());
    }
    Ok(match () {
        () if list => Request::List(options.only),
        () if check || update => Request::Check { update },
        () => Request::Run(options),
    })
}

/// The words that the program starts itself with.
pub(super) const WORKER: &str = "worker";
pub(super) const PROBE: &str = "probe";

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 0.01..=SECONDS_MAX) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("not a number of seconds from 0.01 to {SECONDS_MAX}")),
    }
}

fn unexpected(arg: Arg<'_>) -> lexopt::Error {
    if let Arg::Long(name) = arg {
        let near = NAMES.into_iter().find(|known| known.starts_with(name) || name.contains(known));
        if let Some(near) = near {
            return format!("no option is called `--{name}`; did you mean `--{near}`?").into();
        }
    }
    if let Arg::Value(word) = &arg {
        let word = word.to_string_lossy();
        return format!("`{word}` is not expected; to choose contests: --only {word}").into();
    }
    arg.unexpected()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Request, String> {
        parse(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn what_is_asked_for() {
        let Ok(Request::Run(options)) = read(&["--quick", "--only", "call", "--only=udp"]) else {
            panic!("it runs");
        };
        assert!(options.quick && !options.strict);
        assert_eq!(options.only, ["call", "udp"]);
        assert_eq!(read(&["--list", "--only", "x"]), Ok(Request::List(vec!["x".to_owned()])));
        assert_eq!(read(&["--check"]), Ok(Request::Check { update: false }));
        assert_eq!(read(&["--update-baseline"]), Ok(Request::Check { update: true }));
        assert_eq!(read(&["--quick", "-h"]), Ok(Request::Help));
        let half = Duration::from_millis(500);
        assert_eq!(read(&["worker", "3", "0.5"]), Ok(Request::Worker(3, half)));
    }

    #[test]
    fn what_cannot_be_asked_for_is_answered_with_what_to_do() {
        for (words, answer) in [
            (&["--only"][..], "missing argument for option '--only'"),
            (&["--seconds", "soon"], "not a number of seconds from 0.01 to 3600"),
            (&["--seconds", "0"], "not a number of seconds from 0.01 to 3600"),
            (&["--seconds", "nan"], "not a number of seconds from 0.01 to 3600"),
            (&["--quick", "--seconds", "3"], "leave --seconds out"),
            (&["--check", "--quick"], "run no contest"),
            (&["--check", "--only", "call"], "run no contest"),
            (&["--update-baseline", "--out", "reports"], "run no contest"),
            (&["--check", "--update-baseline"], "use one"),
            (&["framing"], "to choose contests: --only framing"),
            (&["--quickly"], "did you mean `--quick`?"),
            (&["--upd"], "did you mean `--update-baseline`?"),
            (&["--fast"], "invalid option '--fast'"),
        ] {
            let error = read(words).unwrap_err();
            assert!(error.contains(answer), "{words:?}: {error}");
        }
    }

    #[test]
    fn the_help_names_every_option_and_group() {
        for name in NAMES {
            assert!(HELP.contains(&format!("--{name}")), "{name}");
        }
        assert!(HELP.contains(&crate::group::NAMES.join(", ")));
    }
}
