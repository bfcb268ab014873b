//! The run as a page: the counts, a matrix of clauses and subjects, the failures.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};

use crate::Verdict;
use crate::interop;
use crate::report::group::weight;
use crate::report::{Finding, Group, Paint, Report};

impl Report {
    /// The page.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write_markdown(&mut out);
        out
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        let groups = Group::of(&self.findings);
        writeln!(out, "# Conformance\n\n`{}`\n", self.last_line())?;
        let header = &self.header;
        writeln!(out, "- system: {} {}", header.os, header.kernel)?;
        writeln!(out, "- architecture: {}", header.arch)?;
        writeln!(out, "- catalogue: edition {}", header.catalogue.edition)?;
        let axes: BTreeSet<_> = groups.iter().filter_map(Group::axis).collect();
        if !axes.is_empty() {
            let names: Vec<_> = axes.iter().map(|axis| axis.name()).collect();
            writeln!(out, "- adversity: {}", names.join(", "))?;
        }
        writeln!(out, "- seed: `{}`", header.seed)?;
        writeln!(out, "- time: {:.1} s\n", self.took().as_secs_f64())?;
        interop::write_markdown(self, out)?;
        self.write_subjects(out)?;
        self.write_failures(out, &groups)?;
        self.write_matrix(out, &groups)
    }

    fn write_subjects(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "## Subjects\n")?;
        writeln!(out, "| subject | kind | ok | deviations | skipped | failed | stale | not run |")?;
        writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|")?;
        for (subject, tally) in self.header.subjects.iter().zip(self.tallies()) {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                subject.name,
                subject.is,
                tally.ok,
                tally.deviations,
                tally.skipped,
                tally.regressions,
                tally.stale,
                tally.not_run
            )?;
        }
        writeln!(out)
    }

    fn write_failures(&self, out: &mut String, groups: &[Group<'_>]) -> fmt::Result {
        let failures = self.failures(groups);
        if failures.is_empty() {
            return Ok(());
        }
        writeln!(out, "## Failures\n")?;
        for failure in failures {
            writeln!(
                out,
                "```text\n{}```\n",
                failure.text(Paint::default()).replace("```", "'''")
            )?;
        }
        Ok(())
    }

    fn write_matrix(&self, out: &mut String, groups: &[Group<'_>]) -> fmt::Result {
        let mut cells: HashMap<_, &Finding> = HashMap::new();
        for group in groups {
            let finding = group.worst();
            let cell = cells.entry((group.clause(), group.subject())).or_insert(finding);
            // Under several axes the worst is shown.
            if weight(finding) < weight(cell) {
                *cell = finding;
            }
        }
        writeln!(out, "## Matrix\n\n{LEGEND}\n")?;
        for (title, clauses) in self.chapters() {
            let has =
                |name: &str| clauses.iter().any(|clause| cells.contains_key(&(*clause, name)));
            let names = self.header.subjects.iter().map(|subject| &*subject.name);
            let names: Vec<&str> = names.filter(|name| has(name)).collect();
            writeln!(out, "### {title}\n\n| clause | {} |", names.join(" | "))?;
            writeln!(out, "|---{}|", "|:-:".repeat(names.len()))?;
            for clause in clauses {
                let row = names
                    .iter()
                    .map(|name| cells.get(&(clause, *name)).map_or("", |it| symbol(it.verdict)));
                writeln!(out, "| {clause} | {} |", row.collect::<Vec<_>>().join(" | "))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

const LEGEND: &str = "✓ ok, ✗ failed, d deviation as recorded, s deviation no longer seen, \
                      – skipped for want of a capability, ? not run";

fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "✓",
        Verdict::Regression => "✗",
        Verdict::Deviation => "d",
        Verdict::Stale => "s",
        Verdict::Skipped => "–",
        Verdict::NotRun => "?",
    }
}
