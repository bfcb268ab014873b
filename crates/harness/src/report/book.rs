//! The book of a run: JSON Lines, written as it grows. The other reports are made of the same.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::process::take_alone;
use crate::report::{Finding, Footer, Header, Line, Report};

/// A book that is being written.
#[derive(Debug)]
pub(crate) struct Book {
    file: BufWriter<File>,
}

impl Book {
    /// Begins a book at `path`, which nobody else is writing: two would spoil each other's lines.
    pub(crate) fn begin(path: &Path, header: &Header) -> io::Result<Self> {
        let file = File::options().write(true).create(true).truncate(false).open(path)?;
        take_alone(&file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::Error::new(error.kind(), "another run is writing it"),
            _ => error,
        })?;
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        let mut book = Self { file: BufWriter::new(file) };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::motley;

    #[test]
    fn a_book_has_one_writer_and_begins_anew() {
        let path = std::env::temp_dir().join(format!("book-{}.jsonl", std::process::id()));
        std::fs::write(&path, "left by an earlier run, and longer\n".repeat(1000)).unwrap();
        let report = motley();
        let first = Book::begin(&path, &report.header).unwrap();
        let second = Book::begin(&path, &report.header).unwrap_err();
        assert_eq!(second.to_string(), "another run is writing it");
        drop(first);
        Book::write_whole(&path, &report).unwrap();
        let read = Report::read(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read, Ok(report));
    }
}
