//! The matrices, as they are shown.

use std::fmt::{self, Write};

use super::Between;
use crate::report::{Paint, Report, Tally, columns, counted, wrapped};

/// One protocol's clients and servers, and what came of each client with each server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix<'r> {
    /// What they speak.
    pub(crate) protocol: &'r str,
    /// The rows.
    pub(crate) clients: Vec<&'r str>,
    /// The columns.
    pub(crate) servers: Vec<&'r str>,
    /// Row by row, the counts of each pair; none where the two were not judged.
    pub(crate) cells: Vec<Vec<Option<Tally>>>,
}

const LEGEND: &str = "client rows, server columns; in each cell: clauses that hold, d deviations \
                      as recorded, ✗ failed; · where the two do not meet";

/// How wide text is.
const COLUMNS: usize = 80;

impl<'r> Matrix<'r> {
    /// The matrices of `report`, protocol by protocol; none unless clients and servers were judged
    /// with each other.
    pub(crate) fn all(report: &'r Report) -> Vec<Self> {
        let mut matrices: Vec<Self> = Vec::new();
        for (listed, tally) in report.header.subjects.iter().zip(report.tallies()) {
            let Some(between) = &listed.between else { continue };
            let at = matrices.iter().position(|it| it.protocol == between.protocol);
            let at = at.unwrap_or_else(|| {
                matrices.push(Self::new(&between.protocol));
                matrices.len() - 1
            });
            matrices[at].put(between, tally);
        }
        matrices
    }

    fn new(protocol: &'r str) -> Self {
        Self { protocol, clients: Vec::new(), servers: Vec::new(), cells: Vec::new() }
    }

    fn put(&mut self, between: &'r Between, tally: Tally) {
        let row = place(&mut self.clients, &between.client);
        let column = place(&mut self.servers, &between.server);
        self.cells.resize(self.clients.len(), Vec::new());
        for cells in &mut self.cells {
            cells.resize(self.servers.len(), None);
        }
        self.cells[row][column] = Some(tally);
    }

    /// The matrix for a terminal: servers are numbered, and named below where they are no clients.
    fn terminal(&self, paint: Paint) -> String {
        let number = |server: &str| self.servers.iter().position(|name| *name == server);
        let mut rows = vec![
            std::iter::once(String::new())
                .chain((1..=self.servers.len()).map(|number| number.to_string()))
                .collect::<Vec<_>>(),
        ];
        for (client, cells) in self.clients.iter().zip(&self.cells) {
            let head = match number(client) {
                Some(at) => format!("{:>2} {client}", at + 1),
                None => format!("   {client}"),
            };
            let cells = cells.iter().map(|cell| text(cell.as_ref()));
            rows.push(std::iter::once(head).chain(cells).collect());
        }
        let mut out = format!("{}\n", paint.strong(self.protocol));
        for (at, line) in columns(&rows).into_iter().enumerate() {
            let failed = at.checked_sub(1).is_some_and(|row| {
                self.cells[row].iter().flatten().any(|tally| failures(tally) > 0)
            });
            let line = match at {
                0 => paint.faint(&line),
                _ if failed => paint.bad(&line),
                _ => line,
            };
            out.push_str(&format!("{line}\n"));
        }
        let only = self.servers.iter().filter(|name| !self.clients.contains(name));
        for server in only {
            let at = number(server).unwrap_or_default() + 1;
            out.push_str(&format!("{at:>2} {server}\n"));
        }
        out
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "### {}\n", self.protocol)?;
        writeln!(out, "| client ＼ server | {} |", self.servers.join(" | "))?;
        writeln!(out, "|---{}|", "|--:".repeat(self.servers.len()))?;
        for (client, cells) in self.clients.iter().zip(&self.cells) {
            let cells: Vec<_> = cells.iter().map(|cell| text(cell.as_ref())).collect();
            writeln!(out, "| {client} | {} |", cells.join(" | "))?;
        }
        writeln!(out)
    }
}

/// The matrices for a terminal; empty where there are none.
pub(crate) fn terminal(report: &Report, paint: Paint) -> String {
    let matrices = Matrix::all(report);
    if matrices.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for line in wrapped(LEGEND, COLUMNS) {
        out.push_str(&format!("{}\n", paint.faint(&line)));
    }
    for matrix in matrices {
        out.push_str(&format!("\n{}", matrix.terminal(paint)));
    }
    out
}

/// The matrices as a chapter of a page in Markdown; nothing where there are none.
pub(crate) fn write_markdown(report: &Report, out: &mut String) -> fmt::Result {
    let matrices = Matrix::all(report);
    if matrices.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Clients and servers\n\n{LEGEND}\n")?;
    matrices.iter().try_for_each(|matrix| matrix.write_markdown(out))
}

/// The place of `name` in `names`, at the end if it is new.
fn place<'r>(names: &mut Vec<&'r str>, name: &'r str) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

/// What did not go well of a pair.
fn failures(tally: &Tally) -> usize {
    tally.regressions + tally.stale + tally.not_run
}

fn text(cell: Option<&Tally>) -> String {
    let Some(tally) = cell else { return "·".to_owned() };
    let mut text = counted(tally.ok);
    if tally.deviations > 0 {
        text.push_str(&format!(" {}d", counted(tally.deviations)));
    }
    if failures(tally) > 0 {
        text.push_str(&format!(" {}✗", counted(failures(tally))));
    }
    text
}
