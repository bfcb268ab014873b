//! The book of a run: JSON Lines, written as it grows. The other reports are made of the same.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::process::kernel_release;
use crate::report::{Tally, kind_word};
use crate::runner::{Entry, Plan, edition};
use crate::{Level, Raw, Verdict, catalogue};

/// The version of the lines' layout: raised when a reader of the old one would be misled.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line<'a> {
    /// The first line: what is run, and where.
    Header {
        schema: u32,
        harness: &'static str,
        catalogue: Catalogue,
        os: &'static str,
        kernel: String,
        arch: &'static str,
        seed: String,
        planned: usize,
        subjects: Vec<Listed<'a>>,
    },
    /// A case, as soon as it has ended.
    Case {
        subject: &'a str,
        clause: &'static str,
        level: &'static str,
        round: u32,
        seed: String,
        verdict: Verdict,
        #[serde(flatten)]
        raw: &'a Raw,
        micros: u64,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        stderr: &'a [String],
    },
    /// The last line: without it, or with another number of cases, the book is not whole.
    Footer { complete: bool, planned: usize, written: usize, counts: Tally, millis: u64, exit: u8 },
}

#[derive(Serialize)]
struct Catalogue {
    clauses: usize,
    edition: String,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    is: &'static str,
    caps: Vec<&'static str>,
}

/// A book that is being written.
#[derive(Debug)]
pub(crate) struct Book {
    file: BufWriter<File>,
    planned: usize,
    written: usize,
}

impl Book {
    /// Begins the book of `plan` at `path`.
    pub(crate) fn begin(path: &Path, plan: &Plan<'_>) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        let mut book = Self { file, planned: plan.jobs.len(), written: 0 };
        let listed = plan.judged.iter().map(|it| Listed {
            name: it.name,
            is: kind_word(it.subject),
            caps: it.subject.caps().names().collect(),
        });
        book.write(&Line::Header {
            schema: SCHEMA,
            harness: env!("CARGO_PKG_VERSION"),
            catalogue: Catalogue { clauses: catalogue::all().count(), edition: edition() },
            os: std::env::consts::OS,
            kernel: kernel_release(),
            arch: std::env::consts::ARCH,
            seed: hex(plan.seed),
            planned: plan.jobs.len(),
            subjects: listed.collect(),
        })?;
        Ok(book)
    }

    /// Adds a case.
    pub(crate) fn add(&mut self, plan: &Plan<'_>, entry: &Entry) -> io::Result<()> {
        let Entry { job, raw, verdict, took, complaints } = entry;
        self.written += 1;
        self.write(&Line::Case {
            subject: plan.judged(job).name,
            clause: job.clause.id,
            level: Level::word(job.clause.level),
            round: job.round,
            seed: hex(job.seed),
            verdict: *verdict,
            raw,
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            stderr: complaints,
        })
    }

    /// Ends the book. `complete` says that every case was run that was to be run.
    pub(crate) fn end(
        mut self,
        complete: bool,
        counts: Tally,
        took: Duration,
        exit: u8,
    ) -> io::Result<()> {
        let (planned, written) = (self.planned, self.written);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.write(&Line::Footer { complete, planned, written, counts, millis, exit })
    }

    /// Each line goes out at once, so that a run that is killed leaves all it knew.
    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}

/// A seed as it is written everywhere. JSON's numbers would lose digits of it in many readers.
pub(crate) fn hex(seed: u64) -> String {
    format!("{seed:#x}")
}
