//! A clause in full: what it demands, where that is written, and who was seen to do what.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::{Page, sign};
use crate::report::failure::UNKNOWN_CLAUSE;
use crate::report::{Finding, Group, observed};
use crate::{Caps, Clause, Level, Raw, Verdict};

/// How many lines of a trace are shown at its begin and at its end; the book has them all.
const FIRST: usize = 20;
const LAST: usize = 40;

/// What several subjects were seen to do alike.
struct Outcome<'a> {
    /// All of it but who, as the page shows it.
    text: String,
    verdict: Verdict,
    subjects: Vec<&'a str>,
}

impl Page<'_> {
    pub(super) fn write_articles(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "<section id=clauses><h2>Clauses</h2>")?;
        for (_, clauses) in self.report.chapters() {
            for clause in clauses {
                self.write_article(out, clause)?;
            }
        }
        writeln!(out, "</section>")
    }

    fn write_article(&self, out: &mut String, id: &str) -> fmt::Result {
        let known = crate::catalogue::find(id);
        write!(out, "<article id=\"{0}\"><h3>{0}", Escaped(id))?;
        match known {
            Some(clause) => write_clause(out, clause)?,
            None => writeln!(out, "</h3><p class=says>{UNKNOWN_CLAUSE}.</p>")?,
        }
        let mut outcomes: Vec<Outcome<'_>> = Vec::new();
        for subject in &self.report.header.subjects {
            for group in self.cells.get(&(id, &*subject.name)).into_iter().flatten() {
                let (text, verdict) = (self.outcome(group), group.worst().verdict);
                match outcomes.iter_mut().find(|it| it.text == text && it.verdict == verdict) {
                    Some(same) => same.subjects.push(&subject.name),
                    None => outcomes.push(Outcome { text, verdict, subjects: vec![&subject.name] }),
                }
            }
        }
        for Outcome { text, verdict, subjects } in outcomes {
            let (sign, class) = sign(verdict);
            write!(
                out,
                "<div class=\"seen {class}\"><b class=\"t {class}\">{sign}</b><p class=who>"
            )?;
            for subject in subjects {
                write!(out, "<span>{}</span> ", Escaped(subject))?;
            }
            writeln!(out, "</p>{text}</div>")?;
        }
        let again = self.report.again_on_all(id);
        writeln!(out, "<p class=again>again <code>{}</code></p></article>", Escaped(&again))
    }

    /// What was seen, without who it was.
    fn outcome(&self, group: &Group<'_>) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.write_outcome(&mut out, group);
        out
    }

    fn write_outcome(&self, out: &mut String, group: &Group<'_>) -> fmt::Result {
        let finding = group.worst();
        let under = finding.axis.map(|axis| format!("under {axis}: ")).unwrap_or_default();
        write!(out, "<p>{}{}</p>", Escaped(&under), headline(finding))?;
        if group.findings.len() > 1 && group.is_flaky() {
            let (times, all) = (group.times(), group.findings.len());
            write!(out, "<p class=odd>in {times} of {all} rounds</p>")?;
        }
        if finding.known {
            write!(out, "<p class=odd>known: it is in the baseline</p>")?;
        }
        if let Raw::Failed { permitted, .. } = &finding.raw {
            write!(out, "<p>permitted <q>{}</q></p>", Escaped(permitted))?;
        }
        if let Some(known) = finding.recorded.as_ref().filter(|_| finding.ran()) {
            if finding.verdict != Verdict::Deviation {
                write!(out, "<p>recorded <q>{}</q></p>", Escaped(&known.sees))?;
            }
            write!(out, "<p class=why>{}</p>", Escaped(&known.reason))?;
        }
        let bad = matches!(finding.verdict, Verdict::Regression | Verdict::Stale);
        if !matches!(finding.verdict, Verdict::Ok | Verdict::Skipped | Verdict::NotRun) {
            write_lines(out, "trace", &finding.trace(), bad)?;
        }
        write_lines(out, "stderr", &finding.stderr, bad)?;
        if bad {
            let again = self.report.again(finding);
            write!(out, "<p class=again>again <code>{}</code></p>", Escaped(&again))?;
        }
        Ok(())
    }
}

fn write_lines(out: &mut String, title: &str, lines: &[String], open: bool) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    let open = if open { " open" } else { "" };
    write!(out, "<details{open}><summary>{title}</summary><pre>")?;
    let left_out = lines.len().saturating_sub(FIRST + LAST);
    for (at, line) in lines.iter().enumerate() {
        match at {
            FIRST if left_out > 1 => writeln!(out, "… {left_out} more …")?,
            at if left_out > 1 && (FIRST..FIRST + left_out).contains(&at) => {}
            _ => writeln!(out, "{}", Escaped(line))?,
        }
    }
    write!(out, "</pre></details>")
}

fn write_clause(out: &mut String, clause: &Clause) -> fmt::Result {
    let level = clause.level.word();
    let meaning = match clause.level {
        Level::Must => "the source demands it",
        Level::Should => "the source recommends it",
        Level::Observe => "the source leaves it open",
    };
    let timing = if clause.timing { " <em>timing</em>" } else { "" };
    writeln!(out, " <em title=\"{meaning}\">{level}</em>{timing}</h3>")?;
    writeln!(out, "<p class=says>{}.</p>", Escaped(clause.says.trim_end_matches('.')))?;
    for cite in clause.cites {
        write!(out, "<blockquote>")?;
        if !cite.quote.is_empty() {
            write!(out, "<p>“{}”</p>", Escaped(cite.quote))?;
        }
        writeln!(out, "<cite>{}</cite></blockquote>", Escaped(cite.source))?;
    }
    let permits: Vec<_> =
        clause.permits.iter().map(|it| format!("<q>{}</q>", Escaped(it))).collect();
    writeln!(out, "<p>permitted {}</p>", permits.join(" or "))?;
    if clause.needs.is_empty() {
        return Ok(());
    }
    writeln!(out, "<p class=needs>needs {}</p>", Escaped(&clause.needs.to_string()))
}

/// What was seen, in a few words.
fn headline(finding: &Finding) -> String {
    let seen = observed(&finding.raw);
    match (&finding.raw, finding.verdict) {
        (Raw::Skipped { needs }, _) => {
            let meaning = |need: &String| match Caps::ALL.iter().find(|(_, word, _)| word == need) {
                Some((_, word, text)) => format!("<b>{word}</b>: {text}"),
                None => format!("<b>{}</b>", Escaped(need)),
            };
            let needs: Vec<_> = needs.iter().map(meaning).collect();
            format!("skipped, for it does not declare {}", needs.join("; "))
        }
        (_, Verdict::Ok) => format!("saw <q>{}</q>", Escaped(&seen)),
        (_, Verdict::Deviation) => format!("departs as recorded: <q>{}</q>", Escaped(&seen)),
        (_, Verdict::Stale) => {
            format!("saw <q>{}</q>: the recorded deviation is gone", Escaped(&seen))
        }
        (Raw::Saw { .. }, _) => {
            format!("saw <q>{}</q>, which is neither permitted nor recorded", Escaped(&seen))
        }
        _ => format!("<q>{}</q>", Escaped(&seen)),
    }
}
