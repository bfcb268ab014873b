//! The matrix: for each kind of subject a table, for each clause a row.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::section::Section;
use super::{Page, meetings, sign, word};
use crate::Verdict;
use crate::report::failure::UNKNOWN_CLAUSE;
use crate::report::group::weight;
use crate::report::words::plain;
use crate::report::{Group, plural};

impl Page<'_> {
    pub(super) fn write_matrices(&self, out: &mut String) -> fmt::Result {
        let chapters = self.report.chapters();
        for section in &self.sections {
            let Section { id, title, names, matrix } = section;
            let judged =
                |clause: &str| names.iter().any(|it| self.cells.contains_key(&(clause, *it)));
            let mut rows = 0;
            let mut body = String::new();
            for (group, clauses) in &chapters {
                let clauses: Vec<&str> =
                    clauses.iter().copied().filter(|clause| judged(clause)).collect();
                rows += clauses.len();
                self.write_chapter(&mut body, group, &clauses, names)?;
            }
            if rows == 0 {
                continue;
            }
            let nouns = plural(names.len(), section.noun());
            let (title, size) = (Escaped(title), format!("{nouns}, {}", plural(rows, "clause")));
            writeln!(out, "<section class=kind><h2 id={id}>{title} <small>{size}</small></h2>")?;
            if let Some(matrix) = matrix {
                meetings::write(out, matrix, id)?;
            }
            let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
            writeln!(
                out,
                "<div class=scroll tabindex=0 role=region aria-label=\"{title}\">\
                 <table class=cells style=\"--n:{};--long:{longest}\">\n\
                 <thead><tr><th scope=col>clause",
                names.len()
            )?;
            for name in names {
                write!(out, "<th scope=col><span>{}</span>", Escaped(name))?;
            }
            writeln!(out, "\n{body}</table></div></section>")?;
        }
        Ok(())
    }

    fn write_chapter(
        &self,
        out: &mut String,
        group: &str,
        clauses: &[&str],
        names: &[&str],
    ) -> fmt::Result {
        if clauses.is_empty() {
            return Ok(());
        }
        let (group, across) = (Escaped(group), names.len() + 1);
        writeln!(
            out,
            "<tbody><tr class=g><th colspan={across} scope=rowgroup><span>{group}</span>"
        )?;
        for clause in clauses {
            self.write_row(out, clause, names)?;
        }
        Ok(())
    }

    fn write_row(&self, out: &mut String, clause: &str, names: &[&str]) -> fmt::Result {
        let known = crate::catalogue::find(clause);
        let says = known.map_or(UNKNOWN_CLAUSE, |known| known.says);
        let level = known.map_or("", |known| known.level.word());
        let word = clause.rsplit_once('.').map_or(clause, |(_, word)| word);
        let (id, word, says) = (Escaped(clause), Escaped(word), Escaped(says));
        write!(
            out,
            "<tr data-l=\"{level}\" data-c=\"{id}\"><th scope=row><a href=\"#{id}\">{word}</a> \
             <span>{says}</span>"
        )?;
        let mut outcomes = Vec::new();
        for name in names {
            match self.cells.get(&(clause, *name)) {
                None => out.push_str("<td>"),
                Some(groups) => write_cell(out, &id, groups, &mut outcomes)?,
            }
        }
        writeln!(out)
    }
}

/// Writes a cell; `outcomes` are those that the row has seen so far.
fn write_cell(
    out: &mut String,
    id: &Escaped<'_>,
    groups: &[&Group<'_>],
    outcomes: &mut Vec<String>,
) -> fmt::Result {
    // Under several axes the worst is shown.
    let worst = groups.iter().map(|group| group.worst()).min_by_key(|it| weight(it));
    let Some(worst) = worst else { return Ok(()) };
    let (sign, class) = sign(worst.verdict);
    write!(out, "<td class={class}")?;
    if worst.ran() {
        let outcome = plain(&worst.raw);
        let place = outcomes.iter().position(|known| *known == outcome).unwrap_or_else(|| {
            outcomes.push(outcome);
            outcomes.len() - 1
        });
        // By this the page tells rows in which subjects differ.
        if place > 0 {
            write!(out, " data-w={place}")?;
        }
    }
    let told = !matches!(worst.verdict, Verdict::Ok | Verdict::Skipped);
    if told && groups.iter().any(|group| group.axis().is_some()) {
        write!(out, " title=\"{}\"", Escaped(&under(worst.verdict, groups)))?;
    }
    let flaky = if groups.iter().any(|group| group.is_flaky()) { " class=flaky" } else { "" };
    write!(out, "><a href=\"#{id}\"{flaky}")?;
    if worst.verdict != Verdict::Ok {
        write!(out, " aria-label=\"{}\"", word(worst.verdict))?;
    }
    write!(out, ">{sign}</a>")
}

/// Under which of its axes a cell came to this verdict.
fn under(verdict: Verdict, groups: &[&Group<'_>]) -> String {
    let own: Vec<_> = groups.iter().filter(|group| group.worst().verdict == verdict).collect();
    let axes = own.iter().map(|group| group.axis().map_or("no adversity", |axis| axis.name()));
    let axes: Vec<_> = axes.collect();
    format!("{} under {} of {}: {}", word(verdict), axes.len(), groups.len(), axes.join(", "))
}
