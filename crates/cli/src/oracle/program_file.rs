//! A program in a file: `repro.jsonl`, which any language can read.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::hunt::Found;
use super::operation::Step;
use super::outcome::Outcome;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// The version of the format.
    oracle: u32,
    /// Where the program comes from.
    seed: u64,
    case: u32,
}

/// Any other line: a step, and what it came to.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    step: Step,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ours: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    theirs: Option<Outcome>,
}

/// The text of the file.
pub(crate) fn text(seed: u64, found: &Found) -> serde_json::Result<String> {
    let mut text = serde_json::to_string(&Head { oracle: VERSION, seed, case: found.case })?;
    for (number, step) in found.steps.iter().enumerate() {
        let outcome = |side: &[Outcome]| side.get(number).cloned();
        let (ours, theirs) = (&found.comparison.ours, &found.comparison.theirs);
        let line = Line { step: step.clone(), ours: outcome(ours), theirs: outcome(theirs) };
        text.push('\n');
        text.push_str(&serde_json::to_string(&line)?);
    }
    text.push('\n');
    Ok(text)
}

/// The steps of the file at `path`.
///
/// # Errors
/// Where it cannot be read, or is no such file: the message says which line.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Step>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let wrong = |number: usize, what: String| {
        io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {what}", number + 1))
    };
    let Some((number, head)) = lines.next() else {
        return Err(wrong(0, "the file is empty".to_owned()));
    };
    let head: Head =
        serde_json::from_str(head).map_err(|error| wrong(number, error.to_string()))?;
    if head.oracle != VERSION {
        let known = format!("format {}, but this program reads {VERSION}", head.oracle);
        return Err(wrong(number, known));
    }
    let step = |(number, line): (usize, &str)| {
        let read = serde_json::from_str::<Line>(line);
        read.map(|line| line.step).map_err(|error| wrong(number, error.to_string()))
    };
    lines.map(step).collect()
}

const VERSION: u32 = 1;
