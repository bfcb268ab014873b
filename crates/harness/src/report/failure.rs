//! One failure, told in full.

use crate::report::{Paint, observed};
use crate::runner::Entry;
use crate::{Deviation, Raw, Verdict};

/// A case that did not go well, with all there is to know of it.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    /// The case and what came of it.
    pub(crate) entry: &'a Entry,
    /// Who was judged.
    pub(crate) name: &'a str,
    /// In how many rounds of how many, where there was more than one.
    pub(crate) rounds: Option<(usize, usize)>,
    /// The deviation that was recorded for this clause.
    pub(crate) recorded: Option<&'a Deviation>,
    /// The line that runs it again.
    pub(crate) again: String,
}

impl Failure<'_> {
    /// Several lines, the first with who and what.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let clause = self.entry.job.clause;
        let mut out = format!(
            "{}  {}  {}  {}\n",
            paint.bad(self.word()),
            paint.strong(clause.id),
            paint.strong(self.name),
            paint.faint(clause.level.word()),
        );
        if let Some((times, all)) = self.rounds {
            out.push_str(&format!("  in {times} of {all} rounds, this the first of them\n"));
        }
        out.push_str(&format!("  {}\n", clause.says));
        for (title, lines) in self.parts() {
            for (at, line) in lines.iter().enumerate() {
                let title = if at == 0 { title } else { "" };
                out.push_str(&format!("  {} {line}\n", paint.faint(&format!("{title:<10}"))));
            }
        }
        out
    }

    fn word(&self) -> &'static str {
        match (&self.entry.raw, self.entry.verdict) {
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
        let sources = self.entry.job.clause.cites.iter().map(|cite| match cite.quote {
            "" => cite.source.to_owned(),
            quote => format!("{}: “{quote}”", cite.source),
        });
        let mut parts = vec![
            ("source", sources.collect()),
            ("permitted", vec![self.permitted()]),
            ("observed", vec![observed(&self.entry.raw)]),
        ];
        if let Some(Deviation { sees, reason, .. }) = self.recorded {
            parts.push(("recorded", vec![format!("“{sees}”: {reason}")]));
        }
        if let Raw::Failed { trace, .. } | Raw::Hung { trace, .. } = &self.entry.raw {
            parts.push(("trace", trace.clone()));
        }
        parts.push(("stderr", self.entry.complaints.clone()));
        parts.push(("run again", vec![self.again.clone()]));
        parts
    }

    fn permitted(&self) -> String {
        match &self.entry.raw {
            Raw::Failed { permitted, .. } => permitted.clone(),
            _ => self.entry.job.clause.permits.join(" or "),
        }
    }
}
