//! The clauses framing.delimiter.*: a mark behind each body.

use crate::About::Format;
use crate::{Clause, cite};

const DELIMITER: &str = "sockrates-core Delimiter";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("delimiter"),
        "framing.delimiter.behind",
        "A frame is the body as it is, and the delimiter behind it",
    )
    .cites(&[cite(DELIMITER, "Frames that end in a delimiter of one or several bytes.")]),
    Clause::must(
        Format("delimiter"),
        "framing.delimiter.split",
        "A delimiter ends its frame also where it arrives in pieces",
    )
    .cites(&[cite(
        "sockrates-core Framing, law 3",
        "The answer depends on the bytes alone, not on how they were cut into windows",
    )]),
    Clause::must(
        Format("delimiter"),
        "framing.delimiter.inside",
        "A body with the delimiter inside it is refused when it is sent",
    )
    .cites(&[cite(DELIMITER, "A body cannot contain the delimiter")]),
    Clause::must(
        Format("delimiter"),
        "framing.delimiter.part",
        "A part of the delimiter is data; ending a body it is refused if the frame would end there",
    )
    .cites(&[cite(
        DELIMITER,
        "where the end of the body and the delimiter together would end the frame too early",
    )])
    .permits(&["holds", "one byte"]),
    Clause::must(
        Format("delimiter"),
        "framing.delimiter.discarded",
        "A frame over the maximum is one error, dropped with its delimiter; the next one arrives",
    )
    .cites(&[cite(
        DELIMITER,
        "everything up to the next delimiter is then dropped, and the frames behind it arrive",
    )]),
];
