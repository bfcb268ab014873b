//! `list`: the clauses, the subjects or the mutants.

use serde::Serialize;

use super::exit::Exit;
use super::judgement::{check_clauses, check_subjects};
use super::options::Wanted;
use super::{Done, Program, say};
use crate::axis::Exclusion;
use crate::report::{Paint, columns, kind_word};
use crate::{About, Axis, Cite, Clause, Mutant, catalogue};

/// Lists what is wanted.
pub(crate) fn run(program: &Program, wanted: &Wanted) -> Result<Exit, Done> {
    check_clauses(&wanted.selection)?;
    if wanted.mutants {
        check_subjects(&wanted.selection, program.mutants.iter().map(|mutant| mutant.name))?;
    } else {
        check_subjects(&wanted.selection, program.subjects.iter().map(|subject| subject.name()))?;
    }
    let paint = Paint::of_stdout();
    if wanted.axes {
        say(&if wanted.json { json(&axes()) } else { axis_table(&axes(), paint) });
        return Ok(Exit::Ok);
    }
    say(&match (wanted.mutants, wanted.subjects, wanted.json) {
        (true, _, true) => json(&mutants(program, wanted)),
        (true, _, false) => mutant_table(&mutants(program, wanted), paint),
        (false, true, true) => json(&subjects(program, wanted)),
        (false, true, false) => subject_table(&subjects(program, wanted)),
        (false, false, true) => json(&clauses(wanted).map(ClauseLine::new).collect::<Vec<_>>()),
        (false, false, false) => clause_table(wanted, paint),
    });
    Ok(Exit::Ok)
}

fn clauses(wanted: &Wanted) -> impl Iterator<Item = &'static Clause> {
    catalogue::all().filter(|clause| wanted.selection.takes(clause))
}

/// Group by group; the id, the level and the statement of each, and where it is written.
fn clause_table(wanted: &Wanted, paint: Paint) -> String {
    let clauses: Vec<_> = clauses(wanted).collect();
    let mut text = String::new();
    for group in clauses.chunk_by(|one, other| one.group() == other.group()) {
        text.push_str(&format!("{}\n", paint.strong(group[0].group())));
        for clause in group {
            text.push_str(&format!("  {:<8} {}\n", clause.level.word(), clause.id));
            text.push_str(&format!("           {}\n", clause.says));
            let sources: Vec<&str> = clause.cites.iter().map(|cite| cite.source).collect();
            text.push_str(&format!("           {}\n", paint.faint(&sources.join("; "))));
        }
        text.push('\n');
    }
    text.push_str(&format!("{} clauses\n", clauses.len()));
    text
}

#[derive(Serialize)]
struct ClauseLine {
    id: &'static str,
    level: &'static str,
    says: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'static str,
    about: String,
    sources: Vec<Source>,
    needs: Vec<&'static str>,
    permits: &'static [&'static str],
    timing: bool,
}

#[derive(Serialize)]
struct Source {
    source: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    quote: &'static str,
}

impl ClauseLine {
    fn new(clause: &'static Clause) -> Self {
        let source = |cite: &Cite| Source { source: cite.source, quote: cite.quote };
        Self {
            id: clause.id,
            level: clause.level.word(),
            says: clause.says,
            why: clause.why(),
            about: about(clause.about),
            sources: clause.cites.iter().map(source).collect(),
            needs: clause.needs.names().collect(),
            permits: clause.permits,
            timing: clause.timing,
        }
    }
}

/// Which subjects a clause is about, in words.
pub(crate) fn about(about: About) -> String {
    match about {
        About::Stream => "streams".to_owned(),
        About::Datagram => "datagrams".to_owned(),
        About::Transport => "streams and datagrams".to_owned(),
        About::Framing => "framings".to_owned(),
        About::Format(format) => format!("framings of the format {format}"),
        About::Readiness => "readiness back ends".to_owned(),
        About::Server => "servers of connections".to_owned(),
        About::DatagramServer => "servers of datagrams".to_owned(),
    }
}

#[derive(Serialize)]
struct SubjectLine<'a> {
    name: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    says: &'a str,
    caps: Vec<&'static str>,
    deviations: usize,
}

fn subjects<'a>(program: &'a Program, wanted: &Wanted) -> Vec<SubjectLine<'a>> {
    let all = program.subjects.iter();
    all.filter(|subject| wanted.selection.takes_subject(subject.name()))
        .map(|subject| SubjectLine {
            name: subject.name(),
            kind: kind_word(subject),
            says: subject.says(),
            caps: subject.caps().names().collect(),
            deviations: subject.deviations().len(),
        })
        .collect()
}

fn subject_table(subjects: &[SubjectLine<'_>]) -> String {
    let mut rows =
        vec![["subject", "kind", "capabilities", "deviations"].map(str::to_owned).to_vec()];
    rows.extend(subjects.iter().map(|subject| {
        let counts = [subject.caps.len().to_string(), subject.deviations.to_string()];
        [subject.name.to_owned(), subject.kind.to_owned()].into_iter().chain(counts).collect()
    }));
    let mut text = columns(&rows).join("\n");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct AxisLine {
    name: &'static str,
    says: &'static str,
    /// What it leaves out, each with the reason.
    without: Vec<(&'static [&'static str], &'static str)>,
}

fn axes() -> Vec<AxisLine> {
    let line = |axis: Axis| {
        let own = Exclusion::ALL.iter().filter(|exclusion| exclusion.axis == axis);
        let without = own.map(|exclusion| (exclusion.clauses, exclusion.why)).collect();
        AxisLine { name: axis.name(), says: axis.says(), without }
    };
    Axis::ALL.into_iter().map(line).collect()
}

fn axis_table(axes: &[AxisLine], paint: Paint) -> String {
    let mut text = String::new();
    for AxisLine { name, says, without } in axes {
        text.push_str(&format!("{}\n  {says}\n", paint.strong(name)));
        for (clauses, why) in without {
            text.push_str(&format!("  without {}\n", clauses.join(", ")));
            text.push_str(&format!("    {}\n", paint.faint(why)));
        }
    }
    text
}

#[derive(Serialize)]
struct MutantLine {
    name: &'static str,
    says: &'static str,
    fails: &'static [&'static str],
}

fn mutants(program: &Program, wanted: &Wanted) -> Vec<MutantLine> {
    let all = program.mutants.iter();
    all.filter(|mutant| wanted.selection.takes_subject(mutant.name))
        .map(|Mutant { name, says, fails, .. }| MutantLine { name, says, fails })
        .collect()
}

fn mutant_table(mutants: &[MutantLine], paint: Paint) -> String {
    let mut text = String::new();
    for MutantLine { name, says, fails } in mutants {
        text.push_str(&format!("{}\n  {says}\n", paint.strong(name)));
        fails.iter().for_each(|id| text.push_str(&format!("  {}\n", paint.faint(id))));
    }
    text.push_str(&format!("{} mutants\n", mutants.len()));
    text
}

fn json(lines: &[impl Serialize]) -> String {
    document(&lines)
}

/// `value` as JSON that people can read too.
pub(super) fn document(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
