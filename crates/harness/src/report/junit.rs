//! The run as JUnit's XML, which build servers read.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::report::{Group, Paint, Report, observed};
use crate::{Raw, Verdict};

impl Report {
    /// Writes a suite for each subject, with a case for each clause.
    pub(crate) fn junit(&self, to: impl io::Write) -> io::Result<()> {
        let groups = Group::of(&self.findings);
        let mut document = Document::new("conformance");
        document.set_time(self.took());
        for subject in &self.header.subjects {
            let mut suite = TestSuite::new(&*subject.name);
            for group in groups.iter().filter(|group| group.subject() == subject.name) {
                suite.add_test_case(self.test_case(group));
            }
            document.add_test_suite(suite);
        }
        document.serialize(to).map_err(io::Error::other)
    }

    fn test_case(&self, group: &Group<'_>) -> TestCase {
        let finding = group.worst();
        let mut case = TestCase::new(&*group.title(), self.status(group));
        case.set_classname(format!("{}.{}", group.subject(), finding.group()));
        case.set_time(Duration::from_micros(finding.micros));
        if finding.verdict == Verdict::Deviation {
            case.add_property(("deviation", observed(&finding.raw).as_str()));
        }
        if finding.known {
            case.add_property(("in the baseline", observed(&finding.raw).as_str()));
        }
        if !finding.stderr.is_empty() {
            case.set_system_err(finding.stderr.join("\n"));
        }
        case
    }

    fn status(&self, group: &Group<'_>) -> TestCaseStatus {
        let finding = group.worst();
        let (kind, word) = match (finding.verdict, &finding.raw) {
            (Verdict::Ok | Verdict::Deviation, _) => return TestCaseStatus::success(),
            _ if finding.known => return TestCaseStatus::success(),
            // What was not run has not failed; that the run is not whole is the exit code's to say.
            (Verdict::Skipped | Verdict::NotRun, raw) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(observed(raw));
                return status;
            }
            (Verdict::Stale, _) => (NonSuccessKind::Failure, "stale"),
            (_, Raw::Hung { .. }) => (NonSuccessKind::Error, "hung"),
            (_, Raw::Crashed { .. }) => (NonSuccessKind::Error, "crashed"),
            (_, Raw::Panicked { .. }) => (NonSuccessKind::Error, "panicked"),
            (_, Raw::HarnessError { .. }) => (NonSuccessKind::Error, "harness-error"),
            _ => (NonSuccessKind::Failure, "regression"),
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(word).set_message(observed(&finding.raw));
        status.set_description(self.failure(group).text(Paint::default()));
        status
    }
}
