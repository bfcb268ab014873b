//! What differed from round to round, and how often, as far as so many rounds tell.

use crate::Verdict;
use crate::report::rate::{limits, percent};
use crate::report::{Group, Paint, Report, counted};

impl Report {
    /// A line for each flake, and the line that counts them.
    pub(crate) fn flakes(&self, rounds: usize, paint: Paint) -> String {
        let groups = Group::of(&self.findings);
        let flaky: Vec<_> = groups.iter().filter(|group| group.is_flaky()).collect();
        let mut text = String::new();
        for group in &flaky {
            let (times, all) = (group.times(), group.findings.len());
            text.push_str(&format!(
                "{}  {}  {}: {} in {times} of {all} rounds, {}\n",
                paint.odd("FLAKY"),
                paint.strong(&group.title()),
                group.subject(),
                word(group.worst().verdict),
                range(times, all)
            ));
        }
        let runs = self.findings.iter().filter(|finding| finding.ran()).count();
        let odd: usize = groups.iter().map(odd).sum();
        let (flakes, runs_word) = (flaky.len(), counted(runs));
        text.push_str(&format!("repeat: {rounds} rounds, {flakes} flakes in {runs_word} runs"));
        if runs > 0 {
            text.push_str(&format!("; {} of runs differ", range(odd, runs)));
        }
        text.push('\n');
        text
    }
}

/// How many rounds of `group` did not come to what most of them did.
fn odd(group: &Group<'_>) -> usize {
    let verdicts = group.findings.iter().filter(|finding| finding.ran()).map(|it| it.verdict);
    let verdicts: Vec<_> = verdicts.collect();
    let count = |wanted: &Verdict| verdicts.iter().filter(|it| *it == wanted).count();
    verdicts.len() - verdicts.iter().map(count).max().unwrap_or(0)
}

/// The share, and between which limits the true one lies.
fn range(times: usize, all: usize) -> String {
    let (low, high) = limits(times, all);
    match times {
        0 => format!("at most {} (95 %)", percent(high)),
        _ if times == all => format!("at least {} (95 %)", percent(low)),
        _ => format!(
            "{} ({} to {}, 95 %)",
            percent(times as f64 / all as f64),
            percent(low),
            percent(high)
        ),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Regression => "failed",
        Verdict::Stale => "stale",
        Verdict::Deviation => "a deviation",
        Verdict::Skipped => "skipped",
        Verdict::NotRun => "not run",
    }
}
