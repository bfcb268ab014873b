//! What a person reads when the run has ended.

use crate::report::book::hex;
use crate::report::{Failure, Group, Paint, Report, Tally, columns, counted, observed, wrapped};
use crate::runner::Entry;
use crate::{Deviation, Verdict};

/// How wide text is.
const COLUMNS: usize = 92;

/// A count of the table, under its title.
type Column = (&'static str, fn(&Tally) -> usize);

impl Report<'_> {
    /// Everything but the last line: failures, deviations, a table of the subjects.
    pub(crate) fn summary(&self, paint: Paint) -> String {
        let groups = Group::of(&self.entries);
        let mut out = String::new();
        for failure in self.failures(&groups) {
            out.push_str(&failure.text(paint));
            out.push('\n');
        }
        out.push_str(&self.not_run(&groups, paint));
        out.push_str(&self.deviations(&groups, paint));
        out.push_str(&self.table(paint));
        out
    }

    /// What did not go well, the worst round of each.
    pub(crate) fn failures<'s>(&'s self, groups: &[Group<'s>]) -> Vec<Failure<'s>> {
        let failed = |verdict: Verdict| matches!(verdict, Verdict::Regression | Verdict::Stale);
        let failed = groups.iter().filter(|group| failed(group.worst().verdict));
        failed.map(|group| self.failure(group)).collect()
    }

    pub(crate) fn failure<'s>(&'s self, group: &Group<'s>) -> Failure<'s> {
        let all = group.entries.len();
        Failure {
            entry: group.worst(),
            name: self.plan.judged(group.job()).name,
            rounds: (all > 1).then(|| (group.times(), all)),
            recorded: self.recorded(group.worst()),
            again: self.again(group.worst()),
        }
    }

    /// The line that runs a case again.
    pub(crate) fn again(&self, entry: &Entry) -> String {
        let judged = self.plan.judged(&entry.job);
        let mutants = if judged.mutant.is_some() { " --mutants" } else { "" };
        let round = match entry.job.round {
            0 => String::new(),
            round => format!(" --round {round}"),
        };
        format!(
            "{} run{mutants} --subject {} --only {} --seed {}{round}",
            self.program,
            judged.name,
            entry.job.clause.id,
            hex(self.plan.seed)
        )
    }

    /// The deviation that is recorded for this clause, subject and system.
    pub(crate) fn recorded(&self, entry: &Entry) -> Option<&Deviation> {
        let known = self.plan.judged(&entry.job).deviations.iter();
        let here = |os: &str| os.is_empty() || os == std::env::consts::OS;
        known.into_iter().find(|known| known.clause == entry.job.clause.id && here(known.os))
    }

    fn not_run(&self, groups: &[Group<'_>], paint: Paint) -> String {
        let mut out = String::new();
        for (place, judged) in self.plan.judged.iter().enumerate() {
            let mut missing = groups.iter().filter(|group| {
                group.job().judged == place && group.worst().verdict == Verdict::NotRun
            });
            let Some(first) = missing.next() else { continue };
            out.push_str(&format!(
                "{}  {}: {} clauses from {} on: {}\n",
                paint.bad("NOT RUN"),
                paint.strong(judged.name),
                1 + missing.count(),
                first.clause().id,
                observed(&first.worst().raw).trim_start_matches("not run: ")
            ));
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    /// Each recorded deviation that was seen, with the subjects it was seen on.
    fn deviations(&self, groups: &[Group<'_>], paint: Paint) -> String {
        let mut seen: Vec<(&Deviation, Vec<&str>)> = Vec::new();
        for group in groups.iter().filter(|group| group.worst().verdict == Verdict::Deviation) {
            let Some(known) = self.recorded(group.worst()) else { continue };
            let name = self.plan.judged(group.job()).name;
            match seen.iter_mut().find(|(other, _)| *other == known) {
                Some((_, names)) => names.push(name),
                None => seen.push((known, vec![name])),
            }
        }
        if seen.is_empty() {
            return String::new();
        }
        let mut out =
            format!("{}\n", paint.strong("deviations: known, explained, and exactly as recorded"));
        for (known, names) in seen {
            let clause = paint.odd(known.clause);
            out.push_str(&format!("  {clause}  {}\n    {}\n", names.join(", "), known.sees));
            for line in wrapped(known.reason, COLUMNS) {
                out.push_str(&format!("    {}\n", paint.faint(&line)));
            }
        }
        out.push('\n');
        out
    }

    /// A line for each subject.
    fn table(&self, paint: Paint) -> String {
        let all = self.tally();
        let heads: [Column; 6] = [
            ("ok", |tally| tally.ok),
            ("deviations", |tally| tally.deviations),
            ("skipped", |tally| tally.skipped),
            ("failed", |tally| tally.regressions),
            ("stale", |tally| tally.stale),
            ("not run", |tally| tally.not_run),
        ];
        // The last two are rare, and shown only where they are not all zero.
        let shown: Vec<_> = heads
            .iter()
            .enumerate()
            .filter(|(at, (_, count))| *at < 4 || count(&all) > 0)
            .collect();
        let head = shown.iter().map(|(_, (title, _))| (*title).to_owned());
        let mut rows = vec![std::iter::once("subject".to_owned()).chain(head).collect::<Vec<_>>()];
        let tallies = self.tallies();
        for (judged, tally) in self.plan.judged.iter().zip(&tallies) {
            let counts = shown.iter().map(|(_, (_, count))| counted(count(tally)));
            rows.push(std::iter::once(judged.name.to_owned()).chain(counts).collect());
        }
        let mut out = String::new();
        for (at, line) in columns(&rows).into_iter().enumerate() {
            let line = match at.checked_sub(1).map(|place| tallies[place]) {
                None => paint.faint(&line),
                Some(tally) if tally.regressions + tally.stale + tally.not_run > 0 => {
                    paint.bad(&line)
                }
                Some(_) => line,
            };
            out.push_str(&format!("{line}\n"));
        }
        out
    }

    /// The counts of each subject.
    pub(crate) fn tallies(&self) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.plan.judged.len()];
        for entry in &self.entries {
            tallies[entry.job.judged].add(entry.verdict);
        }
        tallies
    }
}
