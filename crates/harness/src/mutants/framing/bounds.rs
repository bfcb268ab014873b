//! Maximums that are not kept.

use sockrates_core::{Encoded, FrameError, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, announced, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<LengthTrusted>(),
        framing::<MaxRefused>(),
        framing::<MaxExceeded>(),
        framing::<OverMaxSent>(),
        framing::<WindowNarrow>(),
        framing::<WindowMeasured>(),
        framing::<SizePadded>(),
    ]
}

/// The length before a frame of a 32-bit length.
fn length(window: &[u8]) -> Option<usize> {
    window.first_chunk::<4>().map(|head| u32::from_be_bytes(*head) as usize)
}

#[derive(Default)]
struct LengthTrusted;

impl Flaw for LengthTrusted {
    const NAME: &'static str = "length-trusted";
    const SAYS: &'static str = "whatever length is announced is waited for";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = &[
        "framing.core.over-max-detected",
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.error.resync",
        "framing.error.declared",
        "framing.error.before-error",
        "framing.error.memory",
        "framing.length.largest",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match length(window) {
            Some(len) => Ok(announced(window, 4, len, 0)),
            None => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct MaxRefused;

impl Flaw for MaxRefused {
    const NAME: &'static str = "max-refused";
    const SAYS: &'static str = "a frame of exactly the maximum is too long";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = &[
        "framing.core.round-trip",
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.max",
        "framing.core.need",
        "framing.error.interrupted",
        "framing.length.header",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match length(window) {
            Some(len) if len == right.max() => {
                Err(FrameError::too_long(len as u64, len, Resync::Never))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct MaxExceeded;

impl Flaw for MaxExceeded {
    const NAME: &'static str = "max-exceeded";
    const SAYS: &'static str = "a frame of one byte more than the maximum is accepted";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] =
        &["framing.core.over-max-detected", "framing.length.largest"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match length(window) {
            Some(len) if len == right.max() + 1 => Ok(announced(window, 4, len, 0)),
            _ => right.decode(window, last),
        }
    }

    fn window_max(&self, right: &dyn Framing) -> usize {
        right.window_max() + 1
    }
}

#[derive(Default)]
struct OverMaxSent;

impl Flaw for OverMaxSent {
    const NAME: &'static str = "over-max-sent";
    const SAYS: &'static str = "a body over the maximum is sent";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = &["framing.core.over-max-refused", "framing.core.parts"];

    fn encode<'a>(&self, _: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        Ok(Encoded::around(&(body.len() as u32).to_be_bytes(), body, &[]))
    }
}

#[derive(Default)]
struct WindowNarrow;

impl Flaw for WindowNarrow {
    const NAME: &'static str = "window-narrow";
    const SAYS: &'static str = "the header is not counted in what may be needed at once";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.window-max",
        "framing.core.reset",
        "framing.error.arbitrary",
        "framing.error.same-however-cut",
        "framing.error.sticky",
        "framing.length.header",
    ];

    fn window_max(&self, right: &dyn Framing) -> usize {
        right.max()
    }
}

#[derive(Default)]
struct WindowMeasured;

impl Flaw for WindowMeasured {
    const NAME: &'static str = "window-measured";
    const SAYS: &'static str = "all that has arrived is held against the maximum, not the frame";
    const OF: &'static str = "delimiter-byte";
    const FAILS: &'static [&'static str] = &[
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.over-max-detected",
        "framing.error.same-however-cut",
        "framing.error.resync",
        "framing.error.before-error",
        "framing.delimiter.discarded",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if window.len() > right.window_max() && right.may_end() {
            let len = right.max() as u64 + 1;
            return Err(FrameError::too_long(len, right.max(), Resync::After(window.len())));
        }
        right.decode(window, last)
    }
}

#[derive(Default)]
struct SizePadded;

impl Flaw for SizePadded {
    const NAME: &'static str = "size-padded";
    const SAYS: &'static str = "a body shorter than the one size is sent with zeros behind it";
    const OF: &'static str = "fixed";
    const FAILS: &'static [&'static str] = &["framing.core.empty", "framing.fixed.size"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        if body.len() >= right.max() {
            return right.encode(body);
        }
        let mut padded = body.to_vec();
        padded.resize(right.max(), 0);
        Ok(Encoded::rewritten(padded))
    }
}
