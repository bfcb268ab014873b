//! `explain`: one clause, subject or mutant, like a page of a manual.

mod subject;

use super::company;
use super::exit::Exit;
use super::judgement::clause_names;
use super::listing::about;
use super::nearest::unknown;
use super::{Done, Program, say};
use crate::report::{Paint, wrapped};
use crate::runner::{Pattern, Selection};
use crate::{AgentCommand, Caps, Clause, Deviation, Level, Mutant, Subject, catalogue, is_about};

/// Explains the clause `name`, or each clause of the pattern; or the subject or mutant.
pub(crate) fn run(program: &mut Program, name: &str) -> Result<Exit, Done> {
    let only = vec![Pattern::new(name)];
    let selection = Selection { only, ..Selection::default() };
    let is_clause = catalogue::all().any(|clause| selection.takes(clause));
    if !is_clause {
        // A name in the wrong case is not found, but guessed.
        let of_agent = Selection { subjects: vec![name.to_lowercase()], ..Selection::default() };
        company::invite(program, &of_agent, &[])?;
    }
    if let Some(subject) = program.subjects.iter().find(|subject| subject.name() == name) {
        say(&subject::page(program, subject, Paint::of_stdout()));
        return Ok(Exit::Ok);
    }
    if let Some(mutant) = program.mutants.iter().find(|mutant| mutant.name == name) {
        say(&mutant_page(program, mutant, Paint::of_stdout()));
        return Ok(Exit::Ok);
    }
    if !is_clause {
        let subjects = program.subjects.iter().map(Subject::name);
        let names = subjects.chain(program.mutants.iter().map(|mutant| mutant.name));
        let names = names.chain(clause_names());
        let remedy = "`list` lists the clauses, with --subjects or --mutants these";
        return Err(Done::Usage(unknown("clause, subject or mutant", name, names, remedy)));
    }
    let clauses = catalogue::all().filter(|clause| selection.takes(clause));
    let paint = Paint::of_stdout();
    let pages: Vec<_> = clauses.map(|clause| page(program, clause, paint)).collect();
    say(&pages.join("\n"));
    Ok(Exit::Ok)
}

/// How wide the page is.
const COLUMNS: usize = 90;
const INDENT: usize = 4;

fn page(program: &Program, clause: &'static Clause, paint: Paint) -> String {
    let mut page = Page { text: format!("{}\n", paint.strong(clause.id)), paint };
    page.paragraph(&format!("{}.", clause.says.trim_end_matches('.')), 0);
    page.prose("level", &level(clause));
    page.prose("why it matters", clause.why());
    page.list("sources", sources(clause));
    page.prose("how it is checked", clause.how());
    page.prose("what may be seen", &permits(clause));
    page.prose("about", &about(clause.about));
    let needs = |(_, word, text): &&(Caps, &str, &str)| format!("{word}: {text}");
    let wanted = Caps::ALL.iter().filter(|(cap, ..)| clause.needs.contains(*cap));
    page.list("needs", wanted.map(|cap| needs(&cap)));
    page.list("known deviations", deviations(program, clause));
    page.list("subjects", judged(program, clause).into_iter().chain(not_asked(program)));
    page.list("mutants that must fail it", mutants(program, clause));
    page.prose("see also", &neighbours(clause).join(", "));
    page.prose("to run it alone", &format!("{} run --only {}", program.called, clause.id));
    page.text
}

fn mutant_page(program: &Program, mutant: &Mutant, paint: Paint) -> String {
    let mut page = Page { text: format!("{}\n", paint.strong(mutant.name)), paint };
    page.paragraph(&format!("Right but for this: {}.", mutant.says.trim_end_matches('.')), 0);
    page.list("clauses that must fail, and no others", mutant.fails.iter().map(said_of));
    for (axis, fails) in mutant.under {
        page.list(&format!("under {axis}"), fails.iter().map(said_of));
    }
    let axis = mutant.under.first().map(|(axis, _)| format!(" --axis {axis}")).unwrap_or_default();
    let run = format!("{} run --mutants{axis} --subject {}", program.called, mutant.name);
    page.prose("to judge it alone", &run);
    page.text
}

/// A clause's id, and what it says.
fn said_of(id: &&'static str) -> String {
    let clause = catalogue::all().find(|clause| clause.id == *id);
    clause.map_or_else(|| (*id).to_owned(), |clause| format!("{id}: {}", clause.says))
}

