//! Framings that are wrong in one of several things that are easily taken for the same.

use sockrates_core::{Decoded, Encoded, FrameError, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, framing};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<LastLineTooLong>(),
        framing::<BlankDropped>(),
        framing::<CobsMasked>(),
        framing::<WideWindowNarrow>(),
        framing::<ShortIntoDiffers>(),
    ]
}

#[derive(Default)]
struct LastLineTooLong;

impl Flaw for LastLineTooLong {
    const NAME: &'static str = "last-line-too-long";
    const SAYS: &'static str = "a last line without an end is told to be too long";
    const OF: &'static str = "lines-lf";
    const FAILS: &'static [&'static str] =
        &["framing.lines.unterminated", "framing.error.cut-short"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if last && !window.is_empty() && !window.contains(&b'\n') {
            let len = right.max() as u64 + 1;
            return Err(FrameError::too_long(len, right.max(), Resync::Never));
        }
        right.decode(window, last)
    }
}

#[derive(Default)]
struct BlankDropped;

impl Flaw for BlankDropped {
    const NAME: &'static str = "blank-dropped";
    const SAYS: &'static str = "a body of one tab is received as an empty one";
    const OF: &'static str = "delimiter-byte";
    const FAILS: &'static [&'static str] = &["framing.delimiter.behind"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match right.decode(window, last)? {
            Decoded::Frame { body, consume } if window.get(body.clone()) == Some(b"\t") => {
                Ok(Decoded::Frame { body: body.start..body.start, consume })
            }
            other => Ok(other),
        }
    }
}

#[derive(Default)]
struct CobsMasked;

/// What each byte is combined with.
const MASK: u8 = 0x55;

impl Flaw for CobsMasked {
    const NAME: &'static str = "cobs-masked";
    const SAYS: &'static str = "the bytes are masked before they are stuffed, as no peer expects";
    const OF: &'static str = "cobs";
    const FAILS: &'static [&'static str] =
        &["framing.cobs.vectors", "framing.cobs.idle", "framing.cobs.last-block"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last)?;
        if let Decoded::Frame { body, .. } = &answer
            && let Some(body) = window.get_mut(body.clone())
        {
            body.iter_mut().for_each(|byte| *byte ^= MASK);
        }
        Ok(answer)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        let masked: Vec<u8> = body.iter().map(|byte| byte ^ MASK).collect();
        Ok(Encoded::rewritten(right.encode(&masked)?.to_vec()))
    }
}

#[derive(Default)]
struct WideWindowNarrow;

impl Flaw for WideWindowNarrow {
    const NAME: &'static str = "wide-window-narrow";
    const SAYS: &'static str = "of bodies of 256 bytes and more, less is said to be needed at once";
    const OF: &'static str = "length-u32";
    const FAILS: &'static [&'static str] = &["framing.core.window-max", "framing.core.chunking"];

    fn window_max(&self, right: &dyn Framing) -> usize {
        right.window_max() - usize::from(right.max() >= 256)
    }
}

#[derive(Default)]
struct ShortIntoDiffers;

impl Flaw for ShortIntoDiffers {
    const NAME: &'static str = "short-into-differs";
    const SAYS: &'static str = "a frame of 17 bytes that is put into a buffer lacks its line end";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.error.one-datagram"];

    fn encode_into(
        &self,
        right: &dyn Framing,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        let mut frame = right.encode(body)?.to_vec();
        if body.len() == 17 {
            frame.truncate(frame.len() - 2);
        }
        out.extend_from_slice(&frame);
        Ok(())
    }
}
