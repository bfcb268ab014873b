//! The checks of the clauses framing.chunked.*

use sockrates_core::Framing;

use super::reader::{read, write};
use super::vector::{announce_too_much, are_malformed, are_received};
use crate::checks::checks;
use crate::expect::{ensure, equal, holds, same_bytes};
use crate::{Case, Observation, Stop};

const MAX: usize = 300;

fn vectors(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let long = [b'x'; 256];
    let vectors: &[(&[u8], &[u8])] = &[
        (b"hello, world", b"c\r\nhello, world\r\n"),
        (b"\r\n", b"2\r\n\r\n\r\n"),
        (&long, &[b"100\r\n", &long[..], b"\r\n"].concat()),
        (b"", b"0\r\n\r\n"),
    ];
    for (body, wire) in vectors {
        let mut sent = write(&framing, &[body.to_vec()])?;
        // Sizes may be in capitals; the bodies have none.
        sent.make_ascii_lowercase();
        same_bytes("the wire", wire, &sent)?;
        are_received(&mut framing, &[(wire, body)])?;
    }
    holds()
}

fn size(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let ten = b"0123456789";
    for size in [&b"a"[..], b"A", b"0a", b"0000A"] {
        are_received(&mut framing, &[(&[size, b"\r\n", ten, b"\r\n"].concat(), ten)])?;
    }
    are_received(&mut framing, &[(b"000\r\n\r\n", b"")])?;
    let bad: &[&[u8]] = &[
        b"\r\na\r\n",
        b"x\r\n",
        b"-1\r\na\r\n",
        b"+1\r\na\r\n",
        b"0x1\r\na\r\n",
        b"1_0\r\n",
        b" 1\r\na\r\n",
        b"1 1\r\na\r\n",
        b"1,\r\na\r\n",
    ];
    are_malformed(&mut framing, bad)?;
    holds()
}

fn overflow(case: &Case<'_>) -> Observation {
    let announced: &[(&[u8], u64)] = &[
        (b"12d\r\n", 301),
        (b"100000000\r\n", 1 << 32),
        (b"8000000000000000\r\n", 1 << 63),
        (b"ffffffffffffffff\r\n", u64::MAX),
        // What 64 bits cannot hold is as many as they can, at the least.
        (b"10000000000000001\r\na\r\n", u64::MAX),
        (b"ffffffffffffffffffffffff\r\n", u64::MAX),
    ];
    announce_too_much(&mut case.framing(MAX)?, announced)?;
    holds()
}

fn extensions(case: &Case<'_>) -> Observation {
    let wires: &[(&[u8], &[u8])] = &[
        (b"1;name\r\na\r\n", b"a"),
        (b"1;name=value\r\na\r\n", b"a"),
        (b"1 ; name = \"a; b\"\r\na\r\n", b"a"),
        (b"1;a=b;c\r\na\r\n", b"a"),
        (b"0;last\r\n\r\n", b""),
    ];
    are_received(&mut case.framing(MAX)?, wires)?;
    holds()
}

fn trailers(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let wires: &[(&[u8], &[u8])] = &[
        (b"0\r\nName: value\r\n\r\n", b""),
        (b"0\r\nA: 1\r\nB:2\r\n\r\n", b""),
        (b"0;x\r\nA:\r\n\r\n", b""),
    ];
    are_received(&mut framing, wires)?;
    // The chunk behind the trailers is the next message's.
    let reading = read(&mut framing, [&b"0\r\nA: 1\r\n\r\n1\r\na\r\n"[..]], false)?;
    let sent = [Vec::new(), b"a".to_vec()];
    ensure(reading.frames == sent, "the last chunk, and the next message's", "other frames")?;
    are_malformed(
        &mut framing,
        &[b"0\r\nnone\r\n\r\n", b"0\r\n: 1\r\n\r\n", b"0\r\nA : 1\r\n\r\n"],
    )?;
    holds()
}

fn bare_lf(case: &Case<'_>) -> Observation {
    let wires: &[&[u8]] =
        &[b"1\na\r\n", b"1\na\n", b"0\n\n", b"1;x\na\r\n", b"1\r\r\na\r\n", b"1\ra\r\n"];
    are_malformed(&mut case.framing(MAX)?, wires)?;
    holds()
}

fn data_end(case: &Case<'_>) -> Observation {
    let wires: &[&[u8]] = &[b"1\r\nab\r\n", b"1\r\na\n0", b"1\r\na\r\r\n", b"2\r\na\r\n0\r\n\r\n"];
    are_malformed(&mut case.framing(MAX)?, wires)?;
    holds()
}

fn end_inside_message(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let after = |framing: &mut Box<dyn Framing + Send>, bodies: &[&[u8]]| -> Result<bool, Stop> {
        framing.reset();
        let bodies: Vec<Vec<u8>> = bodies.iter().map(|body| body.to_vec()).collect();
        let wire = write(framing, &bodies)?;
        equal("frames", &bodies.len(), &read(framing, [&wire[..]], false)?.frames.len())?;
        Ok(framing.may_end())
    };
    for inside in [&[&b"a"[..]][..], &[b"a", b"b"], &[b"a", b"", b"c"]] {
        let may_end = after(&mut framing, inside)?;
        ensure(!may_end, "no end between a message's chunks", "a clean end")?;
    }
    for whole in [&[][..], &[&b""[..]][..], &[b"a", b""], &[b"a", b"", b"c", b""]] {
        ensure(after(&mut framing, whole)?, "a clean end behind the last chunk", "none")?;
    }
    holds()
}

checks!("framing.chunked" {
    vectors,
    size,
    overflow,
    extensions,
    trailers,
    bare_lf,
    data_end,
    end_inside_message,
});
