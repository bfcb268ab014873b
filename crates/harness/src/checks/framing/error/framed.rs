//! What Framed makes of streams that end, stop, or have something wrong in them.

use std::slice;

use sockrates_core::{Error, FrameErrorKind, Framed, Framing, Resync};

use crate::checks::framing::corpus::{MAX, SMALL, bodies};
use crate::checks::framing::reader::{read, write};
use crate::checks::framing::script::Script;
use crate::checks::framing::way::Way;
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw};
use crate::{Case, Observation, Stop};

type Frames = Framed<Script, Box<dyn Framing + Send>>;

pub(super) fn clean_end(case: &Case<'_>) -> Observation {
    let sent = bodies(case, MAX, [5, 17])?;
    let wire = write(&case.framing(MAX)?, &sent)?;
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    for way in Way::ALL {
        let mut framed = Framed::new(Script::new(&wire, 3), case.framing(MAX)?);
        for body in &sent {
            given(way, &mut framed, body)?;
        }
        if !framed.framing().may_end() {
            ends_a_message_of_several(way, framed)?;
            continue;
        }
        for _ in 0..3 {
            ensure(way.take(&mut framed) == Ok(None), "a clean end", "something else")?;
        }
    }
    holds()
}

/// Where a message has several frames, the end between two of them is no clean one; after an empty
/// body, which ends the message, it is.
fn ends_a_message_of_several(way: Way, mut framed: Frames) -> Result<(), Stop> {
    let cut_short = matches!(way.take(&mut framed), Err(Error::Eof { .. }));
    ensure(cut_short, "the end inside a message is an error", "it is not")?;
    let mut parts = framed.into_parts();
    parts.framing.reset();
    let wire = write(&parts.framing, &[b"chunk".to_vec(), Vec::new()])?;
    let mut framed = Framed::new(Script::new(&wire, 3), parts.framing);
    given(way, &mut framed, b"chunk")?;
    given(way, &mut framed, b"")?;
    ensure(way.take(&mut framed) == Ok(None), "a clean end", "something else")
}

/// The next frame is `body`.
fn given(way: Way, framed: &mut Frames, body: &[u8]) -> Result<(), Stop> {
    match way.take(framed) {
        Ok(Some(frame)) => same_bytes("a frame", body, &frame),
        Ok(None) => fail("a frame", "the end"),
        Err(error) => fail("a frame", error.to_string()),
    }
}

pub(super) fn cut_short(case: &Case<'_>) -> Observation {
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    for body in bodies(case, MAX, [1, 20])? {
        let wire = write(&case.framing(MAX)?, slice::from_ref(&body))?;
        let ways = Way::ALL.into_iter().flat_map(|way| (1..wire.len()).map(move |at| (way, at)));
        for (way, at) in ways {
            let mut framed = Framed::new(Script::new(&wire[..at], 0), case.framing(MAX)?);
            match way.take(&mut framed) {
                Err(Error::Eof { have, .. }) => {
                    equal("the partial frame", &have, &framed.buffered().len())?;
                    let arrived = wire[..at].ends_with(framed.buffered()) || at < 3;
                    ensure(arrived, "what had arrived can be read", "something else")?;
                }
                // Nothing but marks before the frame has come.
                Ok(None) if at == 1 => {}
                Ok(None) => return fail("the end inside a frame is an error", "a clean end"),
                Ok(Some(_)) => return fail("the end inside a frame is an error", "a frame"),
                Err(error) => return fail("Error::Eof", error.to_string()),
            }
        }
    }
    holds()
}

/// A wire of three frames, the second over the small maximum.
struct OverLong {
    sent: Vec<Vec<u8>>,
    wire: Vec<u8>,
}

