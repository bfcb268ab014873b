//! The matrix: for each kind of subject a table, for each clause a row.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::top::plural;
use super::{Page, sign};
use crate::report::failure::UNKNOWN_CLAUSE;
use crate::report::group::weight;

/// The kinds of subjects, as they follow each other.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("stream", "Streams"),
    ("datagram", "Datagrams"),
    ("framing", "Framings"),
    ("readiness", "Readiness"),
    ("server", "Servers"),
];

impl Page<'_> {
    pub(super) fn write_matrices(&self, out: &mut String) -> fmt::Result {
        let chapters = self.report.chapters();
        for (kind, title) in KINDS {
            let subjects = self.report.header.subjects.iter().filter(|subject| subject.is == kind);
            let names: Vec<&str> = subjects.map(|subject| &*subject.name).collect();
            let judged =
                |clause: &str| names.iter().any(|it| self.cells.contains_key(&(clause, *it)));
            let mut rows = 0;
            let mut body = String::new();
            for (group, clauses) in &chapters {
                let clauses: Vec<&str> =
                    clauses.iter().copied().filter(|clause| judged(clause)).collect();
                rows += clauses.len();
                self.write_chapter(&mut body, group, &clauses, &names)?;
            }
            if rows == 0 {
                continue;
            }
            let size = format!("{}, {}", plural(names.len(), "subject"), plural(rows, "clause"));
            writeln!(
                out,
                "<section class=kind id=kind-{kind}><h2>{title} <small>{size}</small></h2>\n\
                 <div class=scroll tabindex=0 role=region aria-label=\"{title}\">\
                 <table style=\"--n:{}\">\n\
                 <thead><tr><th scope=col>clause",
                names.len()
            )?;
            for name in &names {
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
        for name in names {
            match self.cells.get(&(clause, *name)) {
                None => out.push_str("<td>"),
                Some(groups) => {
                    // Under several axes the worst is shown.
                    let worst =
                        groups.iter().map(|group| group.worst()).min_by_key(|it| weight(it));
                    let (sign, class) = worst.map_or(("", ""), |worst| sign(worst.verdict));
                    let flaky = if groups.iter().any(|group| group.is_flaky()) {
                        " class=flaky"
                    } else {
                        ""
                    };
                    write!(out, "<td class={class}><a href=\"#{id}\"{flaky}>{sign}</a>")?;
                }
            }
        }
        writeln!(out)
    }
}
