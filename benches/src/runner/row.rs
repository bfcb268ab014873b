//! A contest with what became of it, in figures and in words.

use super::rounds::Outcome;
use super::spread::Spread;
use crate::contest::{Contest, Cost, Goal, Work};

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Row {
    /// The group.
    pub group: &'static str,
    /// What both did.
    pub case: String,
    /// What of ours did it.
    pub ours: &'static str,
    /// Who else did it.
    pub peer: &'static str,
    /// What was to be reached.
    pub goal: Option<Goal>,
    /// What one iteration moved.
    pub work: Work,
    /// What was measured.
    pub cost: Cost,
    /// What became of it.
    pub outcome: Outcome,
}

/// Which ratios are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Of speeds.
    Higher,
    /// Of costs.
    Lower,
}

/// How a ratio stands to its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole confidence interval is on the right side.
    Met,
    /// The median is on the right side, an end of the interval on the wrong one.
    MetWithinNoise,
    /// The median is on the wrong side, an end of the interval on the right one.
    MissedWithinNoise,
    /// The whole confidence interval is on the wrong side.
    Missed,
}

impl Row {
    /// What became of `contest`.
    #[must_use]
    pub fn new(contest: &Contest, outcome: Outcome) -> Self {
        let Contest { group, ours, peer, goal, work, cost, .. } = *contest;
        Self { group, case: contest.case.clone(), ours, peer, goal, work, cost, outcome }
    }

    /// What the ratio is of: the goal says so, and where there is none what was measured, of which
    /// processor time and memory are costs.
    #[must_use]
    pub fn better(&self) -> Better {
        match (self.goal, self.cost) {
            (Some(Goal::AtLeast(_)), _) | (None, Cost::Time) => Better::Higher,
            (Some(Goal::AtMost(_)), _) | (None, Cost::Cpu | Cost::Memory) => Better::Lower,
        }
    }

    /// Our speed, or our cost, in units of the peer's. `None` where it did not run.
    #[must_use]
    pub fn ratio(&self) -> Option<Spread> {
        let Outcome::Ran(rounds) = &self.outcome else { return None };
        let speed = Spread::of(&rounds.ratios)?;
        Some(match self.better() {
            Better::Higher => speed,
            Better::Lower => speed.inverse(),
        })
    }

    /// How the ratio stands to the goal; `None` without either.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let (ratio, goal) = (self.ratio()?, self.goal?);
        let met = |value: f64| match goal {
            Goal::AtLeast(least) => value >= least,
            Goal::AtMost(most) => value <= most,
        };
        let surely = ratio.confidence.into_iter().all(met);
        let hardly = ratio.confidence.into_iter().any(met);
        Some(match (met(ratio.median), surely, hardly) {
            (true, true, _) => Verdict::Met,
            (true, false, _) => Verdict::MetWithinNoise,
            (false, _, true) => Verdict::MissedWithinNoise,
            (false, _, false) => Verdict::Missed,
        })
    }

    /// The verdict, or why there is none.
    #[must_use]
    pub fn word(&self) -> String {
        match (&self.outcome, self.verdict()) {
            (Outcome::Skipped(reason), _) => format!("SKIPPED: {reason}"),
            (Outcome::Failed(reason), _) => format!("FAILED: {reason}"),
            (Outcome::Ran(_), None) => "-".to_owned(),
            (Outcome::Ran(_), Some(verdict)) => verdict.word().to_owned(),
        }
    }

    /// What is told of it, a cell each: the case, ours, the peer, the time and the rate of each,
    /// the ratio, its interval, which ones are better, the goal, the verdict, the rounds.
    #[must_use]
    pub fn cells(&self) -> [String; 11] {
        let [mut ours, mut peer, mut middle, mut interval, mut kept] =
            [(); 5].map(|()| String::new());
        if let (Outcome::Ran(rounds), Some(ratio)) = (&self.outcome, self.ratio()) {
            [ours, peer] = [rounds.ours_ns, rounds.peer_ns].map(|ns| self.figures(ns));
            middle = short(ratio.median);
            interval = format!("{}..{}", short(ratio.confidence[0]), short(ratio.confidence[1]));
            let count = rounds.ratios.len();
            kept = format!("{count} of {}", count + rounds.left_out);
        }
        let case = match self.cost {
            Cost::Cpu if !self.case.starts_with("CPU") => format!("{} (CPU)", self.case),
            _ => self.case.clone(),
        };
        let better = self.better().word().to_owned();
        let goal = self.goal.map_or_else(|| "-".to_owned(), goal);
        let (ours_name, peer_name) = (self.ours.to_owned(), self.peer.to_owned());
        [case, ours_name, ours, peer_name, peer, middle, interval, better, goal, self.word(), kept]
    }

    /// The time, and what it makes a second, at so many nanoseconds an iteration.
    fn figures(&self, ns: f64) -> String {
        match (self.cost, self.work) {
            // Processor time makes no rate: others run meanwhile.
            (Cost::Cpu, _) => time(ns),
            (Cost::Memory, _) => memory(ns),
            (Cost::Time, Work::Bytes(bytes)) => {
                format!("{}, {}B/s", time(ns), scaled(bytes as f64 * 1e9 / ns))
            }
            (Cost::Time, Work::Elements(elements)) => {
                format!("{}, {}/s", time(ns), scaled(elements as f64 * 1e9 / ns))
            }
        }
    }
}

