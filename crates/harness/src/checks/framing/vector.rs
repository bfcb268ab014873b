//! Wires as a specification gives them, and what must come of them.

use sockrates_core::{FrameError, FrameErrorKind, Framing};

use super::reader::{Reading, is_one_frame, read, write};
use crate::Stop;
use crate::expect::{ensure, equal, fail, same_bytes};

/// Each body is sent as the wire beside it, and each such wire received as the body.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn are_wires(framing: &mut dyn Framing, vectors: &[(&[u8], &[u8])]) -> Result<(), Stop> {
    for (body, wire) in vectors {
        same_bytes("the wire", wire, &write(framing, &[body.to_vec()])?)?;
        are_received(framing, &[(wire, body)])?;
    }
    Ok(())
}

/// Each wire is received as the body beside it, also where others would be sent for that body.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn are_received(
    framing: &mut dyn Framing,
    vectors: &[(&[u8], &[u8])],
) -> Result<(), Stop> {
    for (wire, body) in vectors {
        on_every_cut(framing, wire, |reading| is_one_frame(reading, body))?;
    }
    Ok(())
}

/// Each wire is refused as malformed, and gives no frame before.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn are_malformed(framing: &mut dyn Framing, wires: &[&[u8]]) -> Result<(), Stop> {
    for wire in wires {
        on_every_cut(framing, wire, |reading| {
            let first = reading.errors.first().map(|error| &error.kind);
            if matches!(first, Some(FrameErrorKind::Malformed { .. })) && reading.frames.is_empty()
            {
                return Ok(());
            }
            fail(format!("{} is malformed", wire.escape_ascii()), came(reading))
        })?;
    }
    Ok(())
}

/// Each wire announces as many bytes as beside it, and is refused for that as soon as it shows.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn announce_too_much(
    framing: &mut dyn Framing,
    wires: &[(&[u8], u64)],
) -> Result<(), Stop> {
    for (wire, len) in wires {
        framing.reset();
        let reading = read(framing, [*wire], false)?;
        match reading.errors.first().map(|error| &error.kind) {
            Some(FrameErrorKind::TooLong { len: told, .. }) => {
                equal("the length announced", len, told)?;
            }
            _ => return fail("the announced length is refused", came(&reading)),
        }
    }
    framing.reset();
    Ok(())
}

/// What is wrong in `bad` is one error, and `next` behind it is received.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn goes_on(framing: &mut dyn Framing, bad: &[u8], next: &[u8]) -> Result<(), Stop> {
    let wire = [bad, &write(framing, &[next.to_vec()])?].concat();
    on_every_cut(framing, &wire, |reading| {
        equal("errors", &1, &reading.errors.len())?;
        match reading.frames.as_slice() {
            [frame] => same_bytes("the next frame", next, frame),
            _ => fail("the next frame", came(reading)),
        }
    })
}

/// The body is refused when it is sent, or sent so that it comes back. Returns whether it was sent.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn comes_back(framing: &mut dyn Framing, body: &[u8]) -> Result<bool, Stop> {
    match framing.encode(body).map(|encoded| encoded.to_vec()) {
        Err(error) => is_refusal(&error).map(|()| false),
        Ok(wire) => {
            on_every_cut(framing, &wire, |reading| is_one_frame(reading, body)).map(|()| true)
        }
    }
}

/// Each body is refused when it is sent.
///
/// # Errors
/// [`Stop::Fail`].
pub(super) fn are_refused(framing: &dyn Framing, bodies: &[&[u8]]) -> Result<(), Stop> {
    for body in bodies {
        match framing.encode(body) {
            Err(error) => is_refusal(&error)?,
            Ok(_) => {
                return fail(format!("{} is refused", body.escape_ascii()), "it was encoded");
            }
        }
    }
    Ok(())
}

/// The caller is told of a body that the framing cannot carry; the stream is none the worse.
fn is_refusal(error: &FrameError) -> Result<(), Stop> {
    let harmless = error.is_callers() && error.is_recoverable();
    ensure(harmless, "a refusal that harms nothing", format!("{:?}", error.kind))
}

/// Reads `wire` whole, byte by byte, and cut once at each place, up to its end.
fn on_every_cut(
    framing: &mut dyn Framing,
    wire: &[u8],
    law: impl Fn(&Reading) -> Result<(), Stop>,
) -> Result<(), Stop> {
    framing.reset();
    law(&read(framing, wire.chunks(1), true)?)?;
    for at in 0..wire.len().min(CUTS_MAX) {
        framing.reset();
        let (head, tail) = wire.split_at(at);
        law(&read(framing, [head, tail], true)?)?;
    }
    framing.reset();
    Ok(())
}

/// Long wires are cut in their heads, where what is new about them is.
const CUTS_MAX: usize = 20;

fn came(reading: &Reading) -> String {
    let errors = reading.errors.iter().map(|error| format!("{:?}", error.kind));
    let frames = reading.frames.iter().map(|frame| format!("\"{}\"", frame.escape_ascii()));
    let all: Vec<String> = frames.chain(errors).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
