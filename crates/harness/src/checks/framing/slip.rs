//! The checks of the clauses framing.slip.*

use super::reader::{read, write};
use super::vector::{are_malformed, are_received, comes_back, goes_on};
use crate::checks::checks;
use crate::expect::{ensure, holds, same_bytes, saw};
use crate::{Case, Observation};

const MAX: usize = 100;

fn vectors(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let vectors: &[(&[u8], &[u8])] = &[
        (b"a", b"a\xc0"),
        (b"\xc0", b"\xdb\xdc\xc0"),
        (b"\xdb", b"\xdb\xdd\xc0"),
        (b"\xdb\xdc", b"\xdb\xdd\xdc\xc0"),
        (b"a\xc0b\xdbc", b"a\xdb\xdcb\xdb\xddc\xc0"),
        (b"\xc0\xc0\xdb\xdb", b"\xdb\xdc\xdb\xdc\xdb\xdd\xdb\xdd\xc0"),
        (b"\xdc\xdd", b"\xdc\xdd\xc0"),
    ];
    for (body, wire) in vectors {
        let sent = write(&framing, &[body.to_vec()])?;
        // Some send an END before the frame too.
        same_bytes("the wire", wire, sent.strip_prefix(b"\xc0").unwrap_or(&sent))?;
        are_received(&mut framing, &[(wire, body), (&[b"\xc0", *wire].concat(), body)])?;
    }
    holds()
}

fn first_end(case: &Case<'_>) -> Observation {
    let wire = write(&case.framing(MAX)?, &[b"a".to_vec()])?;
    saw(match wire.iter().take_while(|byte| **byte == 0xc0).count() {
        0 => "not sent",
        1 => "sent",
        _ => "sent several times",
    })
}

fn nothing_between(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let reading = read(&mut framing, [&b"\xc0\xc0a\xc0\xc0\xc0\xc0b\xc0\xc0"[..]], false)?;
    ensure(reading.errors.is_empty(), "no error between two ENDs", "an error")?;
    let sent = [b"a".to_vec(), b"b".to_vec()];
    ensure(reading.frames == sent, "the frames that were sent", "other frames")?;
    // What would be no frame is not sent as one.
    comes_back(&mut framing, b"")?;
    holds()
}

fn bad_escape(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    are_malformed(
        &mut framing,
        &[b"\xdba\xc0", b"a\xdb\xc0", b"\xdb\xdb\xdc\xc0", b"\xdb\xdc\xdb\0\xc0", b"\xdb\xc0"],
    )?;
    goes_on(&mut framing, b"\xdba\xc0", b"next")?;
    goes_on(&mut framing, b"\xc0a\xdb\xc0", b"next")?;
    holds()
}

fn resync(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let window = framing.window_max();
    for len in [MAX + 1, window - 1, window, window + 1, 2 * window] {
        goes_on(&mut framing, &[&vec![b'x'; len][..], b"\xc0"].concat(), b"next")?;
    }
    goes_on(&mut framing, &[&b"\xdb\xdc".repeat(2 * MAX)[..], b"\xc0"].concat(), b"next")?;
    holds()
}

checks!("framing.slip" { vectors, first_end, nothing_between, bad_escape, resync });
