//! The clauses framing.cobs.*: bodies rewritten without a zero, and a zero behind each.

use crate::About::Format;
use crate::{Cite, Clause, cite};

const PAPER: Cite = cite(
    "Cheshire and Baker, Consistent Overhead Byte Stuffing, IEEE/ACM Transactions on Networking \
     7(2), 1999",
    "",
);
const COBS: &str = "sockrates-core Cobs";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("cobs"),
        "framing.cobs.vectors",
        "Blocks of up to 254 bytes, each behind a code, stand for their bytes and a zero each",
    )
    .cites(&[PAPER]),
    Clause::must(
        Format("cobs"),
        "framing.cobs.overhead",
        "A frame has no zero but the last byte, and is at most one byte in 254 longer",
    )
    .cites(&[PAPER]),
    Clause::must(
        Format("cobs"),
        "framing.cobs.zero",
        "A zero ends the frame also inside a block, which is malformed then; the next one arrives",
    )
    .cites(&[PAPER, cite(COBS, "a zero that is always the end of a frame")]),
    Clause::must(
        Format("cobs"),
        "framing.cobs.resync",
        "A frame over the maximum is one error, and the next one arrives",
    )
    .cites(&[cite(COBS, "")]),
    Clause::must(
        Format("cobs"),
        "framing.cobs.idle",
        "A zero without a frame before it is no frame, and is skipped",
    )
    .cites(&[cite(COBS, "A zero without a frame before it is skipped.")]),
    Clause::should(
        Format("cobs"),
        "framing.cobs.last-block",
        "A full last block is accepted with an empty one behind it, as some send it",
    )
    .cites(&[cite(COBS, "the shorter one is sent, both are accepted")]),
];
