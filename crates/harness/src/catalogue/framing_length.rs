//! The clauses framing.length.*: a length before each body.

use crate::About::Format;
use crate::{Clause, cite};

const PREFIX: &[crate::Cite] = &[cite(
    "RFC 1035 4.2.2",
    "The message is prefixed with a two byte length field which gives the message length, \
     excluding the two byte length field.",
)];

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("length"),
        "framing.length.header",
        "The header is the body's length, in the width of the format, with its own if that counts",
    )
    .cites(PREFIX),
    Clause::must(
        Format("length"),
        "framing.length.wide",
        "A length of several bytes is in the order of the format, the same both ways",
    )
    .cites(PREFIX)
    .permits(&["holds", "one byte"]),
    Clause::must(
        Format("length"),
        "framing.length.zero",
        "An empty body is a header alone, and such a header is a frame",
    )
    .cites(PREFIX),
    Clause::must(
        Format("length"),
        "framing.length.inclusive",
        "A number that counts its own bytes is malformed where it is smaller than they are",
    )
    .cites(&[cite(
        "sockrates-core LengthPrefix::inclusive",
        "A number smaller than its own size is then malformed.",
    )])
    .permits(&["holds", "not counted"]),
    Clause::must(
        Format("length"),
        "framing.length.largest",
        "A length over the maximum, the largest of all too, is refused by the header alone",
    )
    .cites(&[cite(
        "sockrates-core Framing, law 6",
        "what is longer is an error as soon as it shows",
    )]),
];
