//! The exit codes.

use std::process::ExitCode;

use crate::Raw;
use crate::report::{Finding, Group, Report};
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
    pub(crate) fn of(report: &Report, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Interrupted => Self::Interrupted,
            Outcome::NoWorker(_) => Self::NotStarted,
            Outcome::Whole => Self::of_whole(report),
        }
    }

    /// What `report` comes to, where nothing cut the run short.
    pub(crate) fn of_whole(report: &Report) -> Self {
        let tally = report.tally();
        let bug = |finding: &Finding| matches!(finding.raw, Raw::HarnessError { .. });
        if report.findings.iter().any(bug) {
            Self::HarnessBug
        } else if tally.not_run > 0 {
            Self::Incomplete
        } else if tally.regressions > 0 || Group::of(&report.findings).iter().any(Group::is_flaky) {
            Self::Regressions
        } else if !report.findings.iter().any(Finding::ran) {
            Self::NothingRan
        } else if tally.stale > 0 {
            Self::Stale
        } else {
            Self::Ok
        }
    }

    /// As `main` returns it.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
