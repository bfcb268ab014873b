//! The exit codes.

use std::process::ExitCode;

use crate::Raw;
use crate::report::{Group, Report};
use crate::runner::Outcome;

/// How a run went, as a number that scripts read. The numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is as it should be, or as recorded.
    Ok = 0,
    /// Something is neither permitted nor recorded, or differs from round to round.
    Regressions = 1,
    /// What was asked for makes no sense.
    Usage = 2,
    /// No subject could be started.
    NotStarted = 3,
    /// Every case was skipped, or there was none.
    NothingRan = 4,
    /// The only fault is a recorded deviation that is no longer seen.
    Stale = 5,
    /// Cases were left out, or the report could not be written.
    Incomplete = 6,
    /// The judge itself is at fault.
    HarnessBug = 70,
    /// Somebody wanted it to end.
    Interrupted = 130,
}

impl Exit {
    /// What `report` comes to.
    pub(crate) fn of(report: &Report<'_>, outcome: &Outcome) -> Self {
        let tally = report.tally();
        let bug = |raw: &Raw| matches!(raw, Raw::HarnessError { .. });
        match outcome {
            Outcome::Interrupted => Self::Interrupted,
            Outcome::NoWorker(_) => Self::NotStarted,
            Outcome::Whole if report.entries.iter().any(|entry| bug(&entry.raw)) => {
                Self::HarnessBug
            }
            Outcome::Whole if tally.not_run > 0 => Self::Incomplete,
            Outcome::Whole if tally.regressions > 0 => Self::Regressions,
            Outcome::Whole if Group::of(&report.entries).iter().any(Group::is_flaky) => {
                Self::Regressions
            }
            Outcome::Whole if !report.entries.iter().any(|entry| entry.ran()) => Self::NothingRan,
            Outcome::Whole if tally.stale > 0 => Self::Stale,
            Outcome::Whole => Self::Ok,
        }
    }

    /// As `main` returns it.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
