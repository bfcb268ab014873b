//! The lines of a report's book, as they are written and read again.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::interop::{self, Between};
use crate::process::kernel_release;
use crate::report::{Shard, Tally, group_of, hex, kind_word, utc_now};
use crate::runner::{Entry, Plan, edition, title};
use crate::{Axis, Clause, Deviation, Raw, Record, Verdict, catalogue};

/// The version of the lines' layout: raised when a reader of the old one would be misled.
pub(crate) const SCHEMA: u32 = 2;

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Line {
    /// The first line.
    Header(Header),
    /// A case, as soon as it has ended.
    Case(Finding),
    /// The last line: without it, or with another number of cases, the book is not whole.
    Footer(Footer),
}

/// What is run, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) schema: u32,
    pub(crate) harness: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) os: String,
    pub(crate) kernel: String,
    pub(crate) arch: String,
    /// When it began, as RFC 3339 writes it, in UTC.
    #[serde(default)]
    pub(crate) begun: String,
    /// How the program is called, for the lines that run a case again.
    #[serde(default)]
    pub(crate) program: String,
    /// Where the program's own sockets are, if not at the loopback address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bind: Option<String>,
    /// Whether mutants are judged.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) mutants: bool,
    pub(crate) seed: String,
    /// A short name of all cases that were asked for, those of the other parts too: the parts of
    /// one run have the same.
    #[serde(default)]
    pub(crate) plan: String,
    /// Which part of the run this is, where it was split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shard: Option<Shard>,
    /// How many cases there are in this book.
    pub(crate) planned: usize,
    pub(crate) subjects: Vec<Listed>,
}

/// Which catalogue it is judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) clauses: usize,
    pub(crate) edition: String,
}

/// A subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) is: String,
    pub(crate) caps: Vec<String>,
    /// The client and the server that it is made of, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) between: Option<Between>,
    /// The command lines of the agents that it is made of and that were given by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) agents: Vec<String>,
}

/// A case and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Finding {
    pub(crate) subject: String,
    pub(crate) clause: String,
    /// The adversity; none is plainly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) axis: Option<Axis>,
    pub(crate) level: String,
    pub(crate) round: u32,
    pub(crate) seed: String,
    pub(crate) verdict: Verdict,
    #[serde(flatten)]
    pub(crate) raw: Raw,
    pub(crate) micros: u64,
    /// Whether the baseline has it: then it fails nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) known: bool,
    /// The deviation that is recorded for the subject and the clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recorded: Option<Recorded>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) stderr: Vec<String>,
    /// What it did, operation by operation; of many rounds that of the first one, and of those that
    /// did not go well.
    #[serde(default, skip_serializing_if = "Record::is_empty")]
    pub(crate) record: Record,
}

/// A recorded deviation: what is seen instead, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) sees: String,
    pub(crate) reason: String,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Footer {
    /// Whether every case was run that was to be run.
    pub(crate) complete: bool,
    pub(crate) planned: usize,
    pub(crate) written: usize,
    pub(crate) counts: Tally,
    pub(crate) millis: u64,
    pub(crate) exit: u8,
}

impl Header {
    /// The header of a run of `plan` by the program that is called `program`.
    pub(crate) fn new(plan: &Plan<'_>, program: &str) -> Self {
        let listed = plan.judged.iter().map(|it| Listed {
            name: it.name.to_owned(),
            is: kind_word(it.subject).to_owned(),
            caps: it.subject.caps().names().map(str::to_owned).collect(),
            between: it.cell.map(|cell| cell.between.clone()),
            agents: it.agents(),
        });
        Self {
            schema: SCHEMA,
            harness: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue: Catalogue { clauses: catalogue::all().count(), edition: edition() },
            os: std::env::consts::OS.to_owned(),
            kernel: kernel_release(),
            arch: std::env::consts::ARCH.to_owned(),
            begun: utc_now(),
            program: program.to_owned(),
            bind: interop::bound().map(|ip| ip.to_string()),
            mutants: plan.judged.iter().any(|it| it.mutant.is_some()),
            seed: hex(plan.seed),
            plan: plan.name.clone(),
            shard: plan.shard,
            planned: plan.jobs.len(),
            subjects: listed.collect(),
        }
    }
}

impl Finding {
    /// What `entry` says of the subject `name`, of which these deviations are known.
    pub(crate) fn new(name: &str, deviations: &[Deviation], entry: Entry) -> Self {
        let Entry { job, raw, record, verdict, took, complaints } = entry;
        let told = job.round == 0 || verdict != Verdict::Ok;
        let own = job.deviations(deviations);
        let deviations = own.as_deref().unwrap_or(deviations);
        let here = |known: &&Deviation| known.os.is_empty() || known.os == std::env::consts::OS;
        let mut known = deviations.iter().filter(|known| known.clause == job.clause.id);
        let recorded = known.find(here).map(|Deviation { sees, reason, .. }| Recorded {
            sees: (*sees).to_owned(),
            reason: (*reason).to_owned(),
        });
        Self {
            subject: name.to_owned(),
            clause: job.clause.id.to_owned(),
            axis: job.axis,
            level: job.clause.level.word().to_owned(),
            round: job.round,
            seed: hex(job.seed),
            verdict,
            raw,
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            known: false,
            recorded,
            stderr: complaints,
            record: if told { record } else { Record::default() },
        }
    }

    /// Whether it fails the run.
    pub(crate) fn fails(&self) -> bool {
        matches!(self.verdict, Verdict::Regression | Verdict::Stale) && !self.known
    }

    /// Whether the case was started at all.
    pub(crate) fn ran(&self) -> bool {
        !matches!(self.raw, Raw::Skipped { .. } | Raw::Excluded { .. } | Raw::NotRun { .. })
    }

    /// The clause, where this program's catalogue has it: the report may be another one's.
    pub(crate) fn clause(&self) -> Option<&'static Clause> {
        catalogue::find(&self.clause)
    }

    /// The clause's id, and the axis where there is one.
    pub(crate) fn title(&self) -> Cow<'_, str> {
        title(&self.clause, self.axis)
    }

    /// What led to it, operation by operation, for people.
    pub(crate) fn trace(&self) -> Cow<'_, [String]> {
        match &self.raw {
            Raw::Failed { trace, .. } | Raw::Hung { trace, .. } => Cow::Borrowed(trace),
            _ => self.record.lines().collect(),
        }
    }

    /// The clause's group.
    pub(crate) fn group(&self) -> &str {
        group_of(&self.clause)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}
