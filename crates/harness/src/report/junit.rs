//! The run as JUnit's XML, which build servers read.

use std::io;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::report::{Group, Paint, Report, observed};
use crate::{Raw, Verdict};

impl Report<'_> {
    /// Writes a suite for each subject, with a case for each clause.
    pub(crate) fn junit(&self, to: impl io::Write) -> io::Result<()> {
        let groups = Group::of(&self.entries);
        let mut document = Document::new("conformance");
        document.set_time(self.took);
        for (place, judged) in self.plan.judged.iter().enumerate() {
            let mut suite = TestSuite::new(judged.name);
            for group in groups.iter().filter(|group| group.job().judged == place) {
                suite.add_test_case(self.test_case(judged.name, group));
            }
            document.add_test_suite(suite);
        }
        document.serialize(to).map_err(io::Error::other)
    }

    fn test_case(&self, name: &str, group: &Group<'_>) -> TestCase {
        let entry = group.worst();
        let mut case = TestCase::new(group.clause().id, self.status(group));
        case.set_classname(format!("{name}.{}", group.clause().group())).set_time(entry.took);
        if entry.verdict == Verdict::Deviation {
            case.add_property(("deviation", observed(&entry.raw).as_str()));
        }
        if !entry.complaints.is_empty() {
            case.set_system_err(entry.complaints.join("\n"));
        }
        case
    }

    fn status(&self, group: &Group<'_>) -> TestCaseStatus {
        let entry = group.worst();
        let (kind, word) = match (entry.verdict, &entry.raw) {
            (Verdict::Ok | Verdict::Deviation, _) => return TestCaseStatus::success(),
            (Verdict::Skipped, raw) => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(observed(raw));
                return status;
            }
            (Verdict::Stale, _) => (NonSuccessKind::Failure, "stale"),
            (_, Raw::Hung { .. }) => (NonSuccessKind::Error, "hung"),
            (_, Raw::Crashed { .. }) => (NonSuccessKind::Error, "crashed"),
            (_, Raw::Panicked { .. }) => (NonSuccessKind::Error, "panicked"),
            (_, Raw::HarnessError { .. }) => (NonSuccessKind::Error, "harness-error"),
            (_, Raw::NotRun { .. }) => (NonSuccessKind::Error, "not-run"),
            _ => (NonSuccessKind::Failure, "regression"),
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(word).set_message(observed(&entry.raw));
        status.set_description(self.failure(group).text(Paint::default()));
        status
    }
}
