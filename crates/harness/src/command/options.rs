//! What the command line asks for.

use std::ffi::OsString;
use std::net::IpAddr;
use std::num::NonZero;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use super::Done;
use super::nearest::unknown;
use crate::report::Shard;
use crate::runner::{Limits, Pattern, Profile, Selection};
use crate::{AgentCommand, interop};

/// What to do.
#[derive(Debug)]
pub(crate) enum Request {
    /// Judge.
    Run(Box<Options>),
    /// List clauses or subjects.
    List(Wanted),
    /// Explain the clauses of this id or pattern.
    Explain(String),
    /// Get to know these agents.
    Smoke(Vec<AgentCommand>),
    /// Tell what the report at this path says.
    Summary(PathBuf),
    /// Tell what differs from the one to the other.
    Diff(PathBuf, PathBuf),
    /// Judge what is stored at this path again.
    Judge(PathBuf),
    /// Join these reports into one there.
    Merge(Vec<PathBuf>, PathBuf),
    /// Say where this name, which stands where none does, may belong.
    Misplaced(String),
    /// Run the cases that stdin brings. Not for people.
    Worker,
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// What to list.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The clauses.
    pub(crate) selection: Selection,
    /// Subjects instead of clauses.
    pub(crate) subjects: bool,
    /// Mutants instead of clauses.
    pub(crate) mutants: bool,
    /// Axes instead of clauses, with what they leave out.
    pub(crate) axes: bool,
    /// From specifications to mutants.
    pub(crate) coverage: bool,
    /// For machines.
    pub(crate) json: bool,
}

/// How to judge.
#[derive(Debug)]
pub(crate) struct Options {
    /// What of everything there is.
    pub(crate) selection: Selection,
    /// The seed that all others come from.
    pub(crate) seed: Option<u64>,
    /// Which rounds.
    pub(crate) rounds: Range<u32>,
    /// What is known to fail.
    pub(crate) baseline: Option<PathBuf>,
    /// Whether the baseline is written anew.
    pub(crate) update_baseline: bool,
    /// Which part of the cases.
    pub(crate) shard: Option<Shard>,
    /// Mutants instead of subjects.
    pub(crate) mutants: bool,
    /// Clients with servers instead of subjects.
    pub(crate) interop: bool,
    /// What it may spend.
    pub(crate) limits: Limits,
    /// Where the reports go.
    pub(crate) out: PathBuf,
    /// Agents to judge too.
    pub(crate) agents: Vec<AgentCommand>,
}

const COMMANDS: [&str; 8] =
    ["run", "list", "explain", "smoke", "summary", "diff", "judge", "merge"];

/// Every option, for guesses.
#[rustfmt::skip]
pub(crate) const NAMES: [&str; 23] = [
    "agent", "subject", "only", "skip", "profile", "axis", "axes", "mutants", "interop", "seed",
    "repeat", "round", "jobs", "limit", "broken", "out", "json", "subjects", "coverage", "shard",
    "baseline", "update-baseline", "bind",
];

/// Where the reports of a whole run go.
pub(crate) const OUT: &str = "target/conformance";

/// How long a case may take; a mutant's at first, and where that was in doubt; and how many workers
/// a subject may break.
const LIMIT: Duration = Duration::from_secs(10);
const HASTE: Duration = Duration::from_millis(1500);
const PEACE: Duration = Duration::from_secs(5);
const LIMIT_MAX: f64 = 3600.0;
const BROKEN: u32 = 100;

/// Cases wait more than they compute, so there are half as many workers again as cores; mutants
/// hang more than either.
const MUTANTS_PER_CORE: usize = 8;
const JOBS_MAX: usize = 1024;
const SHARDS_MAX: u32 = 1024;

#[derive(Default)]
struct Words {
    command: Option<String>,
    names: Vec<String>,
    selection: Selection,
    seed: Option<u64>,
    repeat: Option<u32>,
    round: u32,
    jobs: Option<usize>,
    limit: Option<f64>,
    broken: Option<u32>,
    out: Option<PathBuf>,
    agents: Vec<AgentCommand>,
    shard: Option<Shard>,
    baseline: Option<PathBuf>,
    update_baseline: bool,
    mutants: bool,
    interop: bool,
    json: bool,
    subjects: bool,
    axes: bool,
    coverage: bool,
}

impl Request {
    /// Reads the arguments, without the program's name.
    pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Self, Done> {
        let mut words = Words::default();
        let mut parser = Parser::from_args(args);
        while let Some(arg) = parser.next().map_err(said)? {
            let option = match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(Self::Help),
                Arg::Long("version") | Arg::Short('V') => return Ok(Self::Version),
                Arg::Value(word) => {
                    words.word(word.string().map_err(said)?)?;
                    continue;
                }
                Arg::Long(name) => name.to_owned(),
                Arg::Short(letter) => {
                    return Err(Done::Usage(format!("there is no option -{letter}")));
                }
            };
            words.option(&option, &mut parser)?;
        }
        words.request()
    }
}

