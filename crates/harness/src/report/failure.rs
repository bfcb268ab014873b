//! One failure, told in full.

use crate::report::html::visible;
use crate::report::line::Recorded;
use crate::report::{Finding, Paint, observed, wrapped};
use crate::{Raw, Verdict};

/// A case that did not go well, with all there is to know of it.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    /// The case and what came of it.
    pub(crate) finding: &'a Finding,
    /// In how many rounds of how many, where there was more than one.
    pub(crate) rounds: Option<(usize, usize)>,
    /// The line that runs it again.
    pub(crate) again: String,
}

impl Failure<'_> {
    /// Several lines, the first with who and what.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut out = format!(
            "{}  {}  {}  {}\n",
            paint.bad(self.word()),
            paint.strong(&self.finding.title()),
            paint.strong(&self.finding.subject),
            paint.faint(&self.finding.level),
        );
        if let Some((times, all)) = self.rounds {
            out.push_str(&format!("  in {times} of {all} rounds, this the first of them\n"));
        }
        let says = self.finding.clause().map_or(UNKNOWN_CLAUSE, |clause| clause.says);
        for line in wrapped(says, COLUMNS) {
            out.push_str(&format!("  {line}\n"));
        }
        for (title, lines) in self.parts() {
            for (at, line) in lines.iter().enumerate() {
                let title = if at == 0 { title } else { "" };
                out.push_str(&format!("  {} {line}\n", paint.faint(&format!("{title:<10}"))));
            }
        }
        out
    }

    /// The same in a line or two.
    pub(crate) fn line(&self, paint: Paint) -> String {
        let (word, finding) = (paint.bad(self.word()), self.finding);
        let seen = wrapped(&observed(&finding.raw), COLUMNS).swap_remove(0);
        format!("{word}  {}  {}\n  {}\n", finding.title(), finding.subject, paint.faint(&seen))
    }

    fn word(&self) -> &'static str {
        match (&self.finding.raw, self.finding.verdict) {
            (_, Verdict::Stale) => "STALE",
            (Raw::Hung { .. }, _) => "HUNG",
            (Raw::Panicked { .. }, _) => "PANICKED",
            (Raw::Crashed { .. }, _) => "CRASHED",
            (Raw::HarnessError { .. }, _) => "BROKEN CHECK",
            (Raw::NotRun { .. }, _) => "NOT RUN",
            _ => "FAILED",
        }
    }

    fn parts(&self) -> Vec<(&'static str, Vec<String>)> {
        let cites = self.finding.clause().map_or(&[][..], |clause| clause.cites);
        let sources = cites.iter().map(|cite| match cite.quote {
            "" => cite.source.to_owned(),
            quote => format!("{}: “{quote}”", cite.source),
        });
        let permitted = self.permitted();
        let permitted =
            if permitted.is_empty() { Vec::new() } else { wrapped(&permitted, COLUMNS) };
        let mut parts = vec![
            ("source", sources.flat_map(|source| wrapped(&source, COLUMNS)).collect()),
            ("permitted", permitted),
            ("observed", wrapped(&observed(&self.finding.raw), COLUMNS)),
        ];
        if let Some(Recorded { sees, reason }) = &self.finding.recorded {
            parts.push(("recorded", wrapped(&format!("“{sees}”: {reason}"), COLUMNS)));
        }
        parts.push(("trace", told(&self.finding.trace())));
        parts.push(("stderr", self.finding.stderr.clone()));
        parts.push(("run again", vec![self.again.clone()]));
        // What somebody said cannot pass for a line of ours.
        let shown = |lines: Vec<String>| lines.iter().map(|line| visible(line)).collect();
        parts.into_iter().map(|(title, lines)| (title, shown(lines))).collect()
    }

    fn permitted(&self) -> String {
        match &self.finding.raw {
            Raw::Failed { permitted, .. } => permitted.clone(),
            _ => self.finding.clause().map_or(String::new(), |it| it.permits.join(" or ")),
        }
    }
}

/// Said of a clause that another edition of the catalogue had.
pub(crate) const UNKNOWN_CLAUSE: &str = "This edition of the catalogue does not have it";

/// How wide text is beside its title.
const COLUMNS: usize = 67;

/// How many lines of a trace a person is shown; the book has them all.
const TRACE_LINES: usize = 16;

/// The last lines of a trace, repetitions as one.
fn told(trace: &[String]) -> Vec<String> {
    let deed = |line: &str| match line.split_once(": ") {
        Some((number, deed)) if number.starts_with("op ") => deed.to_owned(),
        _ => line.to_owned(),
    };
    let mut lines = Vec::new();
    for same in trace.chunk_by(|one, other| deed(one) == deed(other)) {
        lines.push(match same.len() {
            1 => same[0].clone(),
            times => format!("{} ({times} times)", same[0]),
        });
    }
    let left_out = lines.len().saturating_sub(TRACE_LINES);
    if left_out > 0 {
        lines.drain(..left_out);
        lines.insert(0, format!("… {left_out} lines before"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_told_shortly() {
        let send = |n: usize| format!("op {n}: a.send(1) -> 1");
        let mut trace: Vec<String> = (1..=8).map(send).collect();
        trace.push("op 9: b.recv(9) …".to_owned());
        assert_eq!(told(&trace), ["op 1: a.send(1) -> 1 (8 times)", "op 9: b.recv(9) …"]);
        let long: Vec<String> = (1..=30).map(|n| format!("op {n}: a.send({n}) -> {n}")).collect();
        assert_eq!(told(&long).len(), TRACE_LINES + 1);
        assert_eq!(told(&long)[0], "… 14 lines before");
    }
}
