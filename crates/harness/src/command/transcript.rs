//! `judge`: what was stored is judged again, by the catalogue and the model of today, without
//! running anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::exit::Exit;
use super::{Done, Program, say};
use crate::model::{Admission, Nature, Refusal, admit};
use crate::outcome::judge_recorded;
use crate::report::{Finding, Paint, Report, SCHEMA, columns, observed, wrapped};
use crate::{Deviation, Raw, Record, Verdict};

/// Judges the transcript at `path`: a report, or one trace.
pub(crate) fn run(program: &Program, path: &Path) -> Result<Exit, Done> {
    let paint = Paint::of_stdout();
    if let Some(trace) = Trace::read(path)? {
        return Ok(trace.judge(paint));
    }
    let report = Report::read(path).map_err(Done::Usage)?;
    let known = Known::of(program, &report);
    let natures: BTreeMap<_, _> = report.header.subjects.iter().map(nature_of).collect();
    let mut tally = Tally::default();
    for finding in &report.findings {
        let nature = natures.get(finding.subject.as_str()).copied().flatten();
        let again = Again::of(finding, known.judge(finding), nature);
        say(&again.told(finding, report.header.mutants, paint));
        tally.add(finding, &again);
    }
    say(&tally.told(&report, paint));
    Ok(tally.exit(&report))
}

fn nature_of(listed: &crate::report::Listed) -> (&str, Option<Nature>) {
    (&listed.name, Nature::listed(&listed.is, &listed.caps))
}

/// The deviations that are recorded today.
struct Known {
    os: String,
    /// By subject; none for who is not in this program.
    deviations: BTreeMap<String, Vec<Deviation>>,
}

impl Known {
    fn of(program: &Program, report: &Report) -> Self {
        let listed: BTreeSet<&str> = report.header.subjects.iter().map(|it| &*it.name).collect();
        let mut deviations = BTreeMap::new();
        if report.header.mutants {
            for mutant in program.mutants.iter().filter(|mutant| listed.contains(mutant.name)) {
                let known = (mutant.make)().deviations().to_vec();
                deviations.insert(mutant.name.to_owned(), known);
            }
        } else {
            for subject in program.subjects.iter().filter(|it| listed.contains(it.name())) {
                deviations.insert(subject.name().to_owned(), subject.deviations().to_vec());
            }
        }
        Self { os: report.header.os.clone(), deviations }
    }

    /// The verdict of today; none where the catalogue has no such clause any more.
    fn judge(&self, finding: &Finding) -> Option<Verdict> {
        let clause = finding.clause()?;
        let find = |name: &str| {
            let here = |known: &&Deviation| {
                known.clause == name && (known.os.is_empty() || known.os == self.os)
            };
            let today = self.deviations.get(&finding.subject)?;
            today.iter().find(here).map(|known| known.sees)
        };
        // What is recorded of the axis itself comes before what is recorded without.
        let of_axis = finding.axis.and_then(|_| find(&finding.title()));
        // Of somebody who is not in this program there is only what the report says.
        let stranger = !self.deviations.contains_key(&finding.subject);
        let stored = finding.recorded.as_ref().filter(|_| stranger);
        let sees = of_axis.or_else(|| find(clause.id)).or(stored.map(|known| &*known.sees));
        let told = of_axis.is_some() || (stranger && finding.verdict == Verdict::Stale);
        Some(match judge_recorded(clause, sees, &finding.raw) {
            // What departs plainly may well keep to it under adversity.
            Verdict::Stale if finding.axis.is_some() && !told => Verdict::Ok,
            verdict => verdict,
        })
    }
}

/// What is said of a case today.
struct Again {
    verdict: Option<Verdict>,
    /// None where the model has nothing to say.
    admission: Option<Admission>,
}

impl Again {
    fn of(finding: &Finding, verdict: Option<Verdict>, nature: Option<Nature>) -> Self {
        let nature = nature.filter(|_| !finding.record.is_empty());
        Self { verdict, admission: nature.map(|nature| admit(nature, &finding.record)) }
    }

    fn differs(&self, finding: &Finding) -> bool {
        self.verdict != Some(finding.verdict)
    }

    /// Whether the model refuses what the catalogue takes.
    fn is_alone(&self) -> bool {
        let fine = matches!(self.verdict, Some(Verdict::Ok | Verdict::Skipped) | None);
        matches!(self.admission, Some(Admission::Refused(_))) && fine
    }

