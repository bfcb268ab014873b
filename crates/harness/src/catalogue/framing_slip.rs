//! The clauses framing.slip.*: bodies between END bytes, with an escape for the END inside.

use crate::About::Format;
use crate::{Clause, cite};

const RFC: &str = "RFC 1055";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("slip"),
        "framing.slip.vectors",
        "END and ESC in a body are escaped, nothing else is, and an END is behind it",
    )
    .cites(&[cite(
        RFC,
        "If a data byte is the same code as END character, a two byte sequence of ESC and octal \
         334 (decimal 220) is sent instead.",
    )]),
    Clause::observe(
        Format("slip"),
        "framing.slip.first-end",
        "Whether an END is sent before a frame too",
        &["sent", "not sent"],
    )
    .cites(&[cite(RFC, "to begin as well as end packets with an END character")]),
    Clause::must(
        Format("slip"),
        "framing.slip.nothing-between",
        "Nothing between two ENDs is no frame",
    )
    .cites(&[cite(RFC, "")]),
    Clause::should(
        Format("slip"),
        "framing.slip.bad-escape",
        "An ESC before anything but its two partners is malformed, and the next frame arrives",
    )
    .cites(&[cite(RFC, "then we have a protocol violation"), cite("sockrates-core Slip", "")]),
    Clause::must(
        Format("slip"),
        "framing.slip.resync",
        "A frame over the maximum is one error, and the next one arrives",
    )
    .cites(&[cite("sockrates-core Slip", "")]),
];
