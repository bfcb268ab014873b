//! The clauses framing.netstring.*: a decimal length, a colon, the body, a comma.

use crate::About::Format;
use crate::{Clause, cite};

/// The definition of netstrings.
const NOTE: &str = "Bernstein, Netstrings, 2";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("netstring"),
        "framing.netstring.vectors",
        "The definition's examples are sent and received as they are written there",
    )
    .cites(&[cite(NOTE, "Any string of 8-bit bytes may be encoded as [len]\":\"[string]\",\".")]),
    Clause::must(
        Format("netstring"),
        "framing.netstring.leading-zero",
        "A length with a zero before it is malformed",
    )
    .cites(&[cite(NOTE, "Extra zeros at the front of [len] are prohibited")]),
    Clause::must(
        Format("netstring"),
        "framing.netstring.digits",
        "A length of anything but decimal digits, or of none, is malformed where that shows",
    )
    .cites(&[cite(NOTE, "[len] is a nonempty sequence of ASCII digits")]),
    Clause::must(
        Format("netstring"),
        "framing.netstring.comma",
        "A body without a comma behind it is malformed",
    )
    .cites(&[cite(NOTE, "")]),
    Clause::must(
        Format("netstring"),
        "framing.netstring.overflow",
        "A length over the maximum, or over any integer, is refused; none wraps round",
    )
    .cites(&[cite("sockrates-core Framing, law 6", "")]),
];
