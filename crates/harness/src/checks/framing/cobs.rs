//! The checks of the clauses framing.cobs.*

use super::reader::{read, write};
use super::vector::{are_received, are_wires, goes_on};
use crate::checks::checks;
use crate::expect::{ensure, holds};
use crate::{Case, Observation};

const MAX: usize = 1000;

/// The bytes from `from` to `to`, both included.
fn run(from: u8, to: u8) -> Vec<u8> {
    (from..=to).collect()
}

fn vectors(case: &Case<'_>) -> Observation {
    let (full, shifted) = (run(1, 0xfe), run(2, 0xff));
    let vectors: &[(&[u8], &[u8])] = &[
        (b"", b"\x01\0"),
        (b"\0", b"\x01\x01\0"),
        (b"\0\0", b"\x01\x01\x01\0"),
        (b"\0\x11\0", b"\x01\x02\x11\x01\0"),
        (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33\0"),
        (b"\x11\x22\x33\x44", b"\x05\x11\x22\x33\x44\0"),
        (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01\0"),
        (&full, &[b"\xff", &full[..], b"\0"].concat()),
        (&[b"\0", &full[..]].concat(), &[b"\x01\xff", &full[..], b"\0"].concat()),
        (&[&full[..], b"\xff"].concat(), &[b"\xff", &full[..], b"\x02\xff\0"].concat()),
        (&[&shifted[..], b"\0"].concat(), &[b"\xff", &shifted[..], b"\x01\x01\0"].concat()),
        (&[&shifted[1..], b"\0\x01"].concat(), &[b"\xfe", &shifted[1..], b"\x02\x01\0"].concat()),
    ];
    are_wires(&mut case.framing(MAX)?, vectors)?;
    holds()
}

fn overhead(case: &Case<'_>) -> Observation {
    let framing = case.framing(MAX)?;
    for len in [0, 1, 253, 254, 255, 508, 509, MAX] {
        for byte in [0, 1, 0xff] {
            let wire = write(&framing, &[vec![byte; len]])?;
            let body = &wire[..wire.len().saturating_sub(1)];
            ensure(!body.contains(&0), "no zero but the last byte", "a zero before it")?;
            ensure(wire.ends_with(b"\0"), "a zero as the last byte", "another byte")?;
            let most = (len + len.div_ceil(254)).max(1) + 1;
            ensure(wire.len() <= most, "one byte in 254, and the zero", "more")?;
        }
    }
    holds()
}

fn zero(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    // Each block goes on behind the zero that ends the frame.
    for bad in [&b"\x03\x11\0"[..], b"\x02\0", b"\x02\x11\xff\x22\0", b"\x01\x01\x05\x01\0"] {
        goes_on(&mut framing, bad, b"next")?;
    }
    holds()
}

fn resync(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let window = framing.window_max();
    for len in [MAX + 1, window, window + 1, 2 * window] {
        goes_on(&mut framing, &[&vec![1; len + 1][..], b"\0"].concat(), b"next")?;
    }
    holds()
}

fn idle(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    are_received(&mut framing, &[(b"\0\x02a\0", b"a"), (b"\0\0\0\x02a\0", b"a")])?;
    let reading = read(&mut framing, [&b"\x02a\0\0\0\x01\0"[..]], false)?;
    let sent = [b"a".to_vec(), Vec::new()];
    ensure(reading.frames == sent, "a frame, and an empty frame", "other frames")?;
    holds()
}

fn last_block(case: &Case<'_>) -> Observation {
    let full = run(1, 0xfe);
    let wire = [b"\xff", &full[..], b"\x01\0"].concat();
    for max in [full.len(), MAX] {
        are_received(&mut case.framing(max)?, &[(&wire, &full)])?;
    }
    holds()
}

checks!("framing.cobs" { vectors, overhead, zero, resync, idle, last_block });
