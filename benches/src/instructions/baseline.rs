//! The counts that the repository remembers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Count;
use crate::runner::Machine;

/// Counts, and what they were counted with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Baseline {
    /// The processor's architecture; counts of another say nothing.
    pub(super) arch: String,
    /// The compiler. Another one may count otherwise, which is told beside a failure.
    pub(super) rustc: String,
    pub(super) counts: Vec<Count>,
}

/// Where it lies, from the workspace's root.
pub(super) const PATH: &str = "benches/instructions.json";

/// Growth by more than this part of the baseline is a regression.
const GROWTH_MAX: f64 = 0.05;

impl Baseline {
    pub(super) fn of(counts: Vec<Count>) -> Self {
        let rustc = Machine::here().rustc;
        Self { arch: std::env::consts::ARCH.to_owned(), rustc, counts }
    }

    pub(super) fn read() -> Result<Self, String> {
        let text = fs::read_to_string(file()).map_err(|error| {
            format!("{PATH} cannot be read: {error}; --update-baseline makes it")
        })?;
        serde_json::from_str(&text).map_err(|error| format!("{PATH} is no baseline: {error}"))
    }

    pub(super) fn write(&self) -> Result<&'static str, String> {
        let mut text = serde_json::to_string_pretty(self).expect("a baseline is JSON");
        text.push('\n');
        fs::write(file(), text).map_err(|error| format!("{PATH} cannot be written: {error}"))?;
        Ok(PATH)
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

/// A count beside its baseline.
#[derive(Debug, PartialEq)]
pub(super) struct Change {
    pub(super) name: String,
    pub(super) before: Option<f64>,
    pub(super) now: Option<f64>,
    pub(super) libc: Option<f64>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Same,
    Fewer,
    More,
    /// The baseline does not have it.
    New,
    /// Only the baseline has it.
    Gone,
}

impl Kind {
    pub(super) fn fails(self) -> bool {
        matches!(self, Self::More | Self::New | Self::Gone)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Fewer => "fewer: --update-baseline keeps it so",
            Self::More => "MORE",
            Self::New => "NOT IN THE BASELINE",
            Self::Gone => "NO LONGER COUNTED",
        }
    }
}

impl Change {
    /// By how many per cent it grew.
    pub(super) fn percent(&self) -> Option<f64> {
        Some(100.0 * (self.now? / self.before? - 1.0))
    }
}

pub(super) fn compare(before: &Baseline, now: &Baseline) -> Vec<Change> {
    let find = |counts: &[Count], name: &str| {
        counts.iter().find(|count| count.name == name).map(|count| (count.ours, count.libc))
    };
    let mut seen = BTreeSet::new();
    let names = now.counts.iter().chain(&before.counts).map(|count| &count.name);
    let names: Vec<_> = names.filter(|name| seen.insert(*name)).collect();
    let change = |name: &String| {
        let (old, new) = (find(&before.counts, name), find(&now.counts, name));
        let kind = match (old, new) {
            (None, _) => Kind::New,
            (_, None) => Kind::Gone,
            (Some((old, _)), Some((new, _))) if new > old * (1.0 + GROWTH_MAX) => Kind::More,
            (Some((old, _)), Some((new, _))) if new < old * (1.0 - GROWTH_MAX) => Kind::Fewer,
            _ => Kind::Same,
        };
        let (before, libc) = (old.map(|(ours, _)| ours), new.and_then(|(_, libc)| libc));
        Change { name: name.clone(), before, now: new.map(|(ours, _)| ours), libc, kind }
    };
    names.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(counts: &[(&str, f64)]) -> Baseline {
        let count = |&(name, ours): &(&str, f64)| Count { name: name.into(), ours, libc: None };
        let counts = counts.iter().map(count).collect();
        Baseline { arch: String::new(), rustc: String::new(), counts }
    }

    fn kinds(before: &[(&str, f64)], now: &[(&str, f64)]) -> Vec<Kind> {
        let changes = compare(&baseline(before), &baseline(now));
        changes.into_iter().map(|change| change.kind).collect()
    }

    #[test]
    fn six_per_cent_more_fail_and_four_pass() {
        let before = [("send", 100.0), ("recv", 100.0), ("decode", 100.0)];
        let now = [("send", 106.0), ("recv", 104.0), ("decode", 90.0)];
        let kinds = kinds(&before, &now);
        assert_eq!(kinds, [Kind::More, Kind::Same, Kind::Fewer]);
        let fails: Vec<_> = kinds.into_iter().map(Kind::fails).collect();
        assert_eq!(fails, [true, false, false]);
    }

    #[test]
    fn what_only_one_of_them_has_fails() {
        assert_eq!(kinds(&[("a", 1.0)], &[("b", 1.0)]), [Kind::New, Kind::Gone]);
        assert!(Kind::New.fails() && Kind::Gone.fails());
    }

    #[test]
    fn the_baseline_of_the_repository_is_one() {
        let baseline = Baseline::read().unwrap();
        assert!(!baseline.counts.is_empty());
        assert!(baseline.counts.iter().all(|count| count.ours > 0.0));
    }
}
