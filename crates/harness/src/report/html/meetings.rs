//! Who met whom: for each protocol a small matrix of clients and servers.

use std::fmt::{self, Write};

use super::escape::Escaped;
use super::sign;
use crate::Verdict;
use crate::interop::Matrix;
use crate::report::{Tally, counted};

/// Writes the matrix; each cell leads to the clauses of the two, in the table `id`.
pub(super) fn write(out: &mut String, matrix: &Matrix<'_>, id: &str) -> fmt::Result {
    writeln!(
        out,
        "<p class=hint>Clients connect, servers listen. In each cell: how many clauses hold, and \
         what did not.</p>\n<div class=scroll tabindex=0 role=region aria-label=\"Who met whom\">\
         <table class=meet>\n<thead><tr><th scope=col>client ↓ server →"
    )?;
    for server in &matrix.servers {
        write!(out, "<th scope=col>{}", Escaped(server))?;
    }
    writeln!(out, "\n<tbody>")?;
    for (client, cells) in matrix.clients.iter().zip(&matrix.cells) {
        write!(out, "<tr><th scope=row>{}", Escaped(client))?;
        for (server, cell) in matrix.servers.iter().zip(cells) {
            match cell {
                None => write!(out, "<td class=no title=\"the two do not meet\">·")?,
                Some(tally) => write_cell(out, tally, &format!("{client}->{server}"), id)?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "</table></div>")
}

fn write_cell(out: &mut String, tally: &Tally, pair: &str, id: &str) -> fmt::Result {
    let counts = [
        (Verdict::Regression, tally.regressions, "failed"),
        (Verdict::NotRun, tally.not_run, "not run"),
        (Verdict::Stale, tally.stale, "stale"),
        (Verdict::Deviation, tally.deviations, "as recorded"),
    ];
    let odd: Vec<_> = counts.into_iter().filter(|(_, count, _)| *count > 0).collect();
    let (_, class) = sign(odd.first().map_or(Verdict::Ok, |(verdict, ..)| *verdict));
    write!(
        out,
        "<td class={class}><a href=\"#{id}\" data-pair=\"{}\"><b>{}</b>",
        Escaped(pair),
        counted(tally.ok)
    )?;
    for (_, count, word) in odd {
        write!(out, " <small>{} {word}</small>", counted(count))?;
    }
    write!(out, "</a>")
}
