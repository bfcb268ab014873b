//! All rounds of one clause on one subject.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::report::Finding;
use crate::{Axis, Verdict};

/// All rounds of one clause on one subject, under one axis or plainly.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The rounds, in order; one or more.
    pub(crate) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// The groups of `findings`, in the order of the first round.
    pub(crate) fn of(findings: &'a [Finding]) -> Vec<Self> {
        let mut places = HashMap::new();
        let mut groups: Vec<Self> = Vec::new();
        for finding in findings {
            let key = (&finding.subject, finding.axis, &finding.clause);
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Self { findings: Vec::new() });
                groups.len() - 1
            });
            groups[place].findings.push(finding);
        }
        groups
    }

    /// The round to show: the worst.
    pub(crate) fn worst(&self) -> &'a Finding {
        let worst = self.findings.iter().min_by_key(|finding| weight(finding.verdict));
        worst.expect("a group has at least the finding that it was made for")
    }

    /// The subject's name.
    pub(crate) fn subject(&self) -> &'a str {
        &self.findings[0].subject
    }

    /// The clause's id.
    pub(crate) fn clause(&self) -> &'a str {
        &self.findings[0].clause
    }

    /// The axis, where there is one.
    pub(crate) fn axis(&self) -> Option<Axis> {
        self.findings[0].axis
    }

    /// The clause's id, and the axis where there is one.
    pub(crate) fn title(&self) -> Cow<'a, str> {
        self.findings[0].title()
    }

    /// In how many rounds the verdict was the worst one.
    pub(crate) fn times(&self) -> usize {
        let worst = self.worst().verdict;
        self.findings.iter().filter(|finding| finding.verdict == worst).count()
    }

    /// Whether the rounds that ran came to different verdicts.
    pub(crate) fn is_flaky(&self) -> bool {
        let ran = self.findings.iter().filter(|finding| finding.ran());
        let mut verdicts = ran.map(|finding| finding.verdict);
        let first = verdicts.next();
        verdicts.any(|verdict| Some(verdict) != first)
    }
}

/// The worst first.
pub(crate) fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Regression => 0,
        Verdict::NotRun => 1,
        Verdict::Stale => 2,
        Verdict::Deviation => 3,
        Verdict::Ok => 4,
        Verdict::Skipped => 5,
    }
}
