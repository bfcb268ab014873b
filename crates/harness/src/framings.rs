//! The framings of core, as subjects.

use sockrates_core::framing::{
    Chunked, Cobs, Delimiter, Fixed, LengthPrefix, Lines, Netstring, Slip, Varint, Whole,
};
use sockrates_core::{FrameError, Framing};

use crate::{FramingSubject, Subject};

/// A subject for every framing of core.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    FORMATS.iter().copied().map(Subject::framing).collect()
}

/// The subject of this name, for a mutant to break.
pub(crate) fn named(name: &str) -> Format {
    let format = FORMATS.iter().copied().find(|format| format.name == name);
    format.expect("a mutant breaks a framing of this file")
}

/// A framing of core and what to know of it.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    name: &'static str,
    format: &'static str,
    make: fn(usize) -> Box<dyn Framing + Send>,
    body: fn(usize, &[u8]) -> Vec<u8>,
}

/// The size of the frames that all have one.
const FIXED_SIZE: usize = 16;

const FORMATS: &[Format] = &[
    length("length-u8", |max| made(LengthPrefix::u8(max.min(255)))),
    length("length-u16", |max| made(LengthPrefix::u16(max.min(65_535)))),
    length("length-u16-le", |max| {
        made(LengthPrefix::u16(max.min(65_535)).map(LengthPrefix::little_endian))
    }),
    length("length-u16-inclusive", |max| {
        made(LengthPrefix::u16(max.min(65_533)).and_then(LengthPrefix::inclusive))
    }),
    length("length-u24", |max| made(LengthPrefix::u24(max))),
    length("length-u32", |max| made(LengthPrefix::u32(max))),
    length("length-u32-le", |max| made(LengthPrefix::u32(max).map(LengthPrefix::little_endian))),
    length("length-u32-inclusive", |max| {
        made(LengthPrefix::u32(max).and_then(LengthPrefix::inclusive))
    }),
    length("length-u64", |max| made(LengthPrefix::u64(max))),
    any("varint-leb128", "leb128", |max| Box::new(Varint::leb128(max))),
    any("varint-rfc9000", "rfc9000", |max| Box::new(Varint::rfc9000(max))),
    Format {
        name: "delimiter-byte",
        format: "delimiter",
        make: |max| made(Delimiter::new(b"\0", max)),
        body: |len, bytes| without(b"\0", &bytes[..len]),
    },
    Format {
        name: "delimiter-bytes",
        format: "delimiter",
        make: |max| made(Delimiter::new(b"--\r\n", max)),
        body: |len, bytes| without(b"-\r\n", &bytes[..len]),
    },
    Format {
        name: "delimiter-repeating",
        format: "delimiter",
        make: |max| made(Delimiter::new(b"--", max)),
        body: |len, bytes| without(b"-", &bytes[..len]),
    },
    Format {
        name: "lines-lf",
        format: "lines",
        make: |max| Box::new(Lines::lf(max)),
        body: |len, bytes| without(b"\r\n", &bytes[..len]),
    },
    Format {
        name: "lines-crlf",
        format: "lines",
        make: |max| Box::new(Lines::crlf(max)),
        body: |len, bytes| without(b"\r\n", &bytes[..len]),
    },
    Format {
        name: "fixed",
        format: "fixed",
        make: |_| made(Fixed::new(FIXED_SIZE)),
        body: |_, bytes| (0..FIXED_SIZE).map(|i| bytes.get(i).copied().unwrap_or(0)).collect(),
    },
    any("netstring", "netstring", |max| Box::new(Netstring::new(max))),
    any("cobs", "cobs", |max| Box::new(Cobs::new(max))),
    any("slip", "slip", |max| Box::new(Slip::new(max))),
    any("chunked", "chunked", |max| Box::new(Chunked::new(max))),
    any("whole", "whole", |max| Box::new(Whole::new(max))),
];

const fn any(
    name: &'static str,
    format: &'static str,
    make: fn(usize) -> Box<dyn Framing + Send>,
) -> Format {
    Format { name, format, make, body: |len, bytes| bytes[..len].to_vec() }
}

const fn length(name: &'static str, make: fn(usize) -> Box<dyn Framing + Send>) -> Format {
    any(name, "length", make)
}

/// A framing whose settings are this file's, and so right.
fn made(framing: Result<impl Framing + Send + 'static, FrameError>) -> Box<dyn Framing + Send> {
    Box::new(framing.expect("the subject's own settings are within the format's limits"))
}

fn without(refused: &[u8], bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| if refused.contains(byte) { b'.' } else { *byte }).collect()
}

impl FramingSubject for Format {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.format {
            "length" => "sockrates-core: each body behind its length, a binary number",
            "leb128" => "sockrates-core: each body behind its length, a LEB128 varint",
            "rfc9000" => "sockrates-core: each body behind its length, a varint of RFC 9000",
            "delimiter" => "sockrates-core: each body before some bytes that it never holds",
            "lines" => "sockrates-core: each body is a line",
            "fixed" => "sockrates-core: all bodies are of one length",
            "netstring" => "sockrates-core: netstrings, “5:hello,”",
            "cobs" => "sockrates-core: zero bytes stuffed away, and one at the end (COBS)",
            "slip" => "sockrates-core: an END byte around, and escaped inside (SLIP, RFC 1055)",
            "chunked" => "sockrates-core: the chunks of HTTP/1.1 (RFC 9112)",
            _ => "sockrates-core: all until the end is one body",
        }
    }

    fn format(&self) -> &str {
        self.format
    }

    fn variant(&self) -> &str {
        self.name.split_once('-').map_or("", |(_, variant)| variant)
    }

    fn framing(&self, max: usize) -> Box<dyn Framing + Send> {
        (self.make)(max)
    }

    fn body(&self, len: usize, bytes: &[u8]) -> Vec<u8> {
        (self.body)(len, bytes)
    }

    fn delimits(&self) -> bool {
        self.format != "whole"
    }
}
