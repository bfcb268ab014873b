//! The run as one page that needs nothing else: a matrix of clauses and subjects, each cell of
//! which opens what is demanded, where that is written, and what was seen.
//!
//! Without scripts the cells are links to the clauses further down; the script opens them beside
//! the matrix, and adds the filters.

mod article;
mod escape;
mod matrix;
mod meetings;
mod section;
mod top;
mod traces;

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};

use crate::report::{Group, Report};
use crate::{Axis, Verdict};
use section::Section;

pub(crate) use escape::{Escaped, is_hidden, visible};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// What the parts of the page are made of.
struct Page<'a> {
    report: &'a Report,
    groups: &'a [Group<'a>],
    sections: Vec<Section<'a>>,
    /// Every axis that anything was judged under.
    axes: BTreeSet<Axis>,
    /// All rounds of a clause on a subject; under several axes, of each.
    cells: HashMap<(&'a str, &'a str), Vec<&'a Group<'a>>>,
}

impl Report {
    /// The page.
    pub(crate) fn html(&self) -> String {
        let groups = Group::of(&self.findings);
        let mut cells: HashMap<_, Vec<&Group<'_>>> = HashMap::new();
        for group in &groups {
            cells.entry((group.clause(), group.subject())).or_default().push(group);
        }
        let axes = groups.iter().filter_map(Group::axis).collect();
        let page =
            Page { report: self, groups: &groups, sections: Section::all(self), axes, cells };
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = page.write(&mut out);
        out
    }
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let (_, verdict) = self.verdict(&self.report.tally());
        let title = Escaped(verdict.trim_end_matches('.')).to_string();
        write!(
            out,
            "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
             <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} – conformance</title>\n<style>\n{STYLE}</style>\n<body>\n"
        )?;
        self.write_top(out)?;
        writeln!(out, "<main>")?;
        self.write_matrices(out)?;
        self.write_articles(out)?;
        writeln!(out, "</main>")?;
        self.write_traces(out)?;
        writeln!(out, "{PANEL}\n<script>\n{SCRIPT}</script>")
    }
}

/// Where the script shows a clause.
const PANEL: &str = "<aside id=panel role=dialog aria-label=\"The clause\" tabindex=-1 hidden>\
    <button type=button id=close title=\"close (Esc)\">close</button><div></div></aside>";

/// What stands for a verdict in a cell, and the class that colours it.
fn sign(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Ok => ("✓", "o"),
        Verdict::Regression => ("✗", "f"),
        Verdict::Stale => ("s", "s"),
        Verdict::Deviation => ("d", "d"),
        Verdict::Skipped => ("–", "k"),
        Verdict::NotRun => ("?", "n"),
    }
}

/// The verdict in words.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Regression => "failed",
        Verdict::Stale => "stale",
        Verdict::Deviation => "departs as recorded",
        Verdict::Skipped => "skipped",
        Verdict::NotRun => "not run",
    }
}

#[cfg(test)]
mod tests {
    use super::STYLE;

    #[test]
    fn a_row_says_what_its_clause_demands_on_a_phone_too() {
        let (_, narrow) = STYLE.split_once("@media (max-width: 44rem)").expect("narrow screens");
        let (_, rule) = narrow.split_once("th[scope=row] span {").expect("a rule for the demand");
        let (rule, _) = rule.split_once('}').expect("its end");
        assert!(rule.contains("ellipsis") && !rule.contains("display: none"), "{rule}");
    }
}
