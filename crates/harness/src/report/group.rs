//! All rounds of one clause on one subject.

use std::collections::HashMap;

use crate::runner::{Entry, Job};
use crate::{Clause, Verdict};

/// All rounds of one clause on one subject.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The rounds, in order.
    pub(crate) entries: Vec<&'a Entry>,
}

impl<'a> Group<'a> {
    /// The groups of `entries`, in the order of the first round.
    pub(crate) fn of(entries: &'a [Entry]) -> Vec<Self> {
        let mut places = HashMap::new();
        let mut groups: Vec<Self> = Vec::new();
        for entry in entries {
            let key = (entry.job.judged, entry.job.clause.id);
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Self { entries: Vec::new() });
                groups.len() - 1
            });
            groups[place].entries.push(entry);
        }
        groups
    }

    /// The round to show: the worst.
    pub(crate) fn worst(&self) -> &'a Entry {
        let worst = self.entries.iter().min_by_key(|entry| weight(entry.verdict));
        worst.expect("a group has at least the entry that it was made for")
    }

    /// The case of the first round.
    pub(crate) fn job(&self) -> &Job {
        &self.entries[0].job
    }

    /// The clause.
    pub(crate) fn clause(&self) -> &'static Clause {
        self.job().clause
    }

    /// In how many rounds the verdict was the worst one.
    pub(crate) fn times(&self) -> usize {
        let worst = self.worst().verdict;
        self.entries.iter().filter(|entry| entry.verdict == worst).count()
    }

    /// Whether the rounds that ran came to different verdicts.
    pub(crate) fn is_flaky(&self) -> bool {
        let mut verdicts = self.entries.iter().filter(|entry| entry.ran()).map(|e| e.verdict);
        let first = verdicts.next();
        verdicts.any(|verdict| Some(verdict) != first)
    }
}

/// The worst first.
fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Regression => 0,
        Verdict::NotRun => 1,
        Verdict::Stale => 2,
        Verdict::Deviation => 3,
        Verdict::Ok => 4,
        Verdict::Skipped => 5,
    }
}
