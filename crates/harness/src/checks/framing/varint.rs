//! The checks of the clauses framing.varint.*

use sockrates_core::Framing;

use super::vector::{announce_too_much, are_malformed, are_received, are_wires};
use crate::checks::checks;
use crate::expect::holds;
use crate::{Case, Observation, Stop};

/// Enough for a length of three bytes in LEB128, of four in RFC 9000.
const MAX: usize = 20_000;

/// A maximum that every announced length of the vectors is over.
const SMALL: usize = 10;

/// Each length is written as the bytes beside it.
fn lengths(framing: &mut dyn Framing, vectors: &[(usize, &[u8])]) -> Result<(), Stop> {
    for (len, head) in vectors {
        let body = vec![b'x'; *len];
        are_wires(framing, &[(&body, &[head, &body[..]].concat())])?;
    }
    Ok(())
}

/// Each of these heads announces a body of `len` bytes.
fn announce(framing: &mut dyn Framing, len: usize, heads: &[&[u8]]) -> Result<(), Stop> {
    let body = vec![b'x'; len];
    for head in heads {
        are_received(framing, &[(&[head, &body[..]].concat(), &body)])?;
    }
    Ok(())
}

fn leb128_vectors(case: &Case<'_>) -> Observation {
    let vectors: &[(usize, &[u8])] = &[
        (0, b"\x00"),
        (2, b"\x02"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (129, b"\x81\x01"),
        (150, b"\x96\x01"),
        (12_857, b"\xb9\x64"),
        (16_384, b"\x80\x80\x01"),
    ];
    lengths(&mut case.framing(MAX)?, vectors)?;
    holds()
}

fn leb128_overlong(case: &Case<'_>) -> Observation {
    let overlong: &[&[u8]] = &[
        b"\x80\x00",
        b"\x81\x00a",
        b"\x82\x80\x00ab",
        b"\xff\x80\x00",
        b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00",
    ];
    are_malformed(&mut case.framing(MAX)?, overlong)?;
    holds()
}

fn leb128_overflow(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let over: &[&[u8]] = &[
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f",
        b"\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01a",
    ];
    are_malformed(&mut framing, over)?;
    announce_too_much(
        &mut framing,
        &[
            (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 1 << 63),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", u64::MAX),
        ],
    )?;
    holds()
}

fn rfc9000_vectors(case: &Case<'_>) -> Observation {
    announce_too_much(
        &mut case.framing(SMALL)?,
        &[
            (b"\xc2\x19\x7c\x5e\xff\x14\xe8\x8c", 151_288_809_941_952_652),
            (b"\x9d\x7f\x3e\x7d", 494_878_333),
            (b"\x7b\xbd", 15_293),
            (b"\x25", 37),
        ],
    )?;
    let mut framing = case.framing(MAX)?;
    announce(&mut framing, 37, &[b"\x25", b"\x40\x25"])?;
    announce(&mut framing, 15_293, &[b"\x7b\xbd"])?;
    holds()
}

fn rfc9000_shortest(case: &Case<'_>) -> Observation {
    let vectors: &[(usize, &[u8])] = &[
        (0, b"\x00"),
        (63, b"\x3f"),
        (64, b"\x40\x40"),
        (16_383, b"\x7f\xff"),
        (16_384, b"\x80\x00\x40\x00"),
    ];
    lengths(&mut case.framing(MAX)?, vectors)?;
    holds()
}

fn rfc9000_overlong(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    announce(&mut framing, 0, &[b"\x40\x00", b"\x80\0\0\0", b"\xc0\0\0\0\0\0\0\0"])?;
    announce(&mut framing, 5, &[b"\x40\x05", b"\x80\0\0\x05", b"\xc0\0\0\0\0\0\0\x05"])?;
    announce(&mut framing, 300, &[b"\x80\0\x01\x2c", b"\xc0\0\0\0\0\0\x01\x2c"])?;
    holds()
}

fn rfc9000_largest(case: &Case<'_>) -> Observation {
    announce_too_much(
        &mut case.framing(MAX)?,
        &[(&[0xff; 8], (1 << 62) - 1), (b"\xbf\xff\xff\xff", (1 << 30) - 1)],
    )?;
    holds()
}

checks!("framing.varint" {
    leb128_vectors,
    leb128_overlong,
    leb128_overflow,
    rfc9000_vectors,
    rfc9000_shortest,
    rfc9000_overlong,
    rfc9000_largest,
});
