//! The checks of the clauses framing.core.*

mod encoding;

use sockrates_core::{Decoded, Framed, Framing as _};

use super::corpus::{MAX, SMALL, accepted, bodies, cut, for_all, lens, wires};
use super::reader::{is_one_frame, read, read_announced, write};
use super::script::Script;
use super::way::Way;
use crate::checks::checks;
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw};
use crate::{Case, Observation, Stop};

use encoding::{canonical, deterministic, over_max_refused, parts};

/// Lengths around every edge of the length fields and blocks of the formats.
const EDGES: &[usize] = &[0, 1, 2, 9, 10, 63, 64, 99, 100, 127, 128, 253, 254, 255, 256, 299, MAX];

fn round_trip(case: &Case<'_>) -> Observation {
    for body in bodies(case, MAX, EDGES.iter().copied())? {
        let mut framing = case.framing(MAX)?;
        let wire = write(&framing, std::slice::from_ref(&body))?;
        is_one_frame(&read(&mut framing, [&wire[..]], true)?, &body)?;
    }
    holds()
}

fn chunking(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    let bytes = case.bytes(MAX + 1);
    if !subject.delimits() {
        return cut_before_the_end(case);
    }
    for_all(case, 60, lens, |lens, cuts| {
        let mut framing = subject.framing(MAX);
        let sent = accepted(subject, &framing, lens, &bytes)?;
        let wire = write(&framing, &sent)?;
        let reading = read(&mut framing, cut(&wire, cuts), false)?;
        ensure(reading.frames == sent, "the frames that were sent", "other frames, or none")?;
        framing.reset();
        let reading = read(&mut framing, wire.chunks(1), false)?;
        ensure(
            reading.frames == sent,
            "the frames that were sent, byte by byte",
            "others, or none",
        )?;
        framing.reset();
        let reading = read_announced(&mut framing, cut(&wire, cuts))?;
        ensure(reading.frames == sent, "the frames that were sent, as announced", "others, or none")
    })?;
    large(case)?;
    every_cut(case)
}

/// A body that is worth it, as a program receives it: straight to where it goes, or not.
fn large(case: &Case<'_>) -> Result<(), Stop> {
    const LARGE: usize = 100_000;
    let sent = bodies(case, LARGE, [9, 60_000, 5])?;
    let wire = write(&case.framing(LARGE)?, &sent)?;
    for way in Way::ALL {
        let mut framed = Framed::new(Script::new(&wire, 4999), case.framing(LARGE)?);
        for body in &sent {
            let received = way.take(&mut framed);
            ensure(
                received.as_ref() == Ok(&Some(body.clone())),
                "a large frame",
                "another, or none",
            )?;
        }
    }
    Ok(())
}

/// One frame cut at every place.
fn every_cut(case: &Case<'_>) -> Observation {
    for body in bodies(case, MAX, [0, 3, 20])? {
        let mut framing = case.framing(MAX)?;
        let wire = write(&framing, std::slice::from_ref(&body))?;
        for at in 0..=wire.len() {
            framing.reset();
            let (head, tail) = wire.split_at(at);
            is_one_frame(&read(&mut framing, [head, tail], false)?, &body)?;
            framing.reset();
            is_one_frame(&read_announced(&mut framing, [head, tail])?, &body)?;
        }
    }
    holds()
}

/// A frame that is all there is shows only at the end.
fn cut_before_the_end(case: &Case<'_>) -> Observation {
    for body in bodies(case, MAX, [1, 20])? {
        let mut framing = case.framing(MAX)?;
        let reading = read(&mut framing, body.chunks(3), true)?;
        is_one_frame(&reading, &body)?;
    }
    holds()
}

fn sequence(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let sent = bodies(case, MAX, [5, 0, 300, 1, 1, 254, 17])?;
    let wire = write(&framing, &sent)?;
    let reading = read(&mut framing, [&wire[..]], true)?;
    if !case.framing_subject()?.delimits() {
        let all = sent.concat();
        let took_all = reading.frames == [all] || !reading.errors.is_empty();
        ensure(took_all, "all of it as one frame, or too long", "something else")?;
        return saw("takes-all");
    }
    equal("frames", &sent.len(), &reading.frames.len())?;
    for (sent, received) in sent.iter().zip(&reading.frames) {
        same_bytes("a frame", sent, received)?;
    }
    holds()
}