    /// Several lines about what is worth telling; none where it is as it was.
    fn told(&self, finding: &Finding, mutant: bool, paint: Paint) -> String {
        let who = format!("{}  {}", paint.strong(&finding.title()), paint.strong(&finding.subject));
        let mut text = String::new();
        match self.verdict {
            None => text.push_str(&format!(
                "{}  {who}: this catalogue has no such clause\n",
                paint.odd("UNKNOWN")
            )),
            Some(verdict) if self.differs(finding) => text.push_str(&format!(
                "{}  {who}: {:?} when it was stored, {verdict:?} now\n  observed {}\n",
                paint.bad("DIFFERS"),
                finding.verdict,
                observed(&finding.raw)
            )),
            Some(_) => {}
        }
        match &self.admission {
            Some(Admission::Refused(refusal)) if self.is_alone() && !mutant => {
                text.push_str(&format!("{}  {who}\n", paint.bad("REFUSED")));
                text.push_str(&refused(refusal));
            }
            Some(Admission::Malformed(why)) => {
                text.push_str(&format!("{}  {who}: {why}\n", paint.bad("NO TRACE")));
            }
            _ => {}
        }
        text
    }
}

fn refused(Refusal { op, step, permitted }: &Refusal) -> String {
    let permitted = match permitted.as_slice() {
        [] => "nothing that it could have done".to_owned(),
        some => some.join("; or "),
    };
    format!("  at op {op}: {step}\n  permitted {permitted}\n")
}

/// How wide text is.
const COLUMNS: usize = 76;

const UNDECIDED: &str = "What threads did at the same time, and queues whose order nobody told, \
                         could have come about in more ways there than the model follows. Their \
                         verdicts stand: the catalogue judged them.";

#[derive(Default)]
struct Tally {
    counts: BTreeMap<String, usize>,
    differ: usize,
    unknown: usize,
    regressions: usize,
    stale: usize,
    admitted: usize,
    refused: usize,
    alone: usize,
    /// By clause and axis, who had a trace that the model does not follow.
    undecided: BTreeMap<String, Vec<String>>,
    malformed: usize,
    /// Who had a trace refused.
    refused_of: BTreeSet<String>,
    traced: BTreeSet<String>,
    bug: bool,
}

impl Tally {
    fn add(&mut self, finding: &Finding, again: &Again) {
        let word =
            again.verdict.map_or("unknown".to_owned(), |it| format!("{it:?}").to_lowercase());
        *self.counts.entry(word).or_default() += 1;
        self.differ += usize::from(again.differs(finding) && again.verdict.is_some());
        self.unknown += usize::from(again.verdict.is_none());
        self.regressions += usize::from(again.verdict == Some(Verdict::Regression));
        self.stale += usize::from(again.verdict == Some(Verdict::Stale));
        self.bug |= matches!(finding.raw, Raw::HarnessError { .. });
        self.alone += usize::from(again.is_alone());
        let Some(admission) = &again.admission else { return };
        self.traced.insert(finding.subject.clone());
        match admission {
            Admission::Admitted => self.admitted += 1,
            Admission::Undecided(_) => {
                let names = self.undecided.entry(finding.title().into_owned()).or_default();
                names.push(finding.subject.clone());
            }
            Admission::Malformed(_) => self.malformed += 1,
            Admission::Refused(_) => {
                self.refused += 1;
                self.refused_of.insert(finding.subject.clone());
            }
        }
    }

    fn told(&self, report: &Report, paint: Paint) -> String {
        let mut rows = vec![vec!["verdict".to_owned(), "cases".to_owned()]];
        rows.extend(self.counts.iter().map(|(word, count)| vec![word.clone(), count.to_string()]));
        let mut text = self.undecided(paint);
        text.push_str(&format!("\n{}\n", columns(&rows).join("\n")));
        if report.header.schema < SCHEMA && self.traced.is_empty() {
            let schema = report.header.schema;
            text.push_str(&format!(
                "model: nothing to judge: a report of schema {schema} keeps no traces\n"
            ));
        }
        if report.header.mutants {
            text.push_str(&format!(
                "model: refuses traces of {} of {} mutants of transports\n",
                self.refused_of.len(),
                self.traced.len()
            ));
        }
        text.push_str(&format!(
            "model: {} traces admitted, {} refused ({} of cases that are fine), {} undecided\n",
            self.admitted,
            self.refused,
            self.alone,
            self.undecided.values().map(Vec::len).sum::<usize>()
        ));
        let (all, planned) = (report.findings.len(), report.header.planned);
        if report.footer.is_none() || all != planned {
            text.push_str(&format!("judge: cut off: {all} of {planned} cases were written\n"));
        }
        text.push_str(&format!(
            "judge: {all} cases, {} verdicts differ from those stored, {} unknown clauses\n",
            self.differ, self.unknown
        ));
        text
    }

