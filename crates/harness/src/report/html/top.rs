//! The head of the page: how it went, the counts, where it was run, what did not go well.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::section::Section;
use super::{Page, sign};
use crate::Verdict;
use crate::report::{Tally, counted, deviations, observed, plural, skips};

/// A count under its title, and the verdict that is counted.
type Count = (Verdict, &'static str, fn(&Tally) -> usize);

const COUNTS: [Count; 6] = [
    (Verdict::Ok, "ok", |tally| tally.ok),
    (Verdict::Deviation, "deviations", |tally| tally.deviations),
    (Verdict::Skipped, "skipped", |tally| tally.skipped),
    (Verdict::Regression, "failed", |tally| tally.regressions),
    (Verdict::Stale, "stale", |tally| tally.stale),
    (Verdict::NotRun, "not run", |tally| tally.not_run),
];

/// So many failures are told at once; more are to be asked for.
const LISTED: usize = 20;

impl Page<'_> {
    pub(super) fn write_top(&self, out: &mut String) -> fmt::Result {
        let tally = self.report.tally();
        let (class, word) = self.verdict(&tally);
        writeln!(out, "<header>\n<h1>Conformance</h1>\n<p class=\"verdict {class}\">{word}</p>")?;
        self.write_size(out, &tally)?;
        write_counts(out, &tally)?;
        self.write_failures(out)?;
        self.write_deviations(out)?;
        self.write_skips(out, &tally)?;
        self.write_facts(out)?;
        writeln!(out, "</header>")?;
        self.write_bar(out)
    }

    pub(super) fn verdict(&self, tally: &Tally) -> (&'static str, String) {
        // What the baseline knows fails nothing.
        let failing = |wanted: Verdict| {
            let all = self.report.findings.iter();
            all.filter(|finding| finding.verdict == wanted && finding.fails()).count()
        };
        let (failed, stale) = (failing(Verdict::Regression), failing(Verdict::Stale));
        let fails = if failed == 1 { "fails" } else { "fail" };
        let whole = self.report.footer.as_ref().is_some_and(|footer| footer.complete);
        match tally.not_run {
            _ if failed > 0 => ("f", format!("{} {fails}.", plural(failed, "case"))),
            1.. => ("n", format!("Incomplete: {} not run.", plural(tally.not_run, "case"))),
            _ if !whole => ("n", "Incomplete: the run was cut off.".to_owned()),
            _ if stale > 0 => {
                ("s", format!("{} no longer seen.", plural(stale, "recorded deviation")))
            }
            _ if tally.regressions + tally.stale > 0 => {
                ("o", "Nothing fails that the baseline does not know.".to_owned())
            }
            _ if tally.deviations == 0 => ("o", "Everything seen is permitted.".to_owned()),
            _ => ("o", "Everything seen is permitted, or departs exactly as recorded.".to_owned()),
        }
    }

    /// What was judged, in a line.
    fn write_size(&self, out: &mut String, tally: &Tally) -> fmt::Result {
        let noun = match self.sections.first() {
            Some(section) => section.noun(),
            None => "subject",
        };
        let nouns = match noun {
            "pair" => format!("{} of client and server", plural(tally.subjects, noun)),
            _ => plural(tally.subjects, noun),
        };
        let (clauses, runs) = (plural(tally.clauses, "clause"), plural(tally.runs, "run"));
        let names: Vec<_> = self.axes.iter().map(|axis| axis.name()).collect();
        let under = if names.is_empty() { "" } else { ", under " };
        let names = names.join(", ");
        writeln!(out, "<p class=size>{nouns}, {clauses}, {runs}{under}{names}</p>")
    }

    fn write_facts(&self, out: &mut String) -> fmt::Result {
        let header = &self.report.header;
        let took = format!("{:.1} s", self.report.took().as_secs_f64());
        let catalogue =
            format!("{} clauses, {}", header.catalogue.clauses, header.catalogue.edition);
        let facts = [
            ("system", &format!("{} {}, {}", header.os, header.kernel, header.arch)),
            ("harness", &header.harness),
            ("catalogue", &catalogue),
            ("seed", &header.seed),
            ("begun", &header.begun),
            ("took", &took),
        ];
        let system = Escaped(&header.os);
        let summary =
            format!("{system} {}, {}, seed {}", Escaped(&header.kernel), took, header.seed);
        writeln!(out, "<details class=list><summary>{summary}</summary><dl class=facts>")?;
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            writeln!(out, "<div><dt>{name}<dd>{}</div>", Escaped(fact))?;
        }
        writeln!(out, "</dl></details>")
    }

    fn write_failures(&self, out: &mut String) -> fmt::Result {
        let bad = |verdict| matches!(verdict, Verdict::Regression | Verdict::Stale);
        let failed: Vec<_> =
            self.groups.iter().filter(|group| bad(group.worst().verdict)).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let open = if failed.len() <= LISTED { " open" } else { "" };
        writeln!(out, "<details class=list{open}><summary>What did not go well</summary><ul>")?;
        for group in failed {
            let worst = group.worst();
            let (sign, class) = sign(worst.verdict);
            let (clause, subject) = (Escaped(group.clause()), Escaped(group.subject()));
            let title = group.title();
            let seen = observed(&worst.raw);
            writeln!(
                out,
                "<li><b class=\"t {class}\">{sign}</b> <a href=\"#{clause}\" \
                 data-s=\"{subject}\">{}</a> <b>{subject}</b> <span>{}</span>",
                Escaped(&title),
                Escaped(&seen)
            )?;
        }
        writeln!(out, "</ul></details>")
    }

    fn write_deviations(&self, out: &mut String) -> fmt::Result {
        let deviations = deviations(self.groups);
        if deviations.is_empty() {
            return Ok(());
        }
        let count = plural(deviations.len(), "deviation");
        writeln!(out, "<details class=list><summary>{count}, known and explained</summary><ul>")?;
        let (sign, class) = sign(Verdict::Deviation);
        for (finding, known, names) in deviations {
            let (clause, title) = (Escaped(&finding.clause), finding.title());
            writeln!(
                out,
                "<li><b class=\"t {class}\">{sign}</b> <a href=\"#{clause}\" \
                 data-s=\"{}\">{}</a> <b>{}</b> <span>{}</span> <i>{}</i>",
                Escaped(names[0]),
                Escaped(&title),
                Escaped(&names.join(", ")),
                Escaped(&known.sees),
                Escaped(&known.reason)
            )?;
        }
        writeln!(out, "</ul></details>")
    }

    fn write_skips(&self, out: &mut String, tally: &Tally) -> fmt::Result {
        let skips = skips(self.groups);
        if skips.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<details class=list><summary>{} skipped, by what is missing \
             (one may lack several)</summary><p>",
            plural(tally.skipped, "case")
        )?;
        for (needs, count) in skips {
            writeln!(out, "<span class=skip><b>{}</b> {}</span>", counted(count), Escaped(needs))?;
        }
        writeln!(out, "</details>")
    }

    /// The bar that stays: where to go, and the filters, which the script brings to life.
    fn write_bar(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "<nav id=bar><p class=kinds>")?;
        for Section { id, title, .. } in &self.sections {
            writeln!(out, "<a href=\"#{id}\">{}</a>", Escaped(title))?;
        }
        writeln!(out, "</p>{FILTERS}</nav>")
    }
}

