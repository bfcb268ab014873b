//! What a person reads when the run has ended.

use std::collections::HashMap;

use crate::Verdict;
use crate::interop;
use crate::report::line::Recorded;
use crate::report::{
    Failure, Finding, Group, Paint, Report, Tally, columns, counted, deviations, observed, skips,
    wrapped,
};

/// How wide text is that stands a little to the right.
const COLUMNS: usize = 76;

/// More subjects than these are told kind by kind.
const SUBJECTS: usize = 16;

/// More deviations than these are only counted.
const DEVIATIONS: usize = 6;

/// More failures than these are told in a line each.
const FAILURES: usize = 20;

/// How many of the capabilities that are missing are named.
const NEEDS: usize = 4;

/// The kinds of subjects, and what several of one are called.
const KINDS: [(&str, &str); 5] = [
    ("stream", "streams"),
    ("datagram", "datagrams"),
    ("framing", "framings"),
    ("readiness", "readiness"),
    ("server", "servers"),
];

/// How much is told of what there is much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail<'a> {
    /// It is counted, and this command line tells the rest: for whom has just run it.
    Brief(&'a str),
    /// All of it: for whom asks.
    Full,
}

/// A count of the table, under its title.
type Column = (&'static str, fn(&Tally) -> usize);

impl Report {
    /// Everything but the last line: failures, deviations, a table of the subjects.
    pub(crate) fn summary(&self, paint: Paint, detail: Detail<'_>) -> String {
        let groups = Group::of(&self.findings);
        let full = detail == Detail::Full;
        let mut out = self.told_failures(&groups, paint, full);
        out.push_str(&self.not_run(&groups, paint));
        let deviations = deviations(&groups);
        let tell = full || deviations.len() <= DEVIATIONS;
        if tell {
            out.push_str(&told_deviations(&deviations, paint));
        }
        let many = !full && self.header.subjects.len() > SUBJECTS;
        match interop::terminal(self, paint) {
            matrices if !matrices.is_empty() => out.push_str(&matrices),
            _ if many => out.push_str(&self.kinds(paint)),
            _ => out.push_str(&self.table(paint)),
        }
        if !tell {
            let (clauses, all) = (deviations.len(), counted(self.tally().deviations));
            out.push_str(&format!(
                "\n{all} deviations of {clauses} kinds: known, explained, exactly as recorded\n"
            ));
        }
        if many {
            out.push_str(&brief(&groups))
        } else {
            out.push_str(&skipped(&groups, paint))
        }
        if let (true, Detail::Brief(command)) = (many || !tell, detail) {
            out.push_str(&format!("{}\n", paint.faint(&format!("each of them: {command}"))));
        }
        out
    }

    /// What did not go well; of much the first in full.
    fn told_failures(&self, groups: &[Group<'_>], paint: Paint, full: bool) -> String {
        let failures = self.failures(groups);
        let (first, rest) = match full {
            true => (&failures[..], &[][..]),
            false => failures.split_at(failures.len().min(FAILURES)),
        };
        let mut out = String::new();
        first.iter().for_each(|failure| out.push_str(&format!("{}\n", failure.text(paint))));
        rest.iter().for_each(|failure| out.push_str(&failure.line(paint)));
        if !rest.is_empty() {
            out.push('\n');
        }
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

    /// A line for each subject.
    fn table(&self, paint: Paint) -> String {
        let all = self.header.subjects.iter().zip(self.tallies());
        let rows = all.map(|(subject, tally)| (vec![subject.name.clone()], tally));
        self.lines(&["subject"], rows.collect(), paint)
    }

    /// A line for each kind of subject, and for each subject with which something is wrong.
    fn kinds(&self, paint: Paint) -> String {
        let tallies = self.tallies();
        let all = || self.header.subjects.iter().zip(&tallies);
        let mut rows = Vec::new();
        for (kind, title) in KINDS {
            let (mut sum, mut own) = (Tally::default(), 0);
            for (_, tally) in all().filter(|(subject, _)| subject.is == kind) {
                sum = sum.with(tally);
                own += 1;
            }
            if own > 0 {
                rows.push((vec![title.to_owned(), counted(own)], sum));
            }
        }
        for (subject, tally) in all().filter(|(_, tally)| is_wrong(tally)) {
            rows.push((vec![format!("  {}", subject.name), String::new()], *tally));
        }
        self.lines(&["kind", "subjects"], rows, paint)
    }

    fn lines(&self, heads: &[&str], rows: Vec<(Vec<String>, Tally)>, paint: Paint) -> String {
        let all = self.tally();
        let counts: [Column; 6] = [
            ("ok", |tally| tally.ok),
            ("deviations", |tally| tally.deviations),
            ("skipped", |tally| tally.skipped),
            ("failed", |tally| tally.regressions),
            ("stale", |tally| tally.stale),
            ("not run", |tally| tally.not_run),
        ];
        // The last two are rare, and shown only where they are not all zero.
        let shown = counts.iter().enumerate().filter(|(at, (_, count))| *at < 4 || count(&all) > 0);
        let shown: Vec<_> = shown.map(|(_, column)| column).collect();
        let titles = shown.iter().map(|(title, _)| *title);
        let head = heads.iter().copied().chain(titles).map(str::to_owned).collect();
        let cells = |(words, tally): &(Vec<String>, Tally)| {
            let counts = shown.iter().map(|(_, count)| counted(count(tally)));
            words.iter().cloned().chain(counts).collect()
        };
        let cells: Vec<_> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
        let mut out = String::new();
        for (at, line) in columns(&cells).into_iter().enumerate() {
            let line = match at.checked_sub(1).map(|place| &rows[place].1) {
                None => paint.faint(&line),
                Some(tally) if is_wrong(tally) => paint.bad(&line),
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

/// Whether something did not go well.
fn is_wrong(tally: &Tally) -> bool {
    tally.regressions + tally.stale + tally.not_run > 0
}

/// Each recorded deviation that was seen, with the subjects it was seen on.
fn told_deviations(seen: &[(&Finding, &Recorded, Vec<&str>)], paint: Paint) -> String {
    if seen.is_empty() {
        return String::new();
    }
    let mut out =
        format!("{}\n", paint.strong("deviations: known, explained, and exactly as recorded"));
    for (finding, known, names) in seen {
        out.push_str(&format!("  {}\n", paint.odd(&finding.title())));
        for line in wrapped(&names.join(", "), COLUMNS) {
            out.push_str(&format!("    {line}\n"));
        }
        for line in wrapped(&format!("“{}”: {}", known.sees, known.reason), COLUMNS) {
            out.push_str(&format!("    {}\n", paint.faint(&line)));
        }
    }
    out.push('\n');
    out
}

/// How many cases were not judged for want of what.
fn skipped(groups: &[Group<'_>], paint: Paint) -> String {
    let skips = skips(groups);
    if skips.is_empty() {
        return String::new();
    }
    let words: Vec<_> = skips.iter().map(|(needs, count)| format!("{needs} {count}")).collect();
    let mut out =
        format!("\n{}\n", paint.faint("skipped, by what is missing (one may lack several)"));
    for line in wrapped(&words.join(", "), COLUMNS) {
        out.push_str(&format!("  {line}\n"));
    }
    out
}

/// The same in a line.
fn brief(groups: &[Group<'_>]) -> String {
    let skips = skips(groups);
    if skips.is_empty() {
        return String::new();
    }
    let words = skips.iter().take(NEEDS).map(|(needs, count)| format!("{needs} {count}"));
    let words: Vec<_> = words.collect();
    let more = if skips.len() > NEEDS { ", …" } else { "" };
    format!("skipped for want of a capability (one may lack several): {}{more}\n", words.join(", "))
}
