//! The clauses framing.varint.*: a length of variable width before each body, in two formats.

use crate::About::Format;
use crate::{Cite, Clause, cite};

const LEB128: &[Cite] =
    &[cite("DWARF 5 7.6", ""), cite("Protocol Buffers, Encoding, Base 128 Varints", "")];
const WIDTH: Cite = cite(
    "RFC 9000 16",
    "reserves the two most significant bits of the first byte to encode the base-2 logarithm of \
     the integer encoding length in bytes.",
);
const VARINT: &str = "sockrates-core Varint";

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("leb128"),
        "framing.varint.leb128-vectors",
        "A length is written in sevens of bits, the lowest first, and read alike",
    )
    .cites(LEB128),
    Clause::should(
        Format("leb128"),
        "framing.varint.leb128-overlong",
        "A length that is not as short as it can be is refused, so that a body has one wire",
    )
    .cites(&[cite(
        VARINT,
        "A number that could be shorter is refused, so that a body has one encoding.",
    )]),
    Clause::must(
        Format("leb128"),
        "framing.varint.leb128-overflow",
        "A length of more than 64 bits is malformed, one of 64 bits too long: none wraps round",
    )
    .cites(&[cite("sockrates-core Framing, law 6", "")]),
    Clause::must(
        Format("rfc9000"),
        "framing.varint.rfc9000-vectors",
        "The RFC's sample integers are read as the lengths that they are",
    )
    .cites(&[
        WIDTH,
        cite(
            "RFC 9000 A.1",
            "the two-byte sequence 0x7bbd decodes to 15,293; and the single byte 0x25 decodes to \
             37 (as does the two-byte sequence 0x4025).",
        ),
    ]),
    Clause::should(
        Format("rfc9000"),
        "framing.varint.rfc9000-shortest",
        "A length is sent in the fewest bytes that can hold it",
    )
    .cites(&[cite(VARINT, "What is sent is always the shortest encoding.")]),
    Clause::must(
        Format("rfc9000"),
        "framing.varint.rfc9000-overlong",
        "A length that is not as short as it can be is accepted",
    )
    .cites(&[cite(
        "RFC 9000 16",
        "Values do not need to be encoded on the minimum number of bytes necessary",
    )]),
    Clause::must(
        Format("rfc9000"),
        "framing.varint.rfc9000-largest",
        "The largest integer of 62 bits is refused by the header alone",
    )
    .cites(&[WIDTH, cite("sockrates-core Framing, law 6", "")]),
];
