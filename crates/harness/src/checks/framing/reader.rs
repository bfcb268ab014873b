//! Reads a wire with a framing as a program would, and holds the framing to its laws on the way.

use sockrates_core::{Announced, Decoded, FrameError, Framing, Resync};

use crate::Stop;
use crate::expect::{ensure, fail};

/// What a framing made of a wire.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// The bodies, in order.
    pub(super) frames: Vec<Vec<u8>>,
    /// The errors, in order; only the last may be one without a way on.
    pub(super) errors: Vec<FrameError>,
    /// What was not consumed.
    pub(super) left: Vec<u8>,
}

/// Reads `pieces` one after the other, and says at the end that nothing follows if `ends`.
///
/// # Errors
/// [`Stop::Fail`] where a law of `decode` is broken.
pub(super) fn read<'a>(
    framing: &mut dyn Framing,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    ends: bool,
) -> Result<Reading, Stop> {
    let mut reading = Reading::default();
    for piece in pieces {
        reading.left.extend_from_slice(piece);
        if !step(framing, &mut reading, false)? {
            return Ok(reading);
        }
    }
    // An empty datagram is a frame too, so that the end is shown where nothing has come.
    if ends && (!reading.left.is_empty() || reading.frames.is_empty()) {
        step(framing, &mut reading, true)?;
    }
    Ok(reading)
}

/// Takes all it can from what is left. False after an error that nothing follows.
fn step(framing: &mut dyn Framing, reading: &mut Reading, last: bool) -> Result<bool, Stop> {
    loop {
        let window = reading.left.len();
        match framing.decode(&mut reading.left, last) {
            Ok(Decoded::Need(more)) => {
                ensure(more > 0, "it needs 1 byte or more", "it needs no more and gives no frame")?;
                let fits = window.saturating_add(more) <= framing.window_max();
                ensure(fits || last, "it needs no more than window_max", "it needs more")?;
                return Ok(true);
            }
            Ok(Decoded::Frame { body, consume }) => {
                let whole = body.start <= body.end && body.end <= consume && consume <= window;
                ensure(whole, "body and frame lie in the window", "they do not")?;
                reading.frames.push(reading.left[body].to_vec());
                if window == 0 && last {
                    return Ok(true);
                }
                consumed(reading, consume)?;
            }
            Ok(Decoded::Skip(n)) => consumed(reading, n)?,
            Err(error) => {
                let on = error.resync;
                reading.errors.push(error);
                let Resync::After(n) = on else { return Ok(false) };
                ensure(n <= window, "it goes on within the window", "it goes on behind it")?;
                reading.left.drain(..n);
                ensure(
                    reading.errors.len() < ERRORS_MAX,
                    "an end of errors",
                    "errors without end",
                )?;
            }
        }
        if reading.left.is_empty() {
            return Ok(true);
        }
    }
}

/// Reads `pieces` as [`read`] does, but shows a framing no more of a frame once it has announced
/// it: what has been announced is received elsewhere, and the framing is told of its tail.
///
/// # Errors
/// [`Stop::Fail`] where a law is broken.
pub(super) fn read_announced<'a>(
    framing: &mut dyn Framing,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Reading, Stop> {
    let mut reading = Reading::default();
    let mut announced = None;
    for piece in pieces {
        reading.left.extend_from_slice(piece);
        loop {
            if let Some(frame) = &announced {
                match finish(framing, &mut reading, frame)? {
                    Finished::NotYet => break,
                    Finished::Frame => {}
                    Finished::Never => return Ok(reading),
                }
            }
            if !step(framing, &mut reading, false)? {
                return Ok(reading);
            }
            announced = framing.announced(&reading.left);
            if announced.is_none() {
                break;
            }
        }
    }
    Ok(reading)
}

/// What came of a frame that was announced.
enum Finished {
    NotYet,
    Frame,
    /// An error that nothing follows.
    Never,
}

/// Takes an announced frame from what is left, once it is there.
fn finish(
    framing: &mut dyn Framing,
    reading: &mut Reading,
    announced: &Announced,
) -> Result<Finished, Stop> {
    let whole = announced.whole().filter(|whole| *whole <= framing.window_max());
    let Some(whole) = whole else {
        return fail("a frame of window_max at the most is announced", "a longer one");
    };
    if reading.left.len() < whole {
        return Ok(Finished::NotYet);
    }
    let end = announced.head + announced.body;
    match framing.finish(announced, &reading.left[end..whole]) {
        Ok(()) => {
            reading.frames.push(reading.left[announced.head..end].to_vec());
            consumed(reading, whole)?;
            Ok(Finished::Frame)
        }
        Err(error) => {
            let goes_on = error.is_recoverable();
            reading.errors.push(error);
            ensure(!goes_on, "a wrong tail is the end", "it goes on")?;
            Ok(Finished::Never)
        }
    }
}

/// More errors than any wire of these checks has bytes to be wrong.
const ERRORS_MAX: usize = 1000;

fn consumed(reading: &mut Reading, n: usize) -> Result<(), Stop> {
    if n == 0 || n > reading.left.len() {
        return fail("it consumes 1 byte or more of the window", "it consumes none, or too many");
    }
    reading.left.drain(..n);
    Ok(())
}

/// The wire of `bodies`, one after the other.
///
/// # Errors
/// [`Stop::Fail`] where one is refused.
pub(super) fn write(framing: &dyn Framing, bodies: &[Vec<u8>]) -> Result<Vec<u8>, Stop> {
    let mut wire = Vec::new();
    for body in bodies {
        match framing.encode(body) {
            Ok(encoded) => encoded.append_to(&mut wire),
            Err(error) => return fail("the body is encoded", error.to_string()),
        }
    }
    Ok(wire)
}

/// The only frame of `wire` is `body`.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn is_one_frame(reading: &Reading, body: &[u8]) -> Result<(), Stop> {
    if let Some(error) = reading.errors.first() {
        return fail("the frame is decoded", format!("{:?}", error.kind));
    }
    match reading.frames.as_slice() {
        [one] if one == body && reading.left.is_empty() => Ok(()),
        [one] if one == body => fail("the whole frame is consumed", "bytes of it are left"),
        [_] => fail("the body that was encoded", "another body"),
        frames => fail("one frame", format!("{} frames", frames.len())),
    }
}
