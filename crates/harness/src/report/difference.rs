//! Two reports side by side: what became worse, what became better, what is new and what is gone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::Verdict;
use crate::report::words::plain;
use crate::report::{Finding, Group, Paint, Report, counted, wrapped};

/// How wide text is.
const COLUMNS: usize = 72;

/// What differs from one report to another.
#[derive(Debug, Default)]
pub(crate) struct Difference<'a> {
    /// What fails now, or is no longer run, and did well before.
    pub(crate) worse: Vec<Change<'a>>,
    /// What did not do well before and does now.
    pub(crate) better: Vec<Change<'a>>,
    /// What is seen to do something else, and is neither better nor worse for it.
    pub(crate) other: Vec<Change<'a>>,
    /// What differs between the runs themselves.
    notes: Vec<String>,
}

/// A clause on a subject, before and after. One that was not judged before has no before.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    subject: &'a str,
    clause: Cow<'a, str>,
    before: Option<&'a Finding>,
    after: Option<&'a Finding>,
}

/// A group's worst finding, by subject and by clause with its axis.
type Findings<'a> = BTreeMap<(&'a str, Cow<'a, str>), &'a Finding>;

impl<'a> Difference<'a> {
    /// What differs from `one` to `other`.
    pub(crate) fn new(one: &'a Report, other: &'a Report) -> Self {
        let (before, after) = (findings(one), findings(other));
        let mut difference = Self { notes: notes(one, other), ..Self::default() };
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
        for (subject, clause) in keys {
            let key = (subject, clause.clone());
            let (before, after) = (before.get(&key).copied(), after.get(&key).copied());
            let change = Change { subject, clause, before, after };
            match change.kind() {
                Kind::None => {}
                Kind::Worse => difference.worse.push(change),
                Kind::Better => difference.better.push(change),
                Kind::Other => difference.other.push(change),
            }
        }
        difference
    }

    /// For people, with a last line that counts.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        for note in &self.notes {
            wrapped(note, COLUMNS).iter().for_each(|line| out.push_str(&format!("{line}\n")));
        }
        let parts: [(&str, &[Change<'_>]); 3] =
            [("worse", &self.worse), ("better", &self.better), ("other", &self.other)];
        for (title, changes) in parts.iter().filter(|(_, changes)| !changes.is_empty()) {
            let painted = if *title == "worse" { paint.bad(title) } else { paint.strong(title) };
            out.push_str(&format!("\n{painted}\n"));
            changes.iter().for_each(|change| change.tell(&mut out, paint));
        }
        out.push_str(&format!(
            "\ndiff: {} worse, {} better, {} other\n",
            counted(self.worse.len()),
            counted(self.better.len()),
            counted(self.other.len())
        ));
        out
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    None,
    Worse,
    Better,
    Other,
}

impl Change<'_> {
    fn kind(&self) -> Kind {
        let bad = |finding: &Finding| {
            matches!(finding.verdict, Verdict::Regression | Verdict::Stale | Verdict::NotRun)
        };
        match (self.before, self.after) {
            (None, Some(after)) if bad(after) => Kind::Worse,
            // Clauses and subjects that are new or gone are told once, in the notes.
            (None, _) | (_, None) => Kind::None,
            (Some(before), Some(after)) => match (bad(before), bad(after)) {
                (false, true) => Kind::Worse,
                (true, true) if after.verdict == Verdict::NotRun && before.ran() => Kind::Worse,
                (true, false) => Kind::Better,
                _ if told(before) == told(after) => Kind::None,
                _ => Kind::Other,
            },
        }
    }

    fn tell(&self, out: &mut String, paint: Paint) {
        out.push_str(&format!("  {}  {}\n", paint.strong(&self.clause), self.subject));
        let was = self.before.map_or("not judged".to_owned(), told);
        let is = self.after.map_or("not judged".to_owned(), told);
        for (title, text) in [("was", was), ("is", is)] {
            for (at, line) in wrapped(&text, COLUMNS).iter().enumerate() {
                let title = if at == 0 { title } else { "" };
                out.push_str(&format!("    {} {line}\n", paint.faint(&format!("{title:<3}"))));
            }
        }
    }
}

/// The verdict and what was seen.
fn told(finding: &Finding) -> String {
    let word = match finding.verdict {
        Verdict::Ok => "ok: ",
        Verdict::Regression => "failed: ",
        Verdict::Stale => "stale: ",
        Verdict::Deviation => "deviation: ",
        Verdict::Skipped | Verdict::NotRun => "",
    };
    format!("{word}{}", plain(&finding.raw))
}

fn findings(report: &Report) -> Findings<'_> {
    let groups = Group::of(&report.findings);
    groups.iter().map(|group| ((group.subject(), group.title()), group.worst())).collect()
}

fn notes(one: &Report, other: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, report) in [("the first", one), ("the second", other)] {
        if !report.is_whole() {
            notes.push(format!("{name} report is not whole"));
        }
    }
    let (a, b) = (&one.header, &other.header);
    for (what, mine, theirs) in [
        ("catalogue", &a.catalogue.edition, &b.catalogue.edition),
        ("harness", &a.harness, &b.harness),
        ("system", &a.os, &b.os),
        ("kernel", &a.kernel, &b.kernel),
    ] {
        if mine != theirs {
            notes.push(format!("{what}: {mine}, then {theirs}"));
        }
    }
    let subjects = |report: &'_ Report| -> BTreeSet<String> {
        report.header.subjects.iter().map(|subject| subject.name.clone()).collect()
    };
    let clauses = |report: &'_ Report| -> BTreeSet<String> {
        report.findings.iter().map(|finding| finding.clause.clone()).collect()
    };
    for (what, a, b) in
        [("subjects", subjects(one), subjects(other)), ("clauses", clauses(one), clauses(other))]
    {
        for (word, names) in [("new", b.difference(&a)), ("gone", a.difference(&b))] {
            let names: Vec<&str> = names.map(String::as_str).collect();
            if !names.is_empty() {
                notes.push(format!("{word} {what}: {}", names.join(", ")));
            }
        }
    }
    notes
}
