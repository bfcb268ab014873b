//! The page of a subject: what it is, what it can do, what it does otherwise, what is left out.

use super::Page;
use crate::command::Program;
use crate::report::{Paint, kind_word};
use crate::{Caps, Clause, Deviation, Subject, catalogue, is_about};

/// The page.
pub(super) fn page(program: &Program, subject: &Subject, paint: Paint) -> String {
    let mut page = Page { text: format!("{}\n", paint.strong(subject.name())), paint };
    if !subject.says().is_empty() {
        page.paragraph(&format!("{}.", subject.says().trim_end_matches('.')), 0);
    }
    let about: Vec<_> = catalogue::all().filter(|clause| is_about(clause, subject)).collect();
    let lacks = |clause: &Clause| clause.needs.without(subject.caps());
    let judged = about.iter().filter(|clause| lacks(clause).is_empty()).count();
    let (is, all) = (kind_word(subject), about.len());
    page.paragraph(
        &match all - judged {
            0 => format!("{is}: judged by all {all} clauses for its kind."),
            _ => format!("{is}: judged by {judged} of the {all} clauses for its kind."),
        },
        0,
    );
    page.prose("can", &subject.caps().names().collect::<Vec<_>>().join(", "));
    page.list("known deviations", subject.deviations().iter().map(known));
    page.list("skipped, for want of", skipped(&about, lacks));
    let alone = format!("{} run --subject {}", program.called, subject.name());
    page.prose("to judge it alone", &alone);
    page.text
}

fn known(known: &Deviation) -> String {
    let on = if known.os.is_empty() { String::new() } else { format!(", on {}", known.os) };
    format!("{} sees “{}”{on}: {}", known.clause, known.sees, known.reason)
}

/// What is skipped, by what the subject lacks. A clause that needs several of these stands at the
/// one by which most are skipped.
fn skipped(about: &[&'static Clause], lacks: impl Fn(&Clause) -> Caps) -> Vec<String> {
    let mut left: Vec<_> = about.iter().copied().filter(|it| !lacks(it).is_empty()).collect();
    let mut lines = Vec::new();
    while !left.is_empty() {
        let count = |cap: Caps| left.iter().filter(|clause| lacks(clause).contains(cap)).count();
        // Of equal ones the first of the table.
        let most = Caps::ALL.iter().rev().max_by_key(|(cap, ..)| count(*cap));
        let Some((cap, word, _)) = most else { break };
        let (these, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|clause| lacks(clause).contains(*cap));
        left = others;
        let more = these.iter().filter(|clause| lacks(clause) != *cap).count();
        let more = match more {
            0 => String::new(),
            more if more == these.len() => ", all of them lack others too".to_owned(),
            1 => ", 1 of them lacks others too".to_owned(),
            more => format!(", {more} of them lack others too"),
        };
        lines.push(format!("{word} ({}{more}): {}", these.len(), names(&these, about)));
    }
    lines
}

/// Clauses in short: by their groups, with the count where it is not the whole of it.
fn names(these: &[&'static Clause], about: &[&'static Clause]) -> String {
    let groups = these.chunk_by(|one, other| one.group() == other.group());
    let name = |some: &[&'static Clause]| {
        let group = some[0].group();
        let all = about.iter().filter(|clause| clause.group() == group).count();
        match some {
            [one] => one.id.to_owned(),
            some if some.len() == all => format!("{group}.*"),
            some => format!("{group} ({})", some.len()),
        }
    };
    groups.map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mem;

    #[test]
    fn every_skipped_clause_is_counted_once_and_what_skips_most_comes_first() {
        let subject = Subject::pair("bare", Caps::HALF_CLOSE, mem::stream_pair);
        let about: Vec<_> = catalogue::all().filter(|clause| is_about(clause, &subject)).collect();
        let lacks = |clause: &Clause| clause.needs.without(subject.caps());
        let lines = skipped(&about, lacks);
        let count = |line: &String| -> usize {
            let (_, rest) = line.split_once(" (").unwrap();
            rest.split([',', ')']).next().unwrap().parse().unwrap()
        };
        let counts: Vec<usize> = lines.iter().map(count).collect();
        let all = about.iter().filter(|clause| !lacks(clause).is_empty()).count();
        assert_eq!(counts.iter().sum::<usize>(), all, "{lines:#?}");
        assert!(counts.is_sorted_by(|one, other| one >= other), "{lines:#?}");
        let rights = lines.iter().find(|line| line.starts_with("rights ("));
        assert!(rights.unwrap().ends_with(": stream.rights.*, cross.rights.*"), "{lines:#?}");
    }
}
