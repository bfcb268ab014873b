//! All rounds of one clause on one subject.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::report::Finding;
use crate::report::line::Recorded;
use crate::{Axis, Raw, Verdict};

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
        let worst = self.findings.iter().min_by_key(|finding| weight(finding));
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

    /// Whether its rounds differ, and not only by what the baseline knows.
    pub(crate) fn fails_for_flakes(&self) -> bool {
        self.is_flaky() && !self.findings.iter().any(|finding| finding.known)
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
pub(crate) fn weight(finding: &Finding) -> u8 {
    match finding.verdict {
        Verdict::Regression if !finding.known => 0,
        Verdict::NotRun => 1,
        Verdict::Stale if !finding.known => 2,
        Verdict::Regression => 3,
        Verdict::Stale => 4,
        Verdict::Deviation => 5,
        Verdict::Ok => 6,
        Verdict::Skipped => 7,
    }
}

/// Each recorded deviation that was seen, once, with the subjects it was seen on.
pub(crate) fn deviations<'a>(
    groups: &[Group<'a>],
) -> Vec<(&'a Finding, &'a Recorded, Vec<&'a str>)> {
    let mut seen: Vec<(&Finding, &Recorded, Vec<&str>)> = Vec::new();
    for group in groups.iter().filter(|group| group.worst().verdict == Verdict::Deviation) {
        let finding = group.worst();
        let Some(known) = &finding.recorded else { continue };
        let same = |(other, recorded, _): &&mut (&Finding, &Recorded, Vec<&str>)| {
            other.title() == finding.title() && *recorded == known
        };
        match seen.iter_mut().find(same) {
            Some((.., names)) => names.push(group.subject()),
            None => seen.push((finding, known, vec![group.subject()])),
        }
    }
    seen
}

/// How many cases were skipped for want of what, the most first.
pub(crate) fn skips<'a>(groups: &[Group<'a>]) -> Vec<(&'a str, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for group in groups {
        if let Raw::Skipped { needs } = &group.worst().raw {
            needs.iter().for_each(|need| *counts.entry(need).or_default() += 1);
        }
    }
    let mut skips: Vec<_> = counts.into_iter().collect();
    skips.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    skips
}
