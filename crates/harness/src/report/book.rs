//! The book of a run: JSON Lines, written as it grows. The other reports are made of the same.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::report::{Finding, Footer, Header, Line, Report};

/// A book that is being written.
#[derive(Debug)]
pub(crate) struct Book {
    file: BufWriter<File>,
}

impl Book {
    /// Begins a book at `path`.
    pub(crate) fn begin(path: &Path, header: &Header) -> io::Result<Self> {
        let mut book = Self { file: BufWriter::new(File::create(path)?) };
        book.write(&Line::Header(header.clone()))?;
        Ok(book)
    }

    /// Adds a case.
    pub(crate) fn add(&mut self, finding: &Finding) -> io::Result<()> {
        self.write(&Line::Case(finding.clone()))
    }

    /// Ends the book.
    pub(crate) fn end(mut self, footer: &Footer) -> io::Result<()> {
        self.write(&Line::Footer(footer.clone()))
    }

    /// Writes the book of a run that has ended.
    pub(crate) fn write_whole(path: &Path, report: &Report) -> io::Result<()> {
        let mut book = Self::begin(path, &report.header)?;
        report.findings.iter().try_for_each(|finding| book.add(finding))?;
        report.footer.as_ref().map_or(Ok(()), |footer| book.end(footer))
    }

    /// Each line goes out at once, so that a run that is killed leaves all it knew.
    fn write(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}

/// A seed as it is written everywhere. JSON's numbers would lose digits of it in many readers.
pub(crate) fn hex(seed: u64) -> String {
    format!("{seed:#x}")
}
