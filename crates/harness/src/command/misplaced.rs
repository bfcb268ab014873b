//! A name that was given to `run` without the option that it belongs to.

use super::judgement::clause_names;
use super::nearest::nearest;
use super::{Done, Program};
use crate::runner::{Pattern, Selection};
use crate::{Subject, catalogue};

/// What to say instead.
pub(crate) fn refused(program: &Program, name: &str) -> Done {
    let remedy = remedy(program, name);
    Done::Usage(format!("run takes options only, but was given `{name}`; {remedy}"))
}

fn remedy(program: &Program, name: &str) -> String {
    let pattern = Pattern::new(name);
    if catalogue::all().any(|clause| pattern.fits(clause.id)) {
        return format!("for one clause say --only {name}");
    }
    let wanted = Selection { subjects: vec![name.to_owned()], ..Selection::default() };
    let subjects = || program.subjects.iter().map(Subject::name);
    let of_agent = program.agents.iter().any(|agent| agent.may_have(name));
    if of_agent || subjects().any(|known| wanted.takes_subject(known)) {
        return format!("for one subject say --subject {name}");
    }
    if program.mutants.iter().any(|mutant| wanted.takes_subject(mutant.name)) {
        return format!("for one mutant say --mutants --subject {name}");
    }
    let clauses = nearest(name, clause_names()).into_iter().map(|near| ("--only", near));
    let subjects = nearest(name, subjects()).into_iter().map(|near| ("--subject", near));
    match subjects.chain(clauses).next() {
        Some((option, near)) => format!("did you mean {option} {near}?"),
        None => "say --only CLAUSE or --subject NAME; `list` lists the clauses, with --subjects \
                 the subjects"
            .to_owned(),
    }
}
