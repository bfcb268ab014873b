//! User instructions of single calls, which are the same on a busy machine: by callgrind.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

mod baseline;
mod callgrind;
mod probe;

pub use probe::{Calls, Make, Probe};

use baseline::Baseline;

/// How many instructions one call takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// What is called.
    pub name: String,
    /// Ours.
    pub ours: f64,
    /// libc's for the same, where it has the same.
    pub libc: Option<f64>,
}

/// How many more instructions than libc a call of ours may take.
pub const EXTRA_MAX: f64 = 60.0;

impl Count {
    /// What the cells are.
    pub const HEADS: [&'static str; 6] = ["call", "ours", "libc", "more", "goal", "verdict"];

    /// What ours takes more than libc.
    #[must_use]
    pub fn extra(&self) -> Option<f64> {
        Some(self.ours - self.libc?)
    }

    /// Whether it is within the goal; `None` where libc has no such call.
    #[must_use]
    pub fn meets_goal(&self) -> Option<bool> {
        Some(self.extra()? <= EXTRA_MAX)
    }

    /// What is told of it, a cell each.
    #[must_use]
    pub fn cells(&self) -> [String; 6] {
        let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), figure);
        let (goal, verdict) = match self.meets_goal() {
            None => ("-".to_owned(), "-"),
            Some(met) => (format!("<= libc + {EXTRA_MAX}"), if met { "met" } else { "MISSED" }),
        };
        let extra = self.extra().map_or_else(|| "-".to_owned(), |extra| format!("{extra:+.1}"));
        [self.name.clone(), figure(self.ours), number(self.libc), extra, goal, verdict.to_owned()]
    }
}

fn figure(number: f64) -> String {
    format!("{number:.1}")
}

/// Counts the calls of `probes`, which this program makes when it is started with `probe`.
///
/// # Errors
/// Why nothing can be counted here: valgrind is missing, or does not work.
pub fn count(probes: &[Probe]) -> Result<Vec<Count>, String> {
    callgrind::count(probes)
}

/// Does each counted thing, as often as the counting needs.
pub(crate) fn probe(probes: &[Probe]) -> u8 {
    probe::run_all(probes);
    crate::runner::OK
}

/// Counts, and holds the counts to the baseline or writes it anew. Returns the exit code.
pub(crate) fn check(probes: &[Probe], update: bool) -> u8 {
    let counts = match count(probes) {
        Ok(counts) => counts,
        Err(reason) => {
            println!("SKIPPED: no instructions were counted: {reason}");
            return if update { crate::runner::FAILED } else { crate::runner::OK };
        }
    };
    let now = Baseline::of(counts);
    if update {
        return match now.write() {
            Ok(path) => {
                println!("written: {path}, {} counts", now.counts.len());
                crate::runner::OK
            }
            Err(error) => {
                eprintln!("error: {error}");
                crate::runner::FAILED
            }
        };
    }
    match Baseline::read() {
        Ok(before) if before.arch != now.arch => {
            println!("SKIPPED: the baseline is of {}, this is {}", before.arch, now.arch);
            crate::runner::OK
        }
        Ok(before) => {
            let changes = baseline::compare(&before, &now);
            print!("{}", told(&before, &now, &changes));
            let is_bad = changes.iter().any(|change| change.kind.fails());
            if is_bad { crate::runner::FAILED } else { crate::runner::OK }
        }
        Err(error) => {
            eprintln!("error: {error}");
            crate::runner::FAILED
        }
    }
}

/// The table of a check, and what to do.
fn told(before: &Baseline, now: &Baseline, changes: &[baseline::Change]) -> String {
    let mut text = String::from("user instructions a call (callgrind)\n\n");
    let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), figure);
    let line = |cells: [&str; 6]| {
        let [name, ours, base, change, libc, word] = cells;
        let line = format!("  {name:<36}{ours:>9}{base:>10}{change:>9}{libc:>8}  {word}");
        line.trim_end().to_owned() + "\n"
    };
    text += &line(["call", "now", "baseline", "change", "libc", ""]);
    for change in changes {
        let percent = change.percent().map_or_else(String::new, |part| format!("{part:+.1} %"));
        let (ours, base) = (number(change.now), number(change.before));
        let libc = number(change.libc);
        text += &line([&change.name, &ours, &base, &percent, &libc, change.kind.word()]);
    }
    let bad = changes.iter().filter(|change| change.kind.fails()).count();
    let over: Vec<_> =
        now.counts.iter().filter(|count| count.meets_goal() == Some(false)).collect();
    text.push('\n');
    for count in over {
        let _ = writeln!(text, "over the goal (libc + {EXTRA_MAX}): {}", count.name);
    }
    if before.rustc != now.rustc {
        let _ = writeln!(text, "the baseline is of {}, this is {}", before.rustc, now.rustc);
    }
    let _ = match bad {
        0 => writeln!(text, "bench --check: {} counts ok", changes.len()),
        bad => writeln!(
            text,
            "bench --check: FAILED: {bad} of {} counts are not as in {}; where that is meant: \
             cargo xtask bench --update-baseline",
            changes.len(),
            baseline::PATH
        ),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(ours: f64, libc: Option<f64>) -> Count {
        Count { name: "send".to_owned(), ours, libc }
    }

    #[test]
    fn the_goal_is_libc_and_sixty() {
        assert_eq!(count(100.0, Some(40.0)).meets_goal(), Some(true));
        assert_eq!(count(100.1, Some(40.0)).meets_goal(), Some(false));
        assert_eq!(count(100.0, None).meets_goal(), None);
    }

    #[test]
    fn a_check_says_which_count_grew_and_what_to_do() {
        let baseline = |ours| Baseline {
            arch: "x".to_owned(),
            rustc: format!("rustc {ours}"),
            counts: vec![count(ours, Some(30.0))],
        };
        let (before, now) = (baseline(100.0), baseline(106.0));
        insta::assert_snapshot!(told(&before, &now, &baseline::compare(&before, &now)));
    }
}
