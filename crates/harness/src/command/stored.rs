//! `summary`, `diff` and `merge`: what is told of reports that were stored.

use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::judgement::write_reports;
use super::options::OUT;
use super::{Done, say};
use crate::report::{Detail, Difference, Paint, Report};

/// Tells what a stored report says. It exits as the run did.
pub(crate) fn summary(path: &Path) -> Result<Exit, Done> {
    let report = read(path)?;
    let paint = Paint::of_stdout();
    say(&report.facts(paint));
    say(&format!("\n{}", report.summary(paint, Detail::Full)));
    say(&format!("\n{}\n", report.last_line()));
    Ok(Exit::of_stored(&report))
}

/// Joins the reports of a run's parts and writes all reports of the whole. It exits as the whole
/// run would have.
pub(crate) fn merge(paths: &[PathBuf], out: &Path) -> Result<Exit, Done> {
    let mut parts = Vec::new();
    for path in paths {
        parts.push((path.display().to_string(), read(path)?));
    }
    let report = Report::merge(parts).map_err(Done::Usage)?;
    let cannot =
        |error| Done::Usage(format!("--out: {} cannot be written: {error}", out.display()));
    write_reports(&report, out).map_err(cannot)?;
    let more = summary_of(&report.header.program, out);
    say(&format!("\n{}", report.summary(Paint::of_stdout(), Detail::Brief(&more))));
    say(&format!("\n{} parts; reports in {}\n", paths.len(), out.display()));
    say(&format!("{}\n", report.last_line()));
    Ok(Exit::of_stored(&report))
}

/// The command line that tells all of the report in the folder `out`.
pub(crate) fn summary_of(program: &str, out: &Path) -> String {
    match out.to_str() {
        Some(OUT) => format!("{program} summary"),
        _ => format!("{program} summary {}", out.display()),
    }
}

/// Tells what differs from one report to the other. It fails where the other is worse.
pub(crate) fn diff(one: &Path, other: &Path) -> Result<Exit, Done> {
    let (one, other) = (read(one)?, read(other)?);
    let difference = Difference::new(&one, &other);
    say(&difference.text(Paint::of_stdout()));
    Ok(if difference.worse.is_empty() { Exit::Ok } else { Exit::Regressions })
}

fn read(path: &Path) -> Result<Report, Done> {
    Report::read(path).map_err(Done::Usage)
}
