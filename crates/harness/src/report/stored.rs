//! A report that was stored, read again.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;

use crate::report::line::SCHEMA;
use crate::report::{Line, Report};

/// What the first line has whatever its version.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

impl Report {
    /// Reads the report at `path`, or in the folder `path`. The error says what is wrong with it.
    ///
    /// A last line that was cut off is left out: the run was killed while it wrote it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let inside = path.join("report.jsonl");
        let path = if path.is_dir() { &inside } else { path };
        let cannot = |error| format!("{} cannot be read: {error}", path.display());
        Self::read_from(BufReader::new(File::open(path).map_err(cannot)?))
            .map_err(|error| format!("{} is no report of this program: {error}", path.display()))
    }

    /// Reads a report, line by line.
    pub(crate) fn read_from(mut from: impl BufRead) -> Result<Self, String> {
        let (mut header, mut findings, mut footer) = (None, Vec::new(), None);
        let mut text = Vec::new();
        for number in 1.. {
            text.clear();
            if from.read_until(b'\n', &mut text).map_err(|error| error.to_string())? == 0 {
                break;
            }
            let refuse = |why: &str| Err(format!("line {number}: {why}"));
            let line = match serde_json::from_slice(&text) {
                Ok(line) => line,
                Err(_) if header.is_some() && !text.ends_with(b"\n") => break,
                Err(_) if header.is_none() && is_newer(&text) => {
                    return refuse("it was written by a newer version of this program");
                }
                Err(error) if header.is_none() => {
                    return refuse(&format!(
                        "a report begins with a header, and this is none: {error}"
                    ));
                }
                Err(error) => return refuse(&error.to_string()),
            };
            match line {
                _ if footer.is_some() => return refuse("nothing may follow the footer"),
                Line::Header(_) if header.is_some() => return refuse("a second header"),
                Line::Header(it) if it.schema > SCHEMA => {
                    return refuse("it was written by a newer version of this program");
                }
                Line::Header(it) => header = Some(it),
                _ if header.is_none() => return refuse("a header was expected"),
                Line::Case(it) => findings.push(it),
                Line::Footer(it) => footer = Some(it),
            }
        }
        Ok(Self::new(header.ok_or("it is empty")?, findings, footer))
    }

    /// Whether every case that was planned has its finding, and was run.
    pub(crate) fn is_whole(&self) -> bool {
        let written = self.findings.len() == self.header.planned;
        written && self.footer.as_ref().is_some_and(|footer| footer.complete)
    }
}

fn is_newer(text: &[u8]) -> bool {
    serde_json::from_slice::<Version>(text).is_ok_and(|version| version.schema > SCHEMA)
}
