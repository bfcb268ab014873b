//! The checks of the clauses framing.error.*

mod datagrams;
mod framed;

use std::time::{Duration, Instant};

use sockrates_core::{FrameErrorKind, Framing};

use super::corpus::{SMALL, cut, for_all, wires};
use super::reader::{Reading, read, read_announced, write};
use crate::checks::checks;
use crate::expect::{ensure, holds, saw};
use crate::{Case, Observation, Stop};

use datagrams::{datagrams, one_datagram};
use framed::resync;
use framed::{before_error, clean_end, cut_short, declared, interrupted, memory, partial_write};

fn arbitrary(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    for_all(case, 1000, wires(subject), |wire, _| {
        read(&mut subject.framing(SMALL), [wire], true).map(drop)
    })?;
    holds()
}

fn same_however_cut(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    if !subject.delimits() {
        return saw("takes-all");
    }
    for_all(case, 500, wires(subject), |wire, cuts| {
        let mut framing = subject.framing(SMALL);
        let whole = read(&mut framing, [wire], false)?;
        framing.reset();
        let pieces = read(&mut framing, cut(wire, cuts), false)?;
        framing.reset();
        let announced = read_announced(&mut framing, cut(wire, cuts))?;
        // Where to go on is told of the window, which marks before a frame may have left.
        let kinds = |reading: &Reading| -> Vec<FrameErrorKind> {
            reading.errors.iter().map(|error| error.kind.clone()).collect()
        };
        for other in [&pieces, &announced] {
            ensure(whole.frames == other.frames, "the same frames", "others")?;
            ensure(kinds(&whole) == kinds(other), "the same errors", "others")?;
        }
        Ok(())
    })?;
    holds()
}

fn sticky(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    for_all(case, 500, wires(subject), |wire, _| {
        let mut framing = subject.framing(SMALL);
        let reading = read(&mut framing, [wire], false)?;
        let Some(error) = reading.errors.last().filter(|error| !error.is_recoverable()) else {
            return Ok(());
        };
        for more in [&b""[..], b"and more"] {
            let mut window = [&reading.left, more].concat();
            let again = framing.decode(&mut window, false);
            let same = again.as_ref().is_err_and(|again| again.kind == error.kind);
            ensure(same, "the same error again", "another answer")?;
        }
        framing.reset();
        ensure(framing.may_end(), "a reset clears it", "it does not")
    })?;
    holds()
}

fn linear(case: &Case<'_>) -> Observation {
    const TIMES: usize = 32;
    // The best of several, for on a busy machine any of them may be interrupted.
    const TRIES: u32 = 6;
    let subject = case.framing_subject()?;
    if !subject.delimits() {
        return saw("takes-all");
    }
    let long = subject.framing(128 << 10).max();
    if long < 1024 * TIMES {
        return saw("one-size");
    }
    let bytes = case.bytes(long);
    let time = |len: usize, tries: u32, enough: Duration| -> Result<Duration, Stop> {
        let mut framing = subject.framing(len);
        let wire = write(&framing, &[subject.body(len, &bytes)])?;
        let mut best = Duration::MAX;
        for _ in 0..tries {
            framing.reset();
            best = best.min(in_pieces(&mut framing, &wire));
            if best <= enough {
                break;
            }
        }
        Ok(best)
    };
    let short = time(long / TIMES, 2 * TRIES, Duration::ZERO)?;
    // Linear work takes 32 times as long for 32 times the length, quadratic 1024 times.
    let allowed = short * 150 + Duration::from_micros(100);
    let long = time(long, TRIES, allowed)?;
    case.note(&format!("{short:?}, and {long:?} for {TIMES} times the length"));
    ensure(long <= allowed, "work that grows as the length", "work that grows faster")?;
    holds()
}

/// How long it takes to decode a frame that arrives in small pieces.
fn in_pieces(framing: &mut dyn Framing, wire: &[u8]) -> Duration {
    // Memory that was written to before takes no time to get.
    let mut window = wire.to_vec();
    window.clear();
    let start = Instant::now();
    for piece in wire.chunks(128) {
        window.extend_from_slice(piece);
        // The answers are checked elsewhere.
        let _ = std::hint::black_box(framing.decode(&mut window, false));
    }
    start.elapsed()
}

checks!("framing.error" {
    clean_end,
    cut_short,
    arbitrary,
    same_however_cut,
    sticky,
    resync,
    declared,
    before_error,
    interrupted,
    partial_write,
    datagrams,
    one_datagram,
    memory,
    linear,
});