/// What the cells of a row are.
pub(super) const HEADS: [&str; 11] = [
    "case",
    "ours",
    "figures",
    "peer",
    "figures",
    "ratio",
    "95 % within",
    "better",
    "goal",
    "verdict",
    "rounds",
];

impl Better {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        }
    }
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetWithinNoise => "met, within the noise",
            Self::MissedWithinNoise => "missed, within the noise",
            Self::Missed => "MISSED",
        }
    }
}

/// The goal as the issue writes it.
#[must_use]
pub(super) fn goal(goal: Goal) -> String {
    match goal {
        Goal::AtLeast(least) => format!(">= {least}"),
        Goal::AtMost(most) => format!("<= {most}"),
    }
}

/// A time, given in nanoseconds, with three digits that count.
fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ..1e3 => (ns, "ns"),
        ..1e6 => (ns / 1e3, "us"),
        ..1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{} {unit}", three_digits(value))
}

/// An amount of memory, with three digits that count.
fn memory(bytes: f64) -> String {
    match bytes {
        ..1024.0 => format!("{} B", three_digits(bytes)),
        _ => format!("{} KiB", three_digits(bytes / 1024.0)),
    }
}

fn scaled(value: f64) -> String {
    let (value, prefix) = match value {
        ..1e3 => (value, ""),
        ..1e6 => (value / 1e3, "k"),
        ..1e9 => (value / 1e6, "M"),
        _ => (value / 1e9, "G"),
    };
    format!("{} {prefix}", three_digits(value))
}

fn three_digits(value: f64) -> String {
    let digits = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

/// A ratio: three decimals near one, where goals are near too.
fn short(ratio: f64) -> String {
    if ratio < 2.0 { format!("{ratio:.3}") } else { three_digits(ratio) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::rounds::Rounds;

    fn row(goal: Option<Goal>, ratios: &[f64]) -> Row {
        let rounds =
            Rounds { ours_ns: 100.0, peer_ns: 200.0, ratios: ratios.to_vec(), left_out: 0 };
        Row {
            group: "call",
            case: "case".to_owned(),
            ours: "ours",
            peer: "peer",
            goal,
            work: Work::Bytes(64),
            cost: Cost::Time,
            outcome: Outcome::Ran(rounds),
        }
    }

    #[test]
    fn verdicts_at_their_edges() {
        let ratios = [1.9, 2.0, 2.0, 2.0, 2.1, 2.0];
        for (goal, verdict) in [
            (Goal::AtLeast(1.9), Verdict::Met),
            (Goal::AtLeast(2.0), Verdict::MetWithinNoise),
            (Goal::AtLeast(2.1), Verdict::MissedWithinNoise),
            (Goal::AtLeast(2.11), Verdict::Missed),
            // Turned round: from 0.476 to 0.526, and 0.5 in the middle.
            (Goal::AtMost(0.53), Verdict::Met),
            (Goal::AtMost(0.5), Verdict::MetWithinNoise),
            (Goal::AtMost(0.48), Verdict::MissedWithinNoise),
            (Goal::AtMost(0.47), Verdict::Missed),
        ] {
            assert_eq!(row(Some(goal), &ratios).verdict(), Some(verdict), "{goal:?}");
        }
        assert_eq!(row(None, &ratios).verdict(), None);
    }

    #[test]
    fn costs_are_better_low_and_speeds_high() {
        let measured = |cost| Row { cost, ..row(None, &[2.0; 6]) };
        let told = |row: Row| (row.better(), row.ratio().unwrap().median);
        assert_eq!(told(measured(Cost::Time)), (Better::Higher, 2.0));
        assert_eq!(told(measured(Cost::Cpu)), (Better::Lower, 0.5));
        assert_eq!(told(measured(Cost::Memory)), (Better::Lower, 0.5));
        assert_eq!(told(row(Some(Goal::AtMost(1.0)), &[2.0; 6])), (Better::Lower, 0.5));
    }

    #[test]
    fn the_rounds_that_were_left_out_are_told() {
        let mut row = row(None, &[2.0; 6]);
        let Outcome::Ran(rounds) = &mut row.outcome else { panic!("it ran") };
        rounds.left_out = 3;
        assert_eq!(row.cells()[10], "6 of 9");
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(time(2.345), "2.35 ns");
        assert_eq!(time(6213.0), "6.21 us");
        assert_eq!(time(186_000.0), "186 us");
        assert_eq!(time(1.5e9), "1.50 s");
        assert_eq!(memory(440.4), "440 B");
        assert_eq!(memory(14.04 * 1024.0), "14.0 KiB");
        assert_eq!(scaled(18.04e6), "18.0 M");
        assert_eq!(scaled(7.2e9), "7.20 G");
        assert_eq!(short(0.012), "0.012");
        assert_eq!(short(52.34), "52.3");
    }
}
