//! What is known to fail: only what is worse than that fails a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::words::plain;
use crate::report::{Finding, Report};
use crate::{Raw, Verdict};

/// The first line of a baseline.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    baseline: u32,
    /// The system it was made on: what fails there says nothing of another.
    os: String,
}

const VERSION: u32 = 1;

/// A clause that a subject is known to fail. What is seen is part of it: another failure is new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    subject: String,
    clause: String,
    sees: String,
}

/// What is known to fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baseline(BTreeMap<(String, String), BTreeSet<String>>);

impl Baseline {
    /// Reads the baseline at `path`. The error says what is wrong with it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let place = path.display();
        let text = fs::read_to_string(path).map_err(|error| {
            format!("--baseline: {place} cannot be read: {error}; --update-baseline makes one")
        })?;
        Self::parse(&text).map_err(|error| format!("--baseline: {place}: {error}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().ok_or("it is empty")?;
        let head: Head = serde_json::from_str(first).map_err(|error| format!("line 1: {error}"))?;
        if head.baseline > VERSION {
            return Err("it was written by a newer version of this program".to_owned());
        }
        if head.os != std::env::consts::OS {
            let os = std::env::consts::OS;
            return Err(format!("it is of {}, and this is {os}; keep one for each", head.os));
        }
        let mut known = Self::default();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let line: Known =
                serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))?;
            known.add(line);
        }
        Ok(known)
    }

    fn add(&mut self, known: Known) {
        let Known { subject, clause, sees } = known;
        self.0.entry((subject, clause)).or_default().insert(sees);
    }

    /// Whether `finding` fails exactly as is known.
    pub(crate) fn knows(&self, finding: &Finding) -> bool {
        let known = self.0.get(&key(finding));
        can_be_known(finding) && known.is_some_and(|sees| sees.contains(&plain(&finding.raw)))
    }

    /// The clauses and subjects that were judged, and did not do what is known of them.
    pub(crate) fn gone(&self, report: &Report) -> Vec<String> {
        let mut judged: BTreeMap<(String, String), bool> = BTreeMap::new();
        for finding in report.findings.iter().filter(|finding| finding.ran()) {
            *judged.entry(key(finding)).or_default() |= self.knows(finding);
        }
        let gone = self.0.keys().filter(|known| judged.get(known) == Some(&false));
        gone.map(|(subject, clause)| format!("{clause} on {subject}")).collect()
    }

    /// The baseline that makes `report` fine. What was not judged stays as it was.
    pub(crate) fn renewed(&self, report: &Report) -> Self {
        let mut renewed = self.clone();
        for finding in report.findings.iter().filter(|finding| finding.ran()) {
            renewed.0.remove(&key(finding));
        }
        for finding in report.findings.iter().filter(|finding| can_be_known(finding)) {
            renewed.add(Known {
                subject: finding.subject.clone(),
                clause: finding.title().into_owned(),
                sees: plain(&finding.raw),
            });
        }
        renewed
    }

    /// How many failures are known.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes it to `path`, a line for each failure, in an order that makes small differences.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        let head = Head { baseline: VERSION, os: std::env::consts::OS.to_owned() };
        let mut text = serde_json::to_string(&head)?;
        for ((subject, clause), sees) in &self.0 {
            for sees in sees {
                let known =
                    Known { subject: subject.clone(), clause: clause.clone(), sees: sees.clone() };
                text.push('\n');
                text.push_str(&serde_json::to_string(&known)?);
            }
        }
        text.push('\n');
        // Beside and then over it, so that what stops midway leaves the old one whole.
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        fs::File::create(&beside)?.write_all(text.as_bytes())?;
        fs::rename(&beside, path)
    }
}

/// The subject, and the clause with its axis.
fn key(finding: &Finding) -> (String, String) {
    (finding.subject.clone(), finding.title().into_owned())
}

/// Whether it is a failure of the subject's, and not of the judge's.
fn can_be_known(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Regression | Verdict::Stale)
        && !matches!(finding.raw, Raw::HarnessError { .. })
}
