//! Lengths of fixed width that are written or read wrongly.

use sockrates_core::{Decoded, Encoded, FrameError, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, announced, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<OrderSwapped>(),
        framing::<CountsItself>(),
        framing::<LengthSigned>(),
        framing::<NumberUnderflows>(),
        framing::<EmptyLost>(),
    ]
}

/// The frame of two bytes of length, big-endian, which count `counted` more than the body.
fn read(right: &dyn Framing, window: &[u8], counted: usize) -> Answer {
    let Some(head) = window.first_chunk::<2>() else { return Ok(Decoded::Need(2 - window.len())) };
    let number = usize::from(u16::from_be_bytes(*head));
    let Some(len) = number.checked_sub(counted) else {
        return Err(FrameError::malformed("a length smaller than itself", 0, Resync::Never));
    };
    if len > right.max() {
        return Err(FrameError::too_long(len as u64, right.max(), Resync::Never));
    }
    Ok(announced(window, 2, len, 0))
}

fn write<'a>(right: &dyn Framing, body: &'a [u8], counted: usize) -> Frame<'a> {
    drop(right.encode(body)?);
    let number = (body.len() + counted) as u16;
    Ok(Encoded::around(&number.to_be_bytes(), body, &[]))
}

#[derive(Default)]
struct OrderSwapped;

impl Flaw for OrderSwapped {
    const NAME: &'static str = "order-swapped";
    const SAYS: &'static str = "a little-endian length is written and read as big-endian";
    const OF: &'static str = "length-u16-le";
    const FAILS: &'static [&'static str] =
        &["framing.length.header", "framing.length.wide", "framing.length.largest"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], _: bool) -> Answer {
        read(right, window, 0)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        write(right, body, 0)
    }
}

#[derive(Default)]
struct CountsItself;

impl Flaw for CountsItself {
    const NAME: &'static str = "counts-itself";
    const SAYS: &'static str = "a length that counts the body alone counts its own bytes too";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &[
        "framing.length.header",
        "framing.length.wide",
        "framing.length.zero",
        "framing.length.largest",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], _: bool) -> Answer {
        read(right, window, 2)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        write(right, body, 2)
    }
}

#[derive(Default)]
struct LengthSigned;

impl Flaw for LengthSigned {
    const NAME: &'static str = "length-signed";
    const SAYS: &'static str = "a length of one byte is read as signed, and extended";
    const OF: &'static str = "length-u8";
    const FAILS: &'static [&'static str] = &[
        "framing.core.round-trip",
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.max",
        "framing.core.trailing",
        "framing.core.need",
        "framing.error.interrupted",
        "framing.length.header",
        "framing.length.largest",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window.first() {
            Some(&byte) if byte >= 0x80 => {
                let len = byte as i8 as u64;
                Err(FrameError::too_long(len, right.max(), Resync::Never))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct NumberUnderflows;

impl Flaw for NumberUnderflows {
    const NAME: &'static str = "number-underflows";
    const SAYS: &'static str = "a length smaller than its own bytes is taken for an empty frame";
    const OF: &'static str = "length-u16-inclusive";
    const FAILS: &'static [&'static str] = &["framing.length.inclusive"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [0, 0 | 1, ..] => Ok(Decoded::Frame { body: 2..2, consume: 2 }),
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct EmptyLost;

impl Flaw for EmptyLost {
    const NAME: &'static str = "empty-lost";
    const SAYS: &'static str = "an empty frame is dropped";
    const OF: &'static str = "length-u16";
    const FAILS: &'static [&'static str] = &[
        "framing.core.round-trip",
        "framing.core.chunking",
        "framing.core.sequence",
        "framing.core.empty",
        "framing.error.interrupted",
        "framing.length.zero",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { body, consume } if body.is_empty() => Ok(Decoded::Skip(consume)),
            other => Ok(other),
        }
    }
}
