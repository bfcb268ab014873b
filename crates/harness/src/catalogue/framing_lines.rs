//! The clauses framing.lines.*: lines of text, that end in LF or in CR LF alone.

use crate::About::Format;
use crate::{Cite, Clause, cite};

const CRLF: Cite = cite(
    "RFC 5321 2.3.8",
    "Conforming implementations MUST NOT recognize or generate any other character or character \
     sequence as a line terminator.",
);
const LINES: &str = "sockrates-core Lines";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("lines"),
        "framing.lines.end",
        "A line is sent as it is, with the end of the format behind it",
    )
    .cites(&[CRLF, cite(LINES, "")]),
    Clause::must(
        Format("lines"),
        "framing.lines.cr-lf",
        "CR LF ends a line in either format, also where it arrives in pieces, and is no part of it",
    )
    .cites(&[CRLF, cite(LINES, "")]),
    Clause::must(
        Format("lines"),
        "framing.lines.lone-lf",
        "An LF alone ends a line, or is malformed where CR LF is the only end",
    )
    .cites(&[CRLF, cite(LINES, "")])
    .permits(&["ends a line", "malformed"]),
    Clause::must(
        Format("lines"),
        "framing.lines.lone-cr",
        "A CR alone is data, or is malformed where CR LF is the only end",
    )
    .cites(&[
        cite(
            LINES,
            "two programs that disagree about where a line ends can be played against each other",
        ),
        CRLF,
    ])
    .permits(&["data", "malformed"]),
    Clause::must(
        Format("lines"),
        "framing.lines.inside",
        "A line that would arrive as another, or as two, is refused when it is sent",
    )
    .cites(&[cite(
        "sockrates-core Framing, law of encode",
        "decode of an encoded body gives the body back, and nothing else",
    )]),
    Clause::must(
        Format("lines"),
        "framing.lines.discarded",
        "A malformed line and one over the maximum are one error each, and the next one arrives",
    )
    .cites(&[cite(LINES, "The line is dropped up to the next LF, and the lines behind it arrive")]),
    Clause::observe(
        Format("lines"),
        "framing.lines.unterminated",
        "A last line without an end is cut short, or a line all the same",
        &["cut short", "a line"],
    )
    .cites(&[cite("POSIX.1-2024 XBD 3, Incomplete Line", ""), cite(LINES, "")]),
];