const FILTERS: &str = "<form class=only-js>\
    <input id=find type=search placeholder=\"clause or words\" title=\"press / to come here\" \
    aria-label=\"Clause or words\">\
    <input id=who type=search placeholder=\"subject\" aria-label=\"Subject\">\
    <select id=level aria-label=\"Level\"><option value=\"\">every level<option>must<option>should\
    <option>observe</select>\
    <select id=rows aria-label=\"Rows\"><option value=\"\">every row\
    <option value=odd>what departs or fails<option value=differ>where subjects differ</select>\
    <output id=shown></output></form>";

fn write_counts(out: &mut String, tally: &Tally) -> fmt::Result {
    writeln!(out, "<ul class=counts>")?;
    for (verdict, title, count) in COUNTS {
        let count = count(tally);
        let (sign, class) = sign(verdict);
        let title = if count == 1 { title.trim_end_matches('s') } else { title };
        let none = if count == 0 { " none" } else { "" };
        writeln!(
            out,
            "<li><button type=button class=\"count{none}\" data-v={class} aria-pressed=false>\
             <b class=\"t {class}\">{sign}</b><strong>{}</strong> {title}</button>",
            counted(count)
        )?;
    }
    writeln!(out, "</ul>\n<p class=share aria-hidden=true>")?;
    for (verdict, _, count) in COUNTS {
        let (count, (_, class)) = (count(tally), sign(verdict));
        if count > 0 {
            write!(out, "<i class={class} style=\"flex-grow:{count}\"></i>")?;
        }
    }
    writeln!(out, "</p>")
}
