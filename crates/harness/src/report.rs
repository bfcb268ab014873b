//! What is told of a run: on the terminal, and in files for people and machines.
//!
//! The book (`report.jsonl`) is the source; everything else is made of what it says, be the run
//! one that has just ended or one that was stored.

mod again;
mod badge;
mod baseline;
mod book;
mod clock;
mod difference;
mod failure;
mod flakes;
mod group;
mod html;
mod junit;
mod line;
mod markdown;
mod merge;
mod paint;
mod progress;
mod rate;
#[cfg(test)]
pub(crate) mod sample;
mod shard;
mod stored;
mod tally;
mod tap;
mod terminal;
#[cfg(test)]
mod tests;
mod words;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::catalogue;

pub(crate) use baseline::Baseline;
pub(crate) use book::{Book, hex};
pub(crate) use clock::utc_now;
pub(crate) use difference::Difference;
pub(crate) use failure::Failure;
pub(crate) use group::{Group, deviations, skips};
pub(crate) use line::{Finding, Footer, Header, Line, Listed, SCHEMA};
pub(crate) use paint::{Paint, printable};
pub(crate) use progress::Progress;
pub(crate) use shard::Shard;
pub(crate) use tally::Tally;
pub(crate) use terminal::Detail;
pub(crate) use words::{columns, counted, kind_word, observed, plural, wrapped};

/// A run that has ended, one way or the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// What was to be done, and where.
    pub(crate) header: Header,
    /// What came of it: round by round, subject by subject, in the order of the catalogue.
    pub(crate) findings: Vec<Finding>,
    /// How it ended; none where it was cut off.
    pub(crate) footer: Option<Footer>,
}

impl Report {
    /// A report of these findings, which it puts in order.
    pub(crate) fn new(header: Header, mut findings: Vec<Finding>, footer: Option<Footer>) -> Self {
        let subjects: HashMap<_, _> =
            header.subjects.iter().enumerate().map(|(at, it)| (&*it.name, at)).collect();
        let clauses = places();
        let place = |places: &HashMap<&str, usize>, name: &str| {
            places.get(name).copied().unwrap_or(usize::MAX)
        };
        let order = |one: &Finding, other: &Finding| -> Ordering {
            let key = |it: &Finding| {
                (it.round, place(&subjects, &it.subject), it.axis, place(&clauses, &it.clause))
            };
            // What this catalogue no longer has stands at the end, by its name.
            key(one).cmp(&key(other)).then_with(|| one.clause.cmp(&other.clause))
        };
        findings.sort_by(order);
        Self { header, findings, footer }
    }

    /// The counts.
    pub(crate) fn tally(&self) -> Tally {
        Tally::new(&self.header, &self.findings)
    }

    /// The counts in a line, and how many failures of them are in the baseline.
    pub(crate) fn last_line(&self) -> String {
        match self.findings.iter().filter(|finding| finding.known).count() {
            0 => self.tally().to_string(),
            known => format!("{}; {} of the failures known to the baseline", self.tally(), known),
        }
    }

    /// Notes how the run ended. `whole` says that nothing cut it short.
    pub(crate) fn end(&mut self, whole: bool, took: Duration, exit: u8) -> &Footer {
        let counts = self.tally();
        self.footer.insert(Footer {
            complete: whole && counts.not_run == 0 && counts.runs == self.header.planned,
            planned: self.header.planned,
            written: self.findings.len(),
            counts,
            millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            exit,
        })
    }

    /// The clauses that were judged, group by group, in the order of the catalogue.
    pub(crate) fn chapters(&self) -> Vec<(&str, Vec<&str>)> {
        let mut judged: Vec<&str> = Vec::new();
        let mut seen = HashSet::new();
        for finding in &self.findings {
            if seen.insert(&finding.clause) {
                judged.push(&finding.clause);
            }
        }
        let places = places();
        let place = |clause: &str| places.get(clause).copied().unwrap_or(usize::MAX);
        judged.sort_by_key(|clause| place(clause));
        let chapters = judged.chunk_by(|one, other| group_of(one) == group_of(other));
        chapters.map(|clauses| (group_of(clauses[0]), clauses.to_vec())).collect()
    }

    /// How long it took.
    pub(crate) fn took(&self) -> Duration {
        Duration::from_millis(self.footer.as_ref().map_or(0, |footer| footer.millis))
    }
}

/// Where each clause stands in the catalogue.
fn places() -> HashMap<&'static str, usize> {
    catalogue::all().enumerate().map(|(at, clause)| (clause.id, at)).collect()
}

/// The group of the clause `id`: the id without its last word.
pub(crate) fn group_of(id: &str) -> &str {
    id.rsplit_once('.').map_or(id, |(group, _)| group)
}
