//! A clause in full: what it demands, where that is written, and who was seen to do what.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::{Page, sign};
use crate::report::failure::UNKNOWN_CLAUSE;
use crate::report::group::weight;
use crate::report::{Finding, Group, observed};
use crate::{Axis, Caps, Clause, Level, Raw, Verdict};

/// How many lines of a trace are shown at its begin and at its end; the book has them all.
pub(super) const FIRST: usize = 20;
pub(super) const LAST: usize = 40;

/// What was seen alike in several cases.
struct Outcome<'a> {
    /// What was seen, as the page shows it.
    text: String,
    verdict: Verdict,
    /// The less, the worse.
    weight: u8,
    /// By whom, and under which axes each.
    cases: Vec<(&'a str, Vec<&'a Group<'a>>)>,
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
        for outcome in self.outcomes(id) {
            // Who was seen to do it under the same axes stands together.
            let mut cases = outcome.cases.as_slice();
            while let Some((_, first)) = cases.first() {
                let alike = cases.iter().take_while(|(_, it)| axes(it).eq(axes(first))).count();
                let (these, rest) = cases.split_at(alike);
                self.write_outcome(out, &outcome, these)?;
                cases = rest;
            }
        }
        let again = self.report.again_on_all(id);
        writeln!(out, "<p class=again>again <code>{}</code></p></article>", Escaped(&again))
    }

    /// What was seen of the clause, the same once.
    fn outcomes(&self, id: &str) -> Vec<Outcome<'_>> {
        let mut outcomes: Vec<Outcome<'_>> = Vec::new();
        for subject in &self.report.header.subjects {
            let name = &*subject.name;
            for group in self.cells.get(&(id, name)).into_iter().flatten() {
                let (text, verdict) = (told(group), group.worst().verdict);
                let same = |it: &Outcome<'_>| it.text == text && it.verdict == verdict;
                let at = outcomes.iter().position(same).unwrap_or_else(|| {
                    let weight = weight(group.worst());
                    outcomes.push(Outcome { text, verdict, weight, cases: Vec::new() });
                    outcomes.len() - 1
                });
                match outcomes[at].cases.last_mut() {
                    Some((last, groups)) if *last == name => groups.push(group),
                    _ => outcomes[at].cases.push((name, vec![group])),
                }
            }
        }
        outcomes.sort_by_key(|outcome| outcome.weight);
        for outcome in &mut outcomes {
            outcome.cases.sort_by(|(_, one), (_, other)| axes(one).cmp(axes(other)));
        }
        outcomes
    }

    /// Writes what these cases were seen to do, and what led to it in the first of them.
    fn write_outcome(
        &self,
        out: &mut String,
        outcome: &Outcome<'_>,
        cases: &[(&str, Vec<&Group<'_>>)],
    ) -> fmt::Result {
        let (sign, class) = sign(outcome.verdict);
        write!(out, "<div class=\"seen {class}\"><b class=\"t {class}\">{sign}</b><p class=who>")?;
        for (subject, _) in cases {
            write!(out, "<span>{}</span> ", Escaped(subject))?;
        }
        let (subject, groups) = &cases[0];
        write!(out, "</p>")?;
        // Whoever lacks a capability lacks it everywhere.
        let told = outcome.verdict != Verdict::Skipped || groups.len() < self.axes.len();
        if let Some(under) = self.under(groups).filter(|_| told) {
            write!(out, "<p class=under>{under}</p>")?;
        }
        write!(out, "{}", outcome.text)?;
        let finding = groups[0].worst();
        let bad = matches!(finding.verdict, Verdict::Regression | Verdict::Stale);
        if bad || finding.verdict == Verdict::Deviation {
            let of = match cases.len() > 1 || groups.len() > 1 {
                true => format!("trace of {}", titled(subject, groups[0])),
                false => "trace".to_owned(),
            };
            write_lines(out, &of, Some(subject), &finding.trace(), bad)?;
        }
        write_lines(out, "stderr", None, &finding.stderr, bad)?;
        if bad {
            let again = self.report.again(finding);
            write!(out, "<p class=again>again <code>{}</code></p>", Escaped(&again))?;
        }
        writeln!(out, "</div>")
    }

    /// The axes of `groups` in words; none where there was no adversity.
    fn under(&self, groups: &[&Group<'_>]) -> Option<String> {
        let plainly = axes(groups).any(|axis| axis.is_none());
        let named: Vec<_> = axes(groups).flatten().map(Axis::name).collect();
        let under = match named.len() {
            0 => return None,
            all if all > 2 && all == self.axes.len() => format!("each of the {all} adversities"),
            _ => named.join(", "),
        };
        Some(if plainly { format!("plainly, and under {under}") } else { format!("under {under}") })
    }
}

/// The axes of `groups`.
fn axes<'a>(groups: &'a [&Group<'_>]) -> impl Iterator<Item = Option<Axis>> + 'a {
    groups.iter().map(|group| group.axis())
}

/// Whose case it is.
fn titled(subject: &str, group: &Group<'_>) -> String {
    group.axis().map_or(subject.to_owned(), |axis| format!("{subject} under {axis}"))
}

/// What was seen, without who it was.
fn told(group: &Group<'_>) -> String {
    let finding = group.worst();
    let mut out = format!("<p>{}</p>", headline(finding));
    if group.findings.len() > 1 && group.is_flaky() {
        let (times, all) = (group.times(), group.findings.len());
        out.push_str(&format!("<p class=odd>in {times} of {all} rounds</p>"));
    }
    if finding.known {
        out.push_str("<p class=odd>known: it is in the baseline</p>");
    }
    if let Raw::Failed { permitted, .. } = &finding.raw {
        out.push_str(&format!("<p>permitted <q>{}</q></p>", Escaped(permitted)));
    }
    if let Some(known) = finding.recorded.as_ref().filter(|_| finding.ran()) {
        if finding.verdict != Verdict::Deviation {
            out.push_str(&format!("<p>recorded <q>{}</q></p>", Escaped(&known.sees)));
        }
        out.push_str(&format!("<p class=why>{}</p>", Escaped(&known.reason)));
    }
    out
}

/// Writes lines to be opened; `whose` they are is for the script, which has the others' too.
fn write_lines(
    out: &mut String,
    title: &str,
    whose: Option<&str>,
    lines: &[String],
    open: bool,
) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    let open = if open { " open" } else { "" };
    let whose = whose.map(|name| format!(" data-s=\"{}\"", Escaped(name))).unwrap_or_default();
    write!(out, "<details{open}{whose}><summary>{}</summary><pre>", Escaped(title))?;
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