fn empty(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    let mut framing = subject.framing(MAX);
    if !subject.body(0, &[0]).is_empty() {
        return match framing.encode(b"") {
            Err(error) if error.is_callers() => saw("impossible"),
            _ => fail("a body of no frame's size is refused", "it was not"),
        };
    }
    let wire = match framing.encode(b"") {
        Ok(encoded) => encoded.to_vec(),
        Err(error) if error.is_callers() => return saw("refused"),
        Err(error) => return fail("a refusal is the caller's fault", format!("{:?}", error.kind)),
    };
    match framing.decode(&mut wire.clone(), true) {
        Ok(Decoded::Frame { body, consume }) if body.is_empty() && consume == wire.len() => {
            saw("carried")
        }
        other => fail("an empty frame", format!("{other:?}")),
    }
}

fn max(case: &Case<'_>) -> Observation {
    let mut framing = case.framing(MAX)?;
    let most = framing.max();
    let body = case.framing_subject()?.body(most, &case.bytes(most));
    equal("the length of a body of the maximum", &most, &body.len())?;
    let wire = write(&framing, std::slice::from_ref(&body))?;
    is_one_frame(&read(&mut framing, [&wire[..]], true)?, &body)?;
    holds()
}

fn over_max_detected(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    let (mut small, large) = (subject.framing(SMALL), subject.framing(2 * SMALL));
    if small.max() == large.max() {
        return saw("one-size");
    }
    for len in [SMALL + 1, SMALL + 2, 2 * SMALL] {
        let body = subject.body(len, &case.bytes(2 * SMALL));
        let wire = write(&large, &[body])?;
        for pieces in [wire.len(), 1, 7] {
            small.reset();
            let reading = read(&mut small, wire.chunks(pieces), true)?;
            ensure(reading.frames.is_empty(), "no frame over the maximum", "a frame")?;
            let kinds: Vec<_> = reading.errors.iter().map(|error| &error.kind).collect();
            let told = matches!(kinds[..], [sockrates_core::FrameErrorKind::TooLong { .. }, ..]);
            ensure(told, "an error that says it is too long", format!("{} others", kinds.len()))?;
        }
    }
    holds()
}

fn trailing(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    if !subject.delimits() {
        return saw("takes-all");
    }
    for body in bodies(case, MAX, [1, 17, 254])? {
        let mut framing = subject.framing(MAX);
        let wire = write(&framing, std::slice::from_ref(&body))?;
        let tail = case.bytes(23);
        let mut window = [&wire[..], &tail[..]].concat();
        match framing.decode(&mut window, false) {
            Ok(Decoded::Frame { consume, .. }) => {
                equal("bytes consumed", &wire.len(), &consume)?;
                same_bytes("the bytes behind", &tail, &window[consume..])?;
            }
            other => return fail("a frame", format!("{other:?}")),
        }
    }
    holds()
}

fn need(case: &Case<'_>) -> Observation {
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    for body in bodies(case, MAX, [0, 1, 20, 254, 300])? {
        let mut framing = case.framing(MAX)?;
        let wire = write(&framing, std::slice::from_ref(&body))?;
        for have in 0..wire.len() {
            framing.reset();
            // A framing may have skipped a mark before the frame, so that less than all is shown.
            match framing.decode(&mut wire[..have].to_vec(), false) {
                Ok(Decoded::Need(0)) => return fail("it needs 1 byte or more", "it needs none"),
                Ok(Decoded::Need(more)) => {
                    let waits_for_more = more > wire.len() - have;
                    ensure(!waits_for_more, "what the frame still has", "more than that")?;
                }
                Ok(Decoded::Skip(n)) if (1..=have).contains(&n) => {}
                other => return fail("more is needed", format!("{other:?}")),
            }
        }
    }
    holds()
}

fn window_max(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    let framing = subject.framing(MAX);
    let most = framing.max();
    let body = subject.body(most, &case.bytes(most));
    let wire = write(&framing, &[body])?;
    ensure(wire.len() <= framing.window_max(), "a frame fits into window_max", "it does not")?;
    // The reader holds every answer to window_max.
    for_all(case, 200, wires(subject), |wire, cuts| {
        let mut framing = subject.framing(SMALL);
        read(&mut framing, cut(wire, cuts), true).map(drop)
    })?;
    holds()
}

fn reset(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    let bytes = case.bytes(MAX + 1);
    for_all(case, 200, wires(subject), |junk, cuts| {
        let mut framing = subject.framing(SMALL);
        read(&mut framing, cut(junk, cuts), false)?;
        framing.reset();
        ensure(framing.may_end(), "a new stream may end at once", "it may not")?;
        let body = subject.body(11, &bytes);
        let wire = write(&framing, std::slice::from_ref(&body))?;
        is_one_frame(&read(&mut framing, [&wire[..]], true)?, &body)
    })?;
    holds()
}

checks!("framing.core" {
    round_trip,
    chunking,
    sequence,
    empty,
    max,
    over_max_refused,
    over_max_detected,
    trailing,
    need,
    window_max,
    deterministic,
    parts,
    reset,
    canonical,
});
