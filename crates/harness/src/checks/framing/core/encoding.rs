//! What framings send.

use std::slice;

use sockrates_core::{Decoded, Framing as _};

use super::EDGES;
use crate::checks::framing::corpus::{MAX, bodies};
use crate::checks::framing::reader::write;
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw};
use crate::{Case, Observation};

pub(super) fn over_max_refused(case: &Case<'_>) -> Observation {
    let framing = case.framing(MAX)?;
    let body = vec![b'x'; framing.max() + 1];
    match framing.encode(&body) {
        Err(error) if error.is_callers() && error.is_recoverable() => holds(),
        Err(error) => fail("a refusal that harms nothing", format!("{error:?}")),
        Ok(_) => fail("a body over the maximum is refused", "it was encoded"),
    }
}

pub(super) fn deterministic(case: &Case<'_>) -> Observation {
    let (one, other) = (case.framing(MAX)?, case.framing(MAX)?);
    for body in bodies(case, MAX, EDGES.iter().copied())? {
        let first = write(&one, slice::from_ref(&body))?;
        let second = write(&one, slice::from_ref(&body))?;
        same_bytes("the second wire of one framing", &first, &second)?;
        same_bytes("the wire of another framing", &first, &write(&other, &[body])?)?;
    }
    holds()
}

pub(super) fn parts(case: &Case<'_>) -> Observation {
    let framing = case.framing(MAX)?;
    for body in bodies(case, MAX, EDGES.iter().copied())? {
        let Ok(encoded) = framing.encode(&body) else { return fail("a frame", "an error") };
        let whole = encoded.parts().concat();
        equal("the length", &whole.len(), &encoded.len())?;
        same_bytes("the copy", &whole, &encoded.to_vec())?;
        let appended = [b"before", &whole[..]].concat();
        let mut behind = b"before".to_vec();
        encoded.append_to(&mut behind);
        same_bytes("the appended frame", &appended, &behind)?;
        let mut into = b"before".to_vec();
        ensure(framing.encode_into(&body, &mut into).is_ok(), "a frame", "an error")?;
        same_bytes("the frame that was encoded into a buffer", &appended, &into)?;
    }
    let mut into = b"before".to_vec();
    let refused = framing.encode_into(&vec![b'x'; framing.max() + 1], &mut into);
    ensure(refused.is_err_and(|error| error.is_callers()), "a refusal", "none")?;
    same_bytes("the buffer behind a refusal", b"before", &into)?;
    holds()
}

pub(super) fn canonical(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let mut lenient = false;
    for wire in ALTERNATIVES {
        framing.reset();
        let mut window = wire.to_vec();
        if let Ok(Decoded::Frame { body, consume }) = framing.decode(&mut window, true) {
            let again = framing.encode(&window[body]).map(|encoded| encoded.to_vec());
            lenient |= again.as_deref() != Ok(&wire[..consume]);
        }
    }
    saw(if lenient { "lenient" } else { "canonical" })
}

/// Frames that some framing takes for one that it would send otherwise.
const ALTERNATIVES: &[&[u8]] = &[
    b"\x81\0a",
    b"\x40\x01a",
    b"a\r\n",
    b"a\xc0",
    b"\xc0a\xc0",
    b"01:a,",
    b"A\r\n0123456789\r\n",
    b"01\r\na\r\n",
    b"1;x\r\na\r\n",
    b"0\r\nA: 1\r\n\r\n",
    &FULL_BLOCK_AND_AN_EMPTY_ONE,
];

/// In COBS, that is.
const FULL_BLOCK_AND_AN_EMPTY_ONE: [u8; 257] = {
    let mut wire = [1; 257];
    (wire[0], wire[256]) = (0xff, 0);
    wire
};
