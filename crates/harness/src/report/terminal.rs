//! What a person reads when the run has ended.

use std::collections::HashMap;

use crate::Verdict;
use crate::interop;
use crate::report::{
    Failure, Group, Paint, Report, Tally, columns, counted, deviations, observed, skips, wrapped,
};

/// How wide text is.
const COLUMNS: usize = 92;

/// A count of the table, under its title.
type Column = (&'static str, fn(&Tally) -> usize);

impl Report {
    /// Everything but the last line: failures, deviations, a table of the subjects.
    pub(crate) fn summary(&self, paint: Paint) -> String {
        let groups = Group::of(&self.findings);
        let mut out = String::new();
        for failure in self.failures(&groups) {
            out.push_str(&failure.text(paint));
            out.push('\n');
        }
        out.push_str(&self.not_run(&groups, paint));
        out.push_str(&self.deviations(&groups, paint));
        match interop::terminal(self, paint) {
            matrices if matrices.is_empty() => out.push_str(&self.table(paint)),
            matrices => out.push_str(&matrices),
        }
        out.push_str(&skipped(&groups, paint));
        out
    }

    /// Where and when it was run.
    pub(crate) fn facts(&self, paint: Paint) -> String {
        let header = &self.header;
        let mut facts = vec![
            ("system", format!("{} {}, {}", header.os, header.kernel, header.arch)),
            ("harness", format!("{}, catalogue {}", header.harness, header.catalogue.edition)),
            ("seed", header.seed.clone()),
            ("begun", header.begun.clone()),
            ("took", format!("{:.1} s", self.took().as_secs_f64())),
        ];
        if let Some(shard) = header.shard {
            facts.push(("part", shard.to_string()));
        }
        if self.footer.is_none() || self.findings.len() != header.planned {
            let (written, planned) = (self.findings.len(), header.planned);
            facts.push(("cut off", format!("{written} of {planned} cases were written")));
        }
        let told = |(title, fact): &(&str, String)| {
            format!("{} {fact}\n", paint.faint(&format!("{title:<9}")))
        };
        facts.iter().filter(|(_, fact)| !fact.is_empty()).map(told).collect()
    }

    /// What did not go well, the worst round of each.
    pub(crate) fn failures<'s>(&self, groups: &[Group<'s>]) -> Vec<Failure<'s>> {
        let failed = groups.iter().filter(|group| group.worst().fails());
        failed.map(|group| self.failure(group)).collect()
    }

    /// The worst round of `group`.
    pub(crate) fn failure<'s>(&self, group: &Group<'s>) -> Failure<'s> {
        let all = group.findings.len();
        Failure {
            finding: group.worst(),
            rounds: (all > 1).then(|| (group.times(), all)),
            again: self.again(group.worst()),
        }
    }

    fn not_run(&self, groups: &[Group<'_>], paint: Paint) -> String {
        let mut out = String::new();
        for subject in &self.header.subjects {
            let mut missing = groups.iter().filter(|group| {
                group.subject() == subject.name && group.worst().verdict == Verdict::NotRun
            });
            let Some(first) = missing.next() else { continue };
            out.push_str(&format!(
                "{}  {}: {} clauses from {} on: {}\n",
                paint.bad("NOT RUN"),
                paint.strong(&subject.name),
                1 + missing.count(),
                first.clause(),
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
        let seen = deviations(groups);
        if seen.is_empty() {
            return String::new();
        }
        let mut out =
            format!("{}\n", paint.strong("deviations: known, explained, and exactly as recorded"));
        for (finding, known, names) in seen {
            let clause = paint.odd(&finding.title());
            out.push_str(&format!("  {clause}  {}\n    {}\n", names.join(", "), known.sees));
            for line in wrapped(&known.reason, COLUMNS) {
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
        for (subject, tally) in self.header.subjects.iter().zip(&tallies) {
            let counts = shown.iter().map(|(_, (_, count))| counted(count(tally)));
            rows.push(std::iter::once(subject.name.clone()).chain(counts).collect());
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
        let mut tallies = vec![Tally::default(); self.header.subjects.len()];
        let places: HashMap<_, _> =
            self.header.subjects.iter().enumerate().map(|(at, it)| (&it.name, at)).collect();
        for finding in &self.findings {
            if let Some(at) = places.get(&finding.subject) {
                tallies[*at].add(finding.verdict);
            }
        }
        tallies
    }
}

/// How many cases were not judged for want of what.
fn skipped(groups: &[Group<'_>], paint: Paint) -> String {
    let skips = skips(groups);
    if skips.is_empty() {
        return String::new();
    }
    let words: Vec<_> = skips.iter().map(|(needs, count)| format!("{needs} {count}")).collect();
    let mut out = format!("\n{}\n", paint.faint("skipped, by what is missing"));
    for line in wrapped(&words.join(", "), COLUMNS) {
        out.push_str(&format!("  {line}\n"));
    }
    out
}