impl Words {
    fn word(&mut self, word: String) -> Result<(), Done> {
        if self.command.is_some() {
            self.names.push(word);
            return Ok(());
        }
        match word.as_str() {
            "worker" | "help" => {}
            known if COMMANDS.contains(&known) => {}
            _ => {
                let remedy = format!("the commands are {}", COMMANDS.join(", "));
                let names = COMMANDS.into_iter();
                return Err(Done::Usage(unknown("command", &word, names, &remedy)));
            }
        }
        self.command = Some(word);
        Ok(())
    }

    fn option(&mut self, name: &str, parser: &mut Parser) -> Result<(), Done> {
        match name {
            "mutants" => self.mutants = true,
            "interop" => self.interop = true,
            "bind" => interop::bind(address(&value(name, parser)?)?),
            "json" => self.json = true,
            "subjects" => self.subjects = true,
            "axes" => self.axes = true,
            "axis" => self.selection.add_axis(&value(name, parser)?).map_err(Done::Usage)?,
            "coverage" => self.coverage = true,
            "subject" => self.selection.subjects.push(value(name, parser)?),
            "only" => self.selection.only.push(Pattern::new(&value(name, parser)?)),
            "skip" => self.selection.skip.push(Pattern::new(&value(name, parser)?)),
            "profile" => self.selection.profile = profile(&value(name, parser)?)?,
            "agent" => self.agents.push(agent(&value(name, parser)?)?),
            "seed" => self.seed = Some(seed(&value(name, parser)?)?),
            "repeat" => self.repeat = Some(number(name, parser, 1, u32::MAX as usize)? as u32),
            "round" => self.round = number(name, parser, 0, u32::MAX as usize)? as u32,
            "jobs" => self.jobs = Some(number(name, parser, 1, JOBS_MAX)?),
            "limit" => self.limit = Some(seconds(&value(name, parser)?)?),
            "broken" => self.broken = Some(number(name, parser, 1, u32::MAX as usize)? as u32),
            "baseline" => self.baseline = Some(parser.value().map_err(said)?.into()),
            "update-baseline" => self.update_baseline = true,
            "shard" => self.shard = Some(shard(&value(name, parser)?)?),
            "out" => self.out = Some(parser.value().map_err(said)?.into()),
            _ => {
                let names: Vec<String> = NAMES.iter().map(|name| format!("--{name}")).collect();
                let names = names.iter().map(String::as_str);
                let name = format!("--{name}");
                return Err(Done::Usage(unknown("option", &name, names, "--help lists them")));
            }
        }
        Ok(())
    }

    fn request(mut self) -> Result<Request, Done> {
        let command = self.command.take().unwrap_or_else(|| "run".to_owned());
        match (command.as_str(), self.names.as_slice()) {
            ("worker", _) => Ok(Request::Worker),
            ("help", _) => Ok(Request::Help),
            ("list", _) => {
                match self.subjects || self.mutants {
                    true => self.selection.subjects.extend(self.names),
                    false => {
                        let patterns = self.names.iter().map(|name| Pattern::new(name));
                        self.selection.only.extend(patterns);
                    }
                }
                let Self { selection, subjects, mutants, coverage, axes, json, .. } = self;
                Ok(Request::List(Wanted { selection, subjects, mutants, coverage, axes, json }))
            }
            ("explain", _) if self.json => {
                let why = "explain has no --json: `list PATTERN --json` is for machines";
                Err(Done::Usage(why.to_owned()))
            }
            ("explain", [name]) => Ok(Request::Explain(name.clone())),
            ("explain", _) => {
                let takes = "explain takes one name: of a clause, a subject or a mutant";
                Err(Done::Usage(takes.to_owned()))
            }
            ("smoke", []) if !self.agents.is_empty() => Ok(Request::Smoke(self.agents)),
            ("smoke", _) => Err(Done::Usage("smoke takes an --agent COMMAND".to_owned())),
            ("summary", [] | [_]) => {
                let named = self.names.first().map(PathBuf::from);
                let path = named.or(self.out).unwrap_or_else(|| PathBuf::from(OUT));
                Ok(Request::Summary(path))
            }
            ("judge", [path]) => Ok(Request::Judge(PathBuf::from(path))),
            ("judge", _) => Err(Done::Usage("judge takes one report or trace".to_owned())),
            ("summary", _) => Err(Done::Usage("summary takes one report".to_owned())),
            ("diff", [one, other]) => Ok(Request::Diff(one.into(), other.into())),
            ("diff", _) => Err(Done::Usage("diff takes two reports".to_owned())),
            ("merge", []) => Err(Done::Usage("merge takes the reports of all parts".to_owned())),
            ("merge", names) => {
                let out = self.out.unwrap_or_else(|| PathBuf::from(OUT).join("merged"));
                Ok(Request::Merge(names.iter().map(PathBuf::from).collect(), out))
            }
            (_, []) if self.update_baseline && self.baseline.is_none() => {
                Err(Done::Usage("--update-baseline needs --baseline FILE".to_owned()))
            }
            (_, []) if self.shard.is_some() && self.seed.is_none() => {
                let why = "the parts of one run have one seed: give --seed N, the same to all";
                Err(Done::Usage(format!("--shard without --seed: {why}")))
            }
            (_, []) => Ok(Request::Run(Box::new(self.options()))),
            (_, [name, ..]) => Ok(Request::Misplaced(name.clone())),
        }
    }