/// A wire with a frame over the maximum, or why there is none.
fn over_long(case: &Case<'_>) -> Result<Result<OverLong, &'static str>, Stop> {
    let subject = case.framing_subject()?;
    let (small, large) = (subject.framing(SMALL), subject.framing(4 * SMALL));
    if !subject.delimits() {
        return Ok(Err("takes-all"));
    }
    if small.max() == large.max() {
        return Ok(Err("one-size"));
    }
    let bytes = case.bytes(4 * SMALL);
    let sent: Vec<_> = [7, 3 * SMALL, 9].map(|len| subject.body(len, &bytes)).into();
    let wire = write(&large, &sent)?;
    Ok(Ok(OverLong { sent, wire }))
}

pub(super) fn resync(case: &Case<'_>) -> Observation {
    let OverLong { sent, wire } = match over_long(case)? {
        Ok(prepared) => prepared,
        Err(why) => return saw(why),
    };
    let mut stays = 0;
    let tries = Way::ALL.map(|way| [0, 1, 11].map(|piece| (way, piece)));
    for (way, piece) in tries.into_iter().flatten() {
        let mut framed = Framed::new(Script::new(&wire, piece), case.framing(SMALL)?);
        given(way, &mut framed, &sent[0])?;
        let error = match way.take(&mut framed) {
            Err(Error::Frame { error, .. }) => error,
            _ => return fail("a frame that is too long is an error", "it is not"),
        };
        if error.resync == Resync::Never {
            ensure(way.take(&mut framed).is_err(), "the error stays", "it does not")?;
            stays += 1;
            continue;
        }
        given(way, &mut framed, &sent[2])?;
        ensure(way.take(&mut framed) == Ok(None), "a clean end", "something else")?;
    }
    match stays {
        0 => saw("goes on"),
        n if n == tries.as_flattened().len() => saw("stays"),
        _ => fail("the same every time", "now this, now that"),
    }
}

pub(super) fn declared(case: &Case<'_>) -> Observation {
    // The reader refuses any answer that waits for more than window_max.
    let subject = case.framing_subject()?;
    let huge: &[&[u8]] = &[
        &[0xff; 12],
        &[0x80, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
        b"9223372036854775808:x",
        b"8000000000000000\r\nx",
        b"99999999999999999999999999:x",
        b"ffffffffffffffffffffffff\r\nx",
    ];
    for wire in huge {
        for piece in [1, wire.len()] {
            let reading = read(&mut subject.framing(SMALL), wire.chunks(piece), false)?;
            ensure(reading.left.capacity() < 4096, "little memory", "much")?;
        }
        let mut framed = Framed::new(Script::new(wire, 0), subject.framing(SMALL));
        let outcome = framed.next().map(drop);
        ensure(
            !matches!(outcome, Err(Error::TimedOut { .. }))
                && framed.buffered().len() <= wire.len(),
            "what arrived is all that is kept",
            "more",
        )?;
    }
    holds()
}

pub(super) fn before_error(case: &Case<'_>) -> Observation {
    let OverLong { sent, wire } = match over_long(case)? {
        Ok(prepared) => prepared,
        Err(why) => return saw(why),
    };
    let mut framed = Framed::new(Script::new(&wire, 0), case.framing(SMALL)?);
    given(Way::Next, &mut framed, &sent[0])?;
    match framed.next() {
        Err(Error::Frame { error, .. }) if !error.is_callers() => {
            let too_long = matches!(error.kind, FrameErrorKind::TooLong { .. });
            ensure(too_long, "an error that says it is too long", "another")?;
        }
        _ => return fail("a frame that is too long is the peer's fault", "it is not"),
    }
    let unread = framed.buffered().to_vec();
    ensure(
        wire.ends_with(&unread) && !unread.is_empty(),
        "what follows can be read",
        "it is lost",
    )?;
    holds()
}

pub(super) fn interrupted(case: &Case<'_>) -> Observation {
    let sent = bodies(case, MAX, [5, 0, 300, 1])?;
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    let wire = write(&case.framing(MAX)?, &sent)?;
    for way in Way::ALL {
        let script = Script { hiccups: true, ..Script::new(&wire, 1) };
        let mut framed = Framed::new(script, case.framing(MAX)?);
        let received = all(way, &mut framed, &wire, sent.len())?;
        ensure(received == sent, "the frames that were sent", "others, or fewer")?;
    }
    holds()
}

/// The frames of `wire`, `count` of them; what would have to wait is asked for again.
fn all(way: Way, framed: &mut Frames, wire: &[u8], count: usize) -> Result<Vec<Vec<u8>>, Stop> {
    let mut received = Vec::new();
    // Every byte takes two operations at the most; a framing that loses one never comes to the end.
    for _ in 0..4 * wire.len() + 16 {
        match way.take(framed) {
            Ok(Some(frame)) => received.push(frame),
            Ok(None) => break,
            Err(error) if waits(&error) => {}
            Err(Error::Eof { .. }) if received.len() == count => break,
            Err(error) => return fail("a frame, or nothing yet", error.to_string()),
        }
    }
    Ok(received)
}

pub(super) fn partial_write(case: &Case<'_>) -> Observation {
    let sent = bodies(case, MAX, [5, 0, 300, 1, 120])?;
    if !case.framing_subject()?.delimits() {
        return saw("takes-all");
    }
    let wire = write(&case.framing(MAX)?, &sent)?;
    for collects in [false, true] {
        let script = Script { hiccups: true, ..Script::new(&[], 7) };
        let mut framed = Framed::new(script, case.framing(MAX)?);
        send_all(&mut framed, &sent, collects)?;
        let taken = framed.get_ref().past().taken.clone();
        same_bytes("what was sent", &wire, &taken)?;
    }
    holds()
}

/// Sends `bodies` as often as each asks for it, one by one or collected, and then what is left.
fn send_all(framed: &mut Frames, bodies: &[Vec<u8>], collects: bool) -> Result<(), Stop> {
    for body in bodies {
        let mut tries = 0;
        loop {
            tries += 1;
            ensure(tries < 1000, "a frame is sent in the end", "it never is")?;
            match if collects { framed.feed(body) } else { framed.send(body) } {
                Ok(()) => break,
                // Nothing of it was sent: it is sent again.
                Err(error) if waits(&error) && error.done() == 0 => {}
                // It was accepted: its rest goes out with what comes next.
                Err(error) if waits(&error) => break,
                Err(error) => return fail("a frame is sent", error.to_string()),
            }
        }
    }
    for _ in 0..1000 {
        match framed.flush() {
            Ok(()) => break,
            Err(error) if waits(&error) => {}
            Err(error) => return fail("the rest is sent", error.to_string()),
        }
    }
    Ok(())
}

fn waits(error: &Error) -> bool {
    error.is_timeout() || error.would_block()
}

pub(super) fn memory(case: &Case<'_>) -> Observation {
    let subject = case.framing_subject()?;
    if !subject.delimits() {
        return saw("takes-all");
    }
    let (framing, large) = (subject.framing(SMALL), subject.framing(8 << 10));
    if framing.max() == large.max() {
        return saw("one-size");
    }
    // The start of a frame as long as the peer may make it, and then bytes without an end.
    let most = large.max();
    let wire = write(&large, &[subject.body(most, &case.bytes(most))])?;
    let endless = Script { endless: true, ..Script::new(&wire[..wire.len() / 2], 0) };
    let bound = framing.window_max() + (128 << 10);
    let mut framed = Framed::new(endless, framing);
    match framed.next() {
        Err(Error::Frame { error, .. }) => {
            let too_long = matches!(error.kind, FrameErrorKind::TooLong { .. });
            ensure(too_long, "an error that says it is too long", "another")?;
        }
        Ok(_) => return fail("the frame is refused", "it is not"),
        Err(error) => return fail("the frame is refused", error.to_string()),
    }
    let given = framed.get_ref().past().given;
    ensure(given <= bound, "refused after window_max and a buffer of bytes", "later than that")?;
    holds()
}
