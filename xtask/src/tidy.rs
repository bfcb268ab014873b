//! What no compiler checks: where things lie, who may depend on whom, and how files look.
//!
//! Every check is a function from text to complaints; [`check`] reads the text. The lists that a
//! change of the architecture has to touch are constants at the top of each check's file.

use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use crate::cargo;

mod arrow;
mod code;
mod layout;
mod lines;
mod lockfile;
mod readme;
mod tree;
mod unsafety;
mod versions;
mod words;
mod workspace;

use tree::File;
use workspace::Workspace;

/// One thing to put right: what, where, and what to do.
#[derive(Debug, PartialEq, Eq)]
struct Complaint {
    path: String,
    /// Counted from 1; `None` for the file as a whole.
    line: Option<usize>,
    what: String,
    remedy: String,
}

impl Complaint {
    fn of_file(path: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, what: what.into(), remedy: remedy.into() }
    }

    fn of_line(
        path: &str,
        line: usize,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { line: Some(line), ..Self::of_file(path, what, remedy) }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}\n    {}", self.what, self.remedy)
    }
}

pub(crate) fn run() -> ExitCode {
    match cargo::workspace_root() {
        Ok(root) if check(&root).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints every complaint about the workspace at `root`; fails with their number.
pub(crate) fn check(root: &Path) -> Result<(), usize> {
    let (report, count) = match read(root) {
        Ok((files, workspace)) => report(root, &files, &workspace),
        Err(error) => (error, 1),
    };
    // Whoever closed the pipe has read enough; the verdict is the exit code.
    let _ = writeln!(io::stdout(), "{report}");
    if count == 0 { Ok(()) } else { Err(count) }
}

fn report(root: &Path, files: &[File], workspace: &Workspace) -> (String, usize) {
    let complaints = complaints(root, files, workspace);
    let mut lines: Vec<_> = complaints.iter().map(Complaint::to_string).collect();
    lines.extend(files.iter().filter_map(lines::note).map(|note| format!("note: {note}")));
    let (files, crates) = (files.len(), workspace.members.len());
    lines.push(format!("tidy: {files} files, {crates} crates, {} complaints", complaints.len()));
    (lines.join("\n"), complaints.len())
}

fn read(root: &Path) -> Result<(Vec<File>, Workspace), String> {
    let files = tree::read(root)
        .map_err(|error| format!("the files of {} could not be read: {error}", root.display()))?;
    Ok((files, workspace::parse(&cargo::metadata()?)?))
}

fn complaints(root: &Path, files: &[File], workspace: &Workspace) -> Vec<Complaint> {
    let mut all = Vec::new();
    all.extend(layout::check(files, workspace));
    all.extend(arrow::check(workspace));
    all.extend(versions::check(workspace));
    all.extend(lockfile::check(root, files));
    all.extend(readme::check(files, workspace));
    all.extend(unsafety::check(files));
    for file in files {
        all.extend(lines::check(file));
        all.extend(words::check(file));
    }
    all
}
