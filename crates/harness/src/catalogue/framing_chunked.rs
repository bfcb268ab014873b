//! The clauses framing.chunked.*: the chunks of an HTTP/1.1 message.

use crate::About::Format;
use crate::{Cite, Clause, cite};

const GRAMMAR: Cite = cite("RFC 9112 7.1", "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF");

pub(super) const CLAUSES: &[Clause] = &[
    Clause::must(
        Format("chunked"),
        "framing.chunked.vectors",
        "A chunk is its size in hexadecimal digits and its data, a line end behind each",
    )
    .cites(&[
        GRAMMAR,
        cite(
            "RFC 9112 7.1",
            "The chunk-size field is a string of hex digits indicating the size of the chunk-data \
             in octets.",
        ),
    ]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.size",
        "A size in capitals or with zeros before it is a size; anything but digits is malformed",
    )
    .cites(&[cite("RFC 9112 7.1", "chunk-size = 1*HEXDIG"), cite("RFC 5234 B.1", "")]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.overflow",
        "A size over the maximum, or over any integer, is refused; none wraps round",
    )
    .cites(&[cite(
        "RFC 9112 7.1",
        "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing \
         errors due to integer conversion overflows",
    )]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.extensions",
        "Extensions behind the size are ignored",
    )
    .cites(&[cite("RFC 9112 7.1.1", "A recipient MUST ignore unrecognized chunk extensions.")]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.trailers",
        "The last chunk ends behind its trailer fields; a trailer line that is none is malformed",
    )
    .cites(&[
        cite(
            "RFC 9112 7.1",
            "possibly followed by a trailer section, and finally terminated by an empty line.",
        ),
        cite("RFC 9112 7.1.2", ""),
    ]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.bare-lf",
        "An LF alone, or a CR alone, does not end the line of a chunk's size",
    )
    .cites(&[GRAMMAR, cite("RFC 9112 2.2", "")]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.data-end",
        "Data that does not end where its size says is malformed",
    )
    .cites(&[GRAMMAR]),
    Clause::must(
        Format("chunked"),
        "framing.chunked.end-inside-message",
        "The stream may end before the first chunk and behind the last, and not between",
    )
    .cites(&[cite(
        "RFC 9112 8",
        "A message body that uses the chunked transfer coding is incomplete if the zero-sized \
         chunk that terminates the encoding has not been received.",
    )]),
];
