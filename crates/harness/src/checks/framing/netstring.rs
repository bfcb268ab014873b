//! The checks of the clauses framing.netstring.*

use super::vector::{announce_too_much, are_malformed, are_wires};
use crate::checks::checks;
use crate::expect::holds;
use crate::{Case, Observation};

const MAX: usize = 120;

fn vectors(case: &Case<'_>) -> Observation {
    let long = [b'x'; MAX];
    are_wires(
        &mut case.framing(MAX)?,
        &[
            (b"hello world!", b"12:hello world!,"),
            (b"", b"0:,"),
            (b":,", b"2::,,"),
            (&long, &[b"120:", &long[..], b","].concat()),
        ],
    )?;
    holds()
}

fn leading_zero(case: &Case<'_>) -> Observation {
    are_malformed(&mut case.framing(MAX)?, &[b"00:,", b"01:a,", b"000", b"0012:hello world!,"])?;
    holds()
}

fn digits(case: &Case<'_>) -> Observation {
    let wires: &[&[u8]] = &[
        b":,", b"a", b",", b"-1:", b"+1:a,", b" 1:a,", b"1 :a,", b"0x1:a,", b"1a:", b"1,a", b"\0",
    ];
    are_malformed(&mut case.framing(MAX)?, wires)?;
    holds()
}

fn comma(case: &Case<'_>) -> Observation {
    are_malformed(&mut case.framing(MAX)?, &[b"2:abc", b"0:\n", b"0:0:,", b"1:a:", b"1:a\0"])?;
    holds()
}

fn overflow(case: &Case<'_>) -> Observation {
    let announced: &[(&[u8], u64)] = &[
        (b"121:", 121),
        (b"4294967296:", 1 << 32),
        (b"9223372036854775808:", 1 << 63),
        (b"18446744073709551615:", u64::MAX),
        // What 64 bits cannot hold is as many as they can, at the least.
        (b"18446744073709551616:a,", u64::MAX),
        (b"36893488147419103233:a,", u64::MAX),
        (b"99999999999999999999999999", u64::MAX),
    ];
    announce_too_much(&mut case.framing(MAX)?, announced)?;
    holds()
}

checks!("framing.netstring" { vectors, leading_zero, digits, comma, overflow });