    fn options(self) -> Options {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let limit = self.limit.map(Duration::from_secs_f64);
        let (case, haste, jobs) = match self.mutants {
            true => (PEACE, limit.or(Some(HASTE)), cores.saturating_mul(MUTANTS_PER_CORE)),
            false => (limit.unwrap_or(LIMIT), None, cores + cores.div_ceil(2)),
        };
        let folder = self.folder();
        Options {
            selection: self.selection,
            seed: self.seed,
            rounds: self.round..self.round.saturating_add(self.repeat.unwrap_or(1)),
            baseline: self.baseline,
            update_baseline: self.update_baseline,
            shard: self.shard,
            mutants: self.mutants,
            interop: self.interop,
            limits: Limits {
                jobs: self.jobs.unwrap_or(jobs),
                case,
                haste,
                broken: self.broken.unwrap_or(BROKEN),
            },
            agents: self.agents,
            out: self.out.unwrap_or(folder),
        }
    }

    /// Where the reports go unless it is said: those of a part never over those of the whole.
    fn folder(&self) -> PathBuf {
        let mut out = PathBuf::from(OUT);
        if self.interop {
            out.push("interop");
        }
        match self.shard {
            Some(Shard { number, of }) => out.join(format!("shard-{number}-of-{of}")),
            None if self.selection.is_whole() => out,
            None => out.join("partial"),
        }
    }
}

fn said(error: lexopt::Error) -> Done {
    Done::Usage(error.to_string())
}

fn value(name: &str, parser: &mut Parser) -> Result<String, Done> {
    let value = parser.value().map_err(|_| Done::Usage(format!("--{name} needs a value")))?;
    let text = |value: OsString| format!("--{name}: {} is not Unicode", value.display());
    value.into_string().map_err(|value| Done::Usage(text(value)))
}

fn number(name: &str, parser: &mut Parser, min: usize, max: usize) -> Result<usize, Done> {
    let text = value(name, parser)?;
    let number = text.parse::<usize>().ok().filter(|number| (min..=max).contains(number));
    let range = || format!("--{name} {text}: not a whole number from {min} to {max}");
    number.ok_or_else(|| Done::Usage(range()))
}

fn seed(text: &str) -> Result<u64, Done> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let range = || format!("--seed {text}: not a number from 0 to 2^64 - 1, decimal or 0x…");
    number.map_err(|_| Done::Usage(range()))
}

fn address(text: &str) -> Result<IpAddr, Done> {
    let wanted = || format!("--bind {text}: not an address of IPv4 or IPv6, such as 192.0.2.1");
    text.parse().map_err(|_| Done::Usage(wanted()))
}

fn agent(line: &str) -> Result<AgentCommand, Done> {
    AgentCommand::parse(line).map_err(|fault| Done::Usage(format!("--agent: {fault}")))
}

fn seconds(text: &str) -> Result<f64, Done> {
    let seconds = text.parse::<f64>().ok().filter(|secs| *secs >= 0.001 && *secs <= LIMIT_MAX);
    let range = || format!("--limit {text}: not a number of seconds from 0.001 to {LIMIT_MAX}");
    seconds.ok_or_else(|| Done::Usage(range()))
}

fn shard(text: &str) -> Result<Shard, Done> {
    let parts = text.split_once('/');
    let parts = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    let within = |(number, of): &(u32, u32)| (1..=*of).contains(number) && *of <= SHARDS_MAX;
    match parts.filter(within) {
        Some((number, of)) => Ok(Shard { number, of }),
        None => Err(Done::Usage(format!(
            "--shard {text}: not K/N with K from 1 to N and N up to {SHARDS_MAX}, such as 1/4"
        ))),
    }
}

fn profile(text: &str) -> Result<Profile, Done> {
    match text {
        "core" => Ok(Profile::Core),
        "strict" => Ok(Profile::Strict),
        "all" => Ok(Profile::All),
        _ => Err(Done::Usage(format!("--profile {text}: the profiles are core, strict, all"))),
    }
}
