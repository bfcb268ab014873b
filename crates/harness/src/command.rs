//! The command line of a judge: everything that a program made of subjects can do.

mod company;
mod coverage;
mod crossing;
mod exit;
mod explanation;
mod guest;
mod help;
mod judgement;
mod listing;
mod misplaced;
mod mutation;
mod nearest;
mod options;
mod stored;
mod transcript;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::report::printable;
use crate::runner::Selection;
use crate::{AgentCommand, Mutant, Subject, process};
pub(crate) use exit::Exit;
use guest::Guest;
use options::Request;

/// A program that judges: its subjects, and the mutants that prove its checks.
///
/// Its command line runs each clause on each subject in processes of their own, survives what they
/// do there, and writes `report.jsonl`, `report.md` and `junit.xml`. `--help` says the rest.
///
/// ```no_run
/// use sockrates_harness::{Caps, Program, Subject, mem};
///
/// fn main() -> std::process::ExitCode {
///     Program::new(vec![Subject::pair("mine", Caps::HALF_CLOSE, mem::stream_pair)]).main()
/// }
/// ```
#[derive(Debug)]
pub struct Program {
    called: String,
    version: Option<String>,
    subjects: Vec<Subject>,
    mutants: Vec<Mutant>,
    agents: Vec<AgentCommand>,
    guests: Vec<Guest>,
}

/// The `main` of a program that judges these subjects: see [`Program`].
///
/// ```no_run
/// use sockrates_harness::{Caps, Subject, mem};
///
/// sockrates_harness::main!(Subject::pair("mine", Caps::HALF_CLOSE, mem::stream_pair));
/// ```
#[macro_export]
macro_rules! main {
    ($($subject:expr),+ $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::Program::new(::std::vec![$($subject),+]).main()
        }
    };
}

impl Program {
    /// A program that judges `subjects`.
    #[must_use]
    pub fn new(subjects: Vec<Subject>) -> Self {
        let called = std::env::args().next().unwrap_or_else(|| "conformance".to_owned());
        Self {
            called,
            version: None,
            subjects,
            mutants: Vec::new(),
            agents: Vec::new(),
            guests: Vec::new(),
        }
    }

    /// The same, called `name` in the lines that run a case again; without it they say what this
    /// process was started as.
    #[must_use]
    pub fn called(self, name: impl Into<String>) -> Self {
        Self { called: name.into(), ..self }
    }

    /// The same, with a version of its own, which `--version` tells before that of this crate.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    /// The same, with the mutants that `--mutants` runs.
    #[must_use]
    pub fn mutants(self, mutants: impl IntoIterator<Item = Mutant>) -> Self {
        Self { mutants: mutants.into_iter().collect(), ..self }
    }

    /// The same, with agents whose subjects are judged with its own: programs in any language.
    #[must_use]
    pub fn agents(self, agents: impl IntoIterator<Item = AgentCommand>) -> Self {
        Self { agents: agents.into_iter().collect(), ..self }
    }

    /// The same, with a command of the program's own: its name, what it does in a line, and what
    /// does it with the arguments that follow.
    #[must_use]
    pub fn command(
        mut self,
        name: &'static str,
        summary: &'static str,
        run: fn(Vec<OsString>) -> ExitCode,
    ) -> Self {
        self.guests.push(Guest { name, summary, run });
        self
    }

    /// Does what this process's arguments ask for. The exit code says how it went; `--help` lists
    /// the codes.
    #[must_use]
    pub fn main(self) -> ExitCode {
        process::keep_endings();
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        guest::entered(&self.guests, &args).unwrap_or_else(|| self.perform(args.into_iter()))
    }

    fn perform(mut self, args: impl Iterator<Item = OsString>) -> ExitCode {
        let done = Request::parse(args).and_then(|request| match request {
            Request::Worker => Err(Done::Worker),
            Request::Run(options) if options.mutants => mutation::run(&self, &options),
            Request::Run(options) => {
                let selection = match options.interop {
                    // Whoever is named may meet anybody.
                    true => &Selection::default(),
                    false => &options.selection,
                };
                company::invite(&mut self, selection, &options.agents)?;
                if options.interop {
                    return crossing::run(&self, &options);
                }
                judgement::run(&self, &options)
            }
            Request::List(wanted) if wanted.coverage => coverage::run(&self, &wanted),
            Request::List(wanted) => {
                company::invite(&mut self, &wanted.selection, &[])?;
                listing::run(&self, &wanted)
            }
            Request::Smoke(agents) => company::smoke(&agents),
            Request::Misplaced(name) => Err(misplaced::refused(&self, &name)),
            Request::Explain(name) => explanation::run(&mut self, &name),
            Request::Summary(path) => stored::summary(&path),
            Request::Diff(one, other) => stored::diff(&one, &other),
            Request::Judge(path) => transcript::run(&self, &path),
            Request::Merge(paths, out) => stored::merge(&paths, &out),
            Request::Help => {
                say(&help::text(&self.called));
                say(&guest::text(&self.called, &self.guests));
                Ok(Exit::Ok)
            }
            Request::Version => {
                let own = self.version.as_ref().map(|own| format!(" {own}")).unwrap_or_default();
                let version = env!("CARGO_PKG_VERSION");
                say(&format!("{}{own} (sockrates-harness {version})\n", self.called));
                Ok(Exit::Ok)
            }
        });
        match done {
            Ok(exit) => exit.code(),
            Err(Done::Worker) => process::serve(&self.subjects, &self.mutants),
            Err(Done::Usage(message)) => {
                let message = printable(&message);
                eprintln!("error: {message}\n\n`{} --help` lists everything", self.called);
                Exit::Usage.code()
            }
        }
    }
}

/// Why the request was not carried out.
#[derive(Debug)]
enum Done {
    /// This process is a worker of another.
    Worker,
    /// What was asked for makes no sense.
    Usage(String),
}

/// Prints; what others said in the text does nothing to a terminal. A reader that has gone away is
/// no reason to stop judging.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(printable(text).as_bytes());
    let _ = out.flush();
}
