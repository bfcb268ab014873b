//! The run as a page: the counts, a matrix of clauses and subjects, the failures.

use std::collections::HashMap;
use std::fmt::{self, Write};

use crate::process::kernel_release;
use crate::report::book::hex;
use crate::report::{Group, Paint, Report, kind_word};
use crate::runner::edition;
use crate::{Clause, Verdict, catalogue};

impl Report<'_> {
    /// The page.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write_markdown(&mut out);
        out
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        let groups = Group::of(&self.entries);
        writeln!(out, "# Conformance\n\n`{}`\n", self.tally())?;
        writeln!(out, "- system: {} {}", std::env::consts::OS, kernel_release())?;
        writeln!(out, "- architecture: {}", std::env::consts::ARCH)?;
        writeln!(out, "- catalogue: edition {}", edition())?;
        writeln!(out, "- seed: `{}`", hex(self.plan.seed))?;
        writeln!(out, "- time: {:.1} s\n", self.took.as_secs_f64())?;
        self.write_subjects(out)?;
        self.write_failures(out, &groups)?;
        self.write_matrix(out, &groups)
    }

    fn write_subjects(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "## Subjects\n")?;
        writeln!(out, "| subject | kind | ok | deviations | skipped | failed | stale | not run |")?;
        writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|")?;
        for (judged, tally) in self.plan.judged.iter().zip(self.tallies()) {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                judged.name,
                kind_word(judged.subject),
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
        let cells: HashMap<_, _> = groups
            .iter()
            .map(|group| ((group.clause().id, group.job().judged), group.worst().verdict))
            .collect();
        writeln!(out, "## Matrix\n\n{LEGEND}\n")?;
        let clauses: Vec<&Clause> = catalogue::all().collect();
        for group in clauses.chunk_by(|one, other| one.group() == other.group()) {
            let has =
                |place: usize| group.iter().any(|clause| cells.contains_key(&(clause.id, place)));
            let places: Vec<usize> = (0..self.plan.judged.len()).filter(|at| has(*at)).collect();
            if places.is_empty() {
                continue;
            }
            let names: Vec<&str> = places.iter().map(|at| self.plan.judged[*at].name).collect();
            writeln!(out, "### {}\n\n| clause | {} |", group[0].group(), names.join(" | "))?;
            writeln!(out, "|---{}|", "|:-:".repeat(names.len()))?;
            for clause in group {
                let row = places.iter().map(|at| cells.get(&(clause.id, *at)).map_or("", symbol));
                let row: Vec<&str> = row.collect();
                if row.iter().any(|cell| !cell.is_empty()) {
                    writeln!(out, "| {} | {} |", clause.id, row.join(" | "))?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

const LEGEND: &str = "✓ ok, ✗ failed, d deviation as recorded, s deviation no longer seen, \
                      – skipped for want of a capability, ? not run";

fn symbol(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "✓",
        Verdict::Regression => "✗",
        Verdict::Deviation => "d",
        Verdict::Stale => "s",
        Verdict::Skipped => "–",
        Verdict::NotRun => "?",
    }
}
