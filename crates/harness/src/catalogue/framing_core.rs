//! The clauses framing.core.*: what every framing has to do with valid frames.

use crate::About::Framing;
use crate::{Clause, cite};

const LAWS: &[crate::Cite] = &[cite("sockrates-core Framing", "")];
const ENCODE: &[crate::Cite] = &[cite(
    "sockrates-core Framing, law of encode",
    "decode of an encoded body gives the body back, and nothing else",
)];
const CUTS: &[crate::Cite] = &[cite(
    "sockrates-core Framing, law 3",
    "The answer depends on the bytes alone, not on how they were cut into windows",
)];
const BOUND: &[crate::Cite] =
    &[cite("sockrates-core Framing, law 6", "No more is ever needed at once than window_max")];

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Framing,
        "framing.core.round-trip",
        "What is decoded is what was encoded, for bodies of every size",
    )
    .cites(ENCODE),
    Clause::must(
        Framing,
        "framing.core.chunking",
        "Frames do not depend on how their bytes arrive",
    )
    .cites(CUTS),
    Clause::must(
        Framing,
        "framing.core.sequence",
        "Frames one after the other are decoded one after the other",
    )
    .cites(ENCODE)
    .permits(&["holds", "takes-all"]),
    Clause::observe(
        Framing,
        "framing.core.empty",
        "An empty body is carried, or refused when it is encoded",
        &["carried", "refused", "impossible"],
    )
    .cites(ENCODE),
    Clause::must(Framing, "framing.core.max", "A body of exactly the maximum is carried")
        .cites(ENCODE),
    Clause::must(
        Framing,
        "framing.core.over-max-refused",
        "A body over the maximum is refused before anything is sent",
    )
    .cites(&[cite("sockrates-core Framing::encode", "where body is over the maximum")]),
    Clause::must(
        Framing,
        "framing.core.over-max-detected",
        "A frame over the maximum is an error, never a frame",
    )
    .cites(BOUND)
    .permits(&["holds", "one-size"]),
    Clause::must(
        Framing,
        "framing.core.trailing",
        "The bytes after a frame are neither consumed nor changed",
    )
    .cites(&[cite(
        "sockrates-core Framing, law 4",
        "Only a returned frame's own bytes may be rewritten in the window",
    )])
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.core.need",
        "What is still needed is never none, and never more than the frame still has",
    )
    .cites(LAWS)
    .permits(&["holds", "takes-all"]),
    Clause::must(
        Framing,
        "framing.core.window-max",
        "No frame takes more than window_max bytes, and none is waited for beyond it",
    )
    .cites(BOUND),
    Clause::must(
        Framing,
        "framing.core.deterministic",
        "The same body is encoded the same each time",
    )
    .cites(ENCODE),
    Clause::must(
        Framing,
        "framing.core.parts",
        "The parts of an encoded frame, its length and its copy are the same frame",
    )
    .cites(&[cite("sockrates-core Encoded", "")]),
    Clause::must(
        Framing,
        "framing.core.reset",
        "After a reset nothing is left of the stream before",
    )
    .cites(&[cite("sockrates-core Framing::reset", "Forgets what was searched and any error")]),
    Clause::observe(
        Framing,
        "framing.core.canonical",
        "Whether there is one wire for a body, or several are accepted",
        &["canonical", "lenient"],
    )
    .cites(LAWS),
];
