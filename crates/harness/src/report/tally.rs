//! The counts, and the last line of a run.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Verdict;
use crate::report::{Finding, Header};

/// How many cases came to which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Subjects that were judged.
    pub(crate) subjects: usize,
    /// Clauses that they were judged by.
    pub(crate) clauses: usize,
    /// Cases.
    pub(crate) runs: usize,
    /// Of these: permitted behaviours.
    pub(crate) ok: usize,
    /// Behaviours that are neither permitted nor recorded.
    pub(crate) regressions: usize,
    /// Recorded deviations that are no longer seen.
    pub(crate) stale: usize,
    /// Recorded deviations.
    pub(crate) deviations: usize,
    /// Not judged for want of a capability.
    pub(crate) skipped: usize,
    /// Not run.
    pub(crate) not_run: usize,
}

impl Tally {
    /// The counts of a whole run.
    pub(crate) fn new(header: &Header, findings: &[Finding]) -> Self {
        let clauses: HashSet<_> = findings.iter().map(|finding| &finding.clause).collect();
        let (subjects, clauses) = (header.subjects.len(), clauses.len());
        let mut tally = Self { subjects, clauses, ..Self::default() };
        findings.iter().for_each(|finding| tally.add(finding.verdict));
        tally
    }

    /// The cases of both.
    pub(crate) fn with(self, other: &Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            ok: self.ok + other.ok,
            regressions: self.regressions + other.regressions,
            stale: self.stale + other.stale,
            deviations: self.deviations + other.deviations,
            skipped: self.skipped + other.skipped,
            not_run: self.not_run + other.not_run,
            ..self
        }
    }

    /// Counts one case.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        self.runs += 1;
        let count = match verdict {
            Verdict::Ok => &mut self.ok,
            Verdict::Regression => &mut self.regressions,
            Verdict::Stale => &mut self.stale,
            Verdict::Deviation => &mut self.deviations,
            Verdict::Skipped => &mut self.skipped,
            Verdict::NotRun => &mut self.not_run,
        };
        *count += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subjects, clauses, runs, ok, regressions, stale, deviations, skipped, not_run } =
            self;
        write!(
            f,
            "conformance: {subjects} subjects, {clauses} clauses, {runs} runs: {ok} ok, \
             {regressions} regressions, {stale} stale, {deviations} deviations, {skipped} skipped, \
             {not_run} not run"
        )
    }
}
