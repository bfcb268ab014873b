//! The framings that the laws are held against.

use sockrates_core::Framing;
use sockrates_core::framing::{
    Chunked, Cobs, Delimiter, Fixed, LengthPrefix, Lines, Netstring, Slip, Varint, Whole,
};

pub(crate) type Make = fn(usize) -> Box<dyn Framing>;

/// Every framing and its settings, by the maximum it is made with.
pub(crate) const FRAMINGS: &[(&str, Make)] = &[
    ("u8", |max| Box::new(LengthPrefix::u8(max.min(255)).unwrap())),
    ("u16", |max| Box::new(LengthPrefix::u16(max).unwrap())),
    ("u16 little inclusive", |max| {
        Box::new(LengthPrefix::u16(max).unwrap().little_endian().inclusive().unwrap())
    }),
    ("u24 inclusive", |max| Box::new(LengthPrefix::u24(max).unwrap().inclusive().unwrap())),
    ("u32", |max| Box::new(LengthPrefix::u32(max).unwrap())),
    ("u32 little", |max| Box::new(LengthPrefix::u32(max).unwrap().little_endian())),
    ("u64", |max| Box::new(LengthPrefix::u64(max).unwrap())),
    ("leb128", |max| Box::new(Varint::leb128(max))),
    ("rfc9000", |max| Box::new(Varint::rfc9000(max))),
    ("delimiter of one", |max| Box::new(Delimiter::new(b"\0", max).unwrap())),
    ("delimiter of two", |max| Box::new(Delimiter::new(b"--", max).unwrap())),
    ("delimiter of three", |max| Box::new(Delimiter::new(b"-a-", max).unwrap())),
    ("lf", |max| Box::new(Lines::lf(max))),
    ("lf unterminated", |max| Box::new(Lines::lf(max).unterminated(true))),
    ("crlf", |max| Box::new(Lines::crlf(max))),
    ("crlf unterminated", |max| Box::new(Lines::crlf(max).unterminated(true))),
    ("fixed", |max| Box::new(Fixed::new(max.max(1)).unwrap())),
    ("netstring", |max| Box::new(Netstring::new(max))),
    ("cobs", |max| Box::new(Cobs::new(max))),
    ("slip", |max| Box::new(Slip::new(max))),
    ("chunked", |max| Box::new(Chunked::new(max))),
    ("whole", |max| Box::new(Whole::new(max))),
];