    /// What the model could not follow, clause by clause.
    fn undecided(&self, paint: Paint) -> String {
        if self.undecided.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{}\n", paint.odd("undecided by the model"));
        wrapped(UNDECIDED, COLUMNS).iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        for (clause, names) in &self.undecided {
            text.push_str(&format!("  {clause} ({})\n", names.len()));
            for line in wrapped(&names.join(", "), COLUMNS - 2) {
                text.push_str(&format!("    {}\n", paint.faint(&line)));
            }
        }
        text
    }

    fn exit(&self, report: &Report) -> Exit {
        let mutants = report.header.mutants;
        if self.bug {
            Exit::HarnessBug
        } else if self.malformed > 0 {
            Exit::Usage
        } else if report.findings.is_empty() {
            Exit::NothingRan
        } else if !report.is_whole() || self.unknown > 0 {
            Exit::Incomplete
        } else if mutants {
            // A mutant's regressions are what is wanted.
            if self.differ > 0 { Exit::Regressions } else { Exit::Ok }
        } else if self.regressions > 0 || self.alone > 0 {
            Exit::Regressions
        } else if self.stale > 0 {
            Exit::Stale
        } else {
            Exit::Ok
        }
    }
}

/// One trace in a file of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trace {
    #[serde(rename = "trace")]
    _version: u32,
    /// "stream" or "datagram".
    is: String,
    /// The subject's capabilities: what matters is whether there is "sendto".
    #[serde(default)]
    caps: Vec<String>,
    record: Record,
}

/// A file that is meant to be a trace, whatever its version.
#[derive(Deserialize)]
struct Version {
    trace: u32,
}

/// The version of the layout of a trace.
const TRACE: u32 = 1;

/// A trace is of one case.
const BYTES_MAX: u64 = 16 << 20;

impl Trace {
    /// The trace at `path`; none where it is something else.
    fn read(path: &Path) -> Result<Option<Self>, Done> {
        let Some(text) = short_text(path) else { return Ok(None) };
        let refuse = |why: String| Done::Usage(format!("{} is no trace: {why}", path.display()));
        let trace = match serde_json::from_str(&text) {
            Ok(Version { trace }) => trace,
            Err(error) if is_meant(&text) => return Err(refuse(error.to_string())),
            Err(_) => return Ok(None),
        };
        if trace != TRACE {
            let why = format!("it is of version {trace}, and this program reads {TRACE}");
            return Err(refuse(why));
        }
        serde_json::from_str(&text).map(Some).map_err(|error| refuse(error.to_string()))
    }

    fn judge(&self, paint: Paint) -> Exit {
        let Self { _version, is, caps, record } = self;
        let Some(nature) = Nature::listed(is, caps) else {
            say(&format!(
                "{}: it is of a {is}, not of a stream or datagrams\n",
                paint.bad("NO TRACE")
            ));
            return Exit::Usage;
        };
        match admit(nature, record) {
            Admission::Admitted => {
                say(&format!("admitted: {} operations\n", record.steps.len()));
                Exit::Ok
            }
            Admission::Refused(refusal) => {
                say(&format!("{}\n{}", paint.bad("REFUSED"), refused(&refusal)));
                Exit::Regressions
            }
            Admission::Undecided(why) => {
                say(&format!("{}: {why}\n", paint.odd("UNDECIDED")));
                Exit::Incomplete
            }
            Admission::Malformed(why) => {
                say(&format!("{}: {why}\n", paint.bad("NO TRACE")));
                Exit::Usage
            }
        }
    }
}

/// Whether a text begins as a trace does, so that it is one that was cut off or changed.
fn is_meant(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with("\"trace\""))
}

/// The text of a file that is no longer than a trace can be.
fn short_text(path: &Path) -> Option<String> {
    let short = std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() <= BYTES_MAX);
    if short { std::fs::read_to_string(path).ok() } else { None }
}
