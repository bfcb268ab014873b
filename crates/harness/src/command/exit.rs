//! The exit codes.

use std::process::ExitCode;

use crate::report::{Finding, Group, Report};
use crate::runner::Outcome;
use crate::{Raw, Verdict};

/// How a run went, as a number that scripts read. The numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is as it should be, as recorded, or no worse than the baseline.
    Ok = 0,
    /// Something is neither permitted nor recorded, or differs from round to round.
    Regressions = 1,
    /// What was asked for makes no sense.
    Usage = 2,
    /// No subject could be started.
    NotStarted = 3,
    /// Every case was skipped, or there was none.
    NothingRan = 4,
    /// The only fault is a recorded deviation, or a failure of the baseline, that is no longer
    /// seen.
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
        let any = |what: fn(&Finding) -> bool| report.findings.iter().any(what);
        let failing = |wanted: Verdict| {
            report.findings.iter().any(|finding| finding.verdict == wanted && finding.fails())
        };
        if any(|finding| matches!(finding.raw, Raw::HarnessError { .. })) {
            Self::HarnessBug
        } else if any(|finding| finding.verdict == Verdict::NotRun) {
            Self::Incomplete
        } else if failing(Verdict::Regression)
            || Group::of(&report.findings).iter().any(Group::fails_for_flakes)
        {
            Self::Regressions
        } else if !any(Finding::ran) {
            Self::NothingRan
        } else if failing(Verdict::Stale) {
            Self::Stale
        } else {
            Self::Ok
        }
    }

    /// What a report that was stored comes to.
    pub(crate) fn of_stored(report: &Report) -> Self {
        match &report.footer {
            Some(footer) if footer.exit == Self::Interrupted as u8 => Self::Interrupted,
            Some(footer) if footer.exit == Self::NotStarted as u8 => Self::NotStarted,
            _ => match Self::of_whole(report) {
                bug @ Self::HarnessBug => bug,
                _ if !report.is_whole() => Self::Incomplete,
                // That its baseline was stale is not in its cases.
                Self::Ok if report.footer.as_ref().is_some_and(|it| it.exit == 5) => Self::Stale,
                exit => exit,
            },
        }
    }

    /// As `main` returns it.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use serde_json::json;

    use super::*;
    use crate::report::sample::{case, in_round, report};

    fn exit(cases: &[serde_json::Value], outcome: &Outcome) -> u8 {
        Exit::of(&report(&[("it", "stream")], cases), outcome) as u8
    }

    #[test]
    fn each_code_has_its_cause() {
        let of = |verdict| case("it", &format!("x.y.{verdict}"), verdict);
        let mut bug = of("skipped");
        bug["raw"] = "harness-error".into();
        bug["why"] = json!("a worker said something that makes no sense");
        bug["verdict"] = "regression".into();
        let mut known = of("regression");
        known["known"] = true.into();
        let flaky = [case("it", "x.y.z", "ok"), in_round(case("it", "x.y.z", "deviation"), 1)];
        for (code, cases) in [
            (0, &[of("ok"), of("deviation"), of("skipped")][..]),
            (0, &[of("ok"), known]),
            (1, &[of("ok"), of("regression"), of("stale")]),
            (1, &flaky),
            (4, &[of("skipped")]),
            (4, &[]),
            (5, &[of("ok"), of("stale")]),
            (6, &[of("regression"), of("not-run")]),
            (70, &[bug, of("regression"), of("not-run")]),
        ] {
            assert_eq!(exit(cases, &Outcome::Whole), code, "{cases:?}");
            assert_eq!(exit(cases, &Outcome::Interrupted), 130);
            assert_eq!(exit(cases, &Outcome::NoWorker(io::Error::other("none"))), 3);
        }
        assert_eq!(Exit::Usage as u8, 2);
    }

    #[test]
    fn what_is_stored_exits_as_it_did() {
        let mut stored = report(&[("it", "stream")], &[case("it", "x.y.z", "ok")]);
        for (exit, told) in [(0, 0), (5, 5), (3, 3), (130, 130)] {
            stored.footer.as_mut().expect("it has ended").exit = exit;
            assert_eq!(Exit::of_stored(&stored) as u8, told);
        }
        stored.footer = None;
        assert_eq!(Exit::of_stored(&stored) as u8, 6);
    }
}
