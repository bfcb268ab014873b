//! The checks of the clauses framing.delimiter.*

use super::reader::{read, write};
use super::vector::{are_refused, are_wires, comes_back, goes_on};
use crate::checks::checks;
use crate::expect::{ensure, fail, holds, saw};
use crate::{Case, Observation, Stop};

const MAX: usize = 40;

/// The subject's delimiter: all there is of an empty frame.
fn delimiter(case: &Case<'_>) -> Result<Vec<u8>, Stop> {
    let delimiter = write(&case.framing(MAX)?, &[Vec::new()])?;
    ensure(!delimiter.is_empty(), "a delimiter behind an empty body", "nothing")?;
    Ok(delimiter)
}

fn behind(case: &Case<'_>) -> Observation {
    let (delimiter, mut framing) = (delimiter(case)?, case.framing(MAX)?);
    for body in [&b""[..], b"x", b"body", b" a body ", b"\t", b"\r\n"] {
        are_wires(&mut framing, &[(body, &[body, &delimiter[..]].concat())])?;
    }
    holds()
}

fn split(case: &Case<'_>) -> Observation {
    let (delimiter, mut framing) = (delimiter(case)?, case.framing(MAX)?);
    let sent = [b"one".to_vec(), b"".to_vec(), b"three".to_vec()];
    let wire = write(&framing, &sent)?;
    // Every two cuts, so that each piece of the delimiter arrives alone once.
    for first in 0..wire.len() {
        for second in first..wire.len().min(first + delimiter.len() + 1) {
            framing.reset();
            let (head, rest) = wire.split_at(first);
            let (middle, tail) = rest.split_at(second - first);
            let reading = read(&mut framing, [head, middle, tail], false)?;
            ensure(reading.frames == sent, "the frames that were sent", "other frames")?;
        }
    }
    holds()
}

fn inside(case: &Case<'_>) -> Observation {
    let (delimiter, framing) = (delimiter(case)?, case.framing(MAX)?);
    let around = |before: &[u8], after: &[u8]| [before, &delimiter[..], after].concat();
    let bodies = [around(b"", b""), around(b"x", b""), around(b"", b"x"), around(b"x", b"y")];
    are_refused(&framing, &bodies.each_ref().map(Vec::as_slice))?;
    holds()
}

fn part(case: &Case<'_>) -> Observation {
    let (delimiter, mut framing) = (delimiter(case)?, case.framing(MAX)?);
    if delimiter.len() == 1 {
        return saw("one byte");
    }
    for len in 1..delimiter.len() {
        let (start, end) = (&delimiter[..len], &delimiter[delimiter.len() - len..]);
        // In the midst of a body a part is data like any other.
        for body in [[b"x", start, b"y"].concat(), [b"x", end, b"y"].concat()] {
            if !comes_back(&mut framing, &body)? {
                return fail("a part of the delimiter is sent", "it is refused");
            }
        }
        // At its end it may make a delimiter with what follows.
        for body in [[b"x", start].concat(), start.to_vec(), [start, start].concat()] {
            comes_back(&mut framing, &body)?;
        }
    }
    holds()
}

fn discarded(case: &Case<'_>) -> Observation {
    let (delimiter, mut framing) = (delimiter(case)?, case.framing(MAX)?);
    let window = framing.window_max().max(MAX + 1);
    for len in [MAX + 1, window, window + 1, 3 * window] {
        goes_on(&mut framing, &[&vec![b'x'; len][..], &delimiter].concat(), b"next")?;
    }
    holds()
}

checks!("framing.delimiter" { behind, split, inside, part, discarded });