/// The clauses of its group that stand nearest to it: two before and two behind, or as many.
fn neighbours(clause: &Clause) -> Vec<&'static str> {
    let group: Vec<_> = catalogue::all().filter(|other| other.group() == clause.group()).collect();
    let at = group.iter().position(|other| other.id == clause.id).unwrap_or(0);
    let near = group.iter().enumerate().filter(|(place, _)| (1..=2).contains(&at.abs_diff(*place)));
    near.map(|(_, other)| other.id).collect()
}

/// A check names what it saw; which of these names are right.
fn permits(clause: &Clause) -> String {
    match clause.permits {
        ["holds"] => "nothing but what it says; anything else fails, and is told".to_owned(),
        permitted => {
            let named = permitted.iter().map(|name| match *name {
                "holds" => "that it holds".to_owned(),
                name => format!("“{name}”"),
            });
            format!("{}; the report tells which", named.collect::<Vec<_>>().join(", or "))
        }
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

/// Who is known to depart from it; of agents what is recorded, without asking them.
fn deviations(program: &Program, clause: &Clause) -> Vec<String> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |name: &str, known: &Deviation| {
        let on = if known.os.is_empty() { String::new() } else { format!(", on {}", known.os) };
        let line = format!("sees “{}”{on}: {}", known.sees, known.reason);
        match lines.iter_mut().find(|(other, _)| *other == line) {
            Some((_, names)) => names.push(name.to_owned()),
            None => lines.push((line, vec![name.to_owned()])),
        }
    };
    for subject in &program.subjects {
        let known = subject.deviations().iter().filter(|known| known.clause == clause.id);
        known.for_each(|known| add(subject.name(), known));
    }
    for (name, known) in company::own(program).flat_map(AgentCommand::known) {
        if known.clause == clause.id {
            add(&name, known);
        }
    }
    lines.into_iter().map(|(line, names)| format!("{} {line}", names.join(", "))).collect()
}

/// Who is judged by it, and who is not for want of what.
fn judged(program: &Program, clause: &'static Clause) -> Vec<String> {
    let mut judged = Vec::new();
    let mut others: Vec<(String, Vec<&str>)> = Vec::new();
    for subject in program.subjects.iter().filter(|subject| is_about(clause, subject)) {
        let missing = clause.needs.without(subject.caps());
        if missing.is_empty() {
            judged.push(subject.name());
            continue;
        }
        let missing = missing.to_string();
        match others.iter_mut().find(|(other, _)| *other == missing) {
            Some((_, names)) => names.push(subject.name()),
            None => others.push((missing, vec![subject.name()])),
        }
    }
    let without = |(missing, names): &(String, Vec<&str>)| {
        format!("not judged, for want of {missing}: {}", names.join(", "))
    };
    let lines = (!judged.is_empty()).then(|| format!("judged: {}", judged.join(", ")));
    lines.into_iter().chain(others.iter().map(without)).collect()
}

/// The agents: only they know their subjects, and a page has to be there at once.
fn not_asked(program: &Program) -> Option<String> {
    let names: Vec<_> = company::own(program).map(ToString::to_string).collect();
    let asks = format!("`{} list --subjects` asks them", program.called);
    (!names.is_empty()).then(|| format!("and those of the agents {} ({asks})", names.join(", ")))
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
    /// A part of one paragraph; none where there is nothing to say.
    fn prose(&mut self, title: &str, text: &str) {
        if !text.is_empty() {
            self.title(title);
            self.paragraph(text, 0);
        }
    }

    /// A part of items, which hang over, so that each is seen to begin.
    fn list(&mut self, title: &str, items: impl IntoIterator<Item = String>) {
        let items: Vec<String> = items.into_iter().collect();
        if !items.is_empty() {
            self.title(title);
            items.iter().for_each(|item| self.paragraph(item, 2));
        }
    }

    fn title(&mut self, title: &str) {
        self.text.push_str(&format!("\n{}\n", self.paint.faint(title)));
    }

    /// Text in lines of at most [`COLUMNS`], indented, and from the second line on by `more`.
    fn paragraph(&mut self, text: &str, more: usize) {
        for (at, line) in wrapped(text, COLUMNS - INDENT - more).iter().enumerate() {
            let indent = if at == 0 { INDENT } else { INDENT + more };
            self.text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
}
