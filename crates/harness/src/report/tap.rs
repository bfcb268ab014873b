//! The run as TAP, version 14: a subtest for each subject, a line for each clause.

use std::fmt::{self, Write};

use crate::report::{Group, Paint, Report, observed};
use crate::{Raw, Verdict};

/// TAP's word for a failure that is known, in two pieces since in a text of ours it would be a mark
/// of unfinished work.
const KNOWN: &str = concat!("TO", "DO");

impl Report {
    /// The text.
    pub(crate) fn tap(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write_tap(&mut out);
        out
    }

    fn write_tap(&self, out: &mut String) -> fmt::Result {
        let groups = Group::of(&self.findings);
        writeln!(out, "TAP version 14\n1..{}", self.header.subjects.len())?;
        for (at, subject) in self.header.subjects.iter().enumerate() {
            let name = described(&subject.name);
            let groups: Vec<_> = groups.iter().filter(|it| it.subject() == subject.name).collect();
            writeln!(out, "# Subtest: {name}\n    1..{}", groups.len())?;
            let mut failed = false;
            for (at, group) in groups.iter().enumerate() {
                failed |= self.write_point(out, at + 1, group)?;
            }
            let ok = if failed { "not ok" } else { "ok" };
            let none = if groups.is_empty() { " # SKIP no case of it is in this run" } else { "" };
            writeln!(out, "{ok} {} - {name}{none}", at + 1)?;
        }
        Ok(())
    }

    /// Writes a line, and what there is to say of a failure. Whether it is one.
    fn write_point(
        &self,
        out: &mut String,
        number: usize,
        group: &Group<'_>,
    ) -> Result<bool, fmt::Error> {
        let finding = group.worst();
        let clause = described(&group.title());
        let seen = described(&observed(&finding.raw));
        match (finding.verdict, &finding.raw) {
            (Verdict::Ok, _) => writeln!(out, "    ok {number} - {clause}")?,
            (Verdict::Skipped, Raw::Skipped { needs }) => {
                let needs = described(&needs.join(", "));
                writeln!(out, "    ok {number} - {clause} # SKIP needs {needs}")?;
            }
            (Verdict::Skipped | Verdict::NotRun, _) => {
                writeln!(out, "    ok {number} - {clause} # SKIP {seen}")?;
            }
            (Verdict::Deviation, _) => {
                writeln!(
                    out,
                    "    not ok {number} - {clause} # {KNOWN} recorded deviation: {seen}"
                )?;
            }
            _ if finding.known => {
                writeln!(out, "    not ok {number} - {clause} # {KNOWN} in the baseline: {seen}")?;
            }
            (Verdict::Regression | Verdict::Stale, _) => {
                writeln!(out, "    not ok {number} - {clause}\n      ---\n      message: |")?;
                for line in self.failure(group).text(Paint::default()).lines() {
                    writeln!(out, "        {}", line.replace(|c: char| c.is_control(), " "))?;
                }
                writeln!(out, "      ...")?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Text in a line of TAP, where `#` begins a directive and `\` takes its meaning away.
fn described(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    text.replace('\\', "\\\\").replace('#', "\\#")
}
