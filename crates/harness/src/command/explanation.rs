//! `explain`: one clause, like a page of a manual.

use super::exit::Exit;
use super::judgement::check_clauses;
use super::listing::about;
use super::{Done, Program, say};
use crate::report::{Paint, wrapped};
use crate::runner::{Pattern, Selection};
use crate::{Caps, Clause, Level, catalogue, is_about};

/// Explains the clause `name`, or each clause of the pattern.
pub(crate) fn run(program: &Program, name: &str) -> Result<Exit, Done> {
    let only = vec![Pattern::new(name)];
    let selection = Selection { only, ..Selection::default() };
    check_clauses(&selection)?;
    let clauses = catalogue::all().filter(|clause| selection.takes(clause));
    let pages: Vec<_> = clauses.map(|clause| page(program, clause, Paint::of_stdout())).collect();
    say(&pages.join("\n"));
    Ok(Exit::Ok)
}

/// How wide the page is.
const COLUMNS: usize = 90;
const INDENT: usize = 4;

fn page(program: &Program, clause: &'static Clause, paint: Paint) -> String {
    let mut page = Page { text: format!("{}\n", paint.strong(clause.id)), paint };
    page.paragraph(&format!("{}.", clause.says.trim_end_matches('.')));
    page.part("level", [level(clause)]);
    page.part("why it matters", said(clause.why()));
    page.part("sources", sources(clause));
    page.part("about", [about(clause.about)]);
    let needs = |(_, word, text): &&(Caps, &str, &str)| format!("{word}: {text}");
    let wanted = Caps::ALL.iter().filter(|(cap, ..)| clause.needs.contains(*cap));
    page.part("needs", wanted.map(|cap| needs(&cap)));
    page.part("permits", [permits(clause)]);
    page.part("how it is checked", said(clause.how()));
    page.part("known deviations", deviations(program, clause));
    page.part("judges", judged(program, clause));
    page.part("mutants that it catches", mutants(program, clause));
    page.part("alone", [format!("{} run --only {}", program.called, clause.id)]);
    page.text
}

/// The text as a part of one paragraph; no part where there is none.
fn said(text: &'static str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A check names what it saw; which of these names are right.
fn permits(clause: &Clause) -> String {
    match clause.permits {
        ["holds"] => "that it holds; whatever else is seen is told".to_owned(),
        permitted => permitted.join(", or "),
    }
}

fn level(clause: &Clause) -> String {
    let word = match clause.level {
        Level::Must => "must: the source demands it",
        Level::Should => "should: the source recommends it",
        Level::Observe => "observe: the source leaves it open; what is seen is recorded",
    };
    let timing = if clause.timing { "; runs alone, for it measures time" } else { "" };
    format!("{word}{timing}")
}

fn sources(clause: &Clause) -> Vec<String> {
    clause
        .cites
        .iter()
        .map(|cite| match cite.quote {
            "" => cite.source.to_owned(),
            quote => format!("{}: “{quote}”", cite.source),
        })
        .collect()
}

fn deviations(program: &Program, clause: &Clause) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for subject in &program.subjects {
        for known in subject.deviations().iter().filter(|known| known.clause == clause.id) {
            let on = if known.os.is_empty() { String::new() } else { format!(", on {}", known.os) };
            let line = format!("sees “{}”{on}: {}", known.sees, known.reason);
            match lines.iter_mut().find(|(other, _)| *other == line) {
                Some((_, names)) => names.push(subject.name()),
                None => lines.push((line, vec![subject.name()])),
            }
        }
    }
    lines.into_iter().map(|(line, names)| format!("{} {line}", names.join(", "))).collect()
}

/// Who is judged by it, and who is not for want of what.
fn judged(program: &Program, clause: &'static Clause) -> Vec<String> {
    let mut judged = Vec::new();
    let mut lines = Vec::new();
    for subject in program.subjects.iter().filter(|subject| is_about(clause, subject)) {
        let missing = clause.needs.without(subject.caps());
        if missing.is_empty() {
            judged.push(subject.name());
        } else {
            lines.push(format!("not {}, for want of {missing}", subject.name()));
        }
    }
    if !judged.is_empty() {
        lines.insert(0, judged.join(", "));
    }
    lines
}

fn mutants(program: &Program, clause: &Clause) -> Vec<String> {
    let catches = program.mutants.iter().filter(|mutant| mutant.fails.contains(&clause.id));
    catches.map(|mutant| format!("{}: {}", mutant.name, mutant.says)).collect()
}

struct Page {
    text: String,
    paint: Paint,
}

impl Page {
    fn part(&mut self, title: &str, items: impl IntoIterator<Item = String>) {
        let items: Vec<String> = items.into_iter().collect();
        if items.is_empty() {
            return;
        }
        self.text.push_str(&format!("\n{}\n", self.paint.faint(title)));
        items.iter().for_each(|item| self.paragraph(item));
    }

    /// Text in lines of at most [`COLUMNS`], indented, and from the second line on a little more.
    fn paragraph(&mut self, text: &str) {
        for (at, line) in wrapped(text, COLUMNS - INDENT - 2).iter().enumerate() {
            let indent = if at == 0 { INDENT } else { INDENT + 2 };
            self.text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
}
