//! Chunks that are read wrongly.

use sockrates_core::{Decoded, Encoded, FrameErrorKind, Framing};

use super::flaw::{Answer, Flaw, Frame, announced, framing, malformed, moved};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<BareLfAccepted>(),
        framing::<LastChunkBare>(),
        framing::<ExtensionRefused>(),
        framing::<DataEndUnchecked>(),
        framing::<SizeSigned>(),
        framing::<SizeWraps>(),
    ]
}

/// The line with a chunk's size, without its LF, if that is there.
fn line(window: &[u8]) -> Option<&[u8]> {
    window.iter().position(|byte| *byte == b'\n').map(|lf| &window[..lf])
}

/// The size in a line of nothing but digits, wrapped round at 64 bits.
fn size(line: &[u8]) -> Option<u64> {
    let digit = |size: Option<u64>, byte: &u8| {
        let digit = u64::from(char::from(*byte).to_digit(16)?);
        Some(size?.wrapping_mul(16).wrapping_add(digit))
    };
    line.iter().fold(Some(0), digit).filter(|_| !line.is_empty())
}

#[derive(Default)]
struct BareLfAccepted;

impl Flaw for BareLfAccepted {
    const NAME: &'static str = "bare-lf-accepted";
    const SAYS: &'static str = "an LF alone ends the line of a chunk's size";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.bare-lf"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match line(window).and_then(|line| Some((line.len() + 1, size(line)?))) {
            Some((head, size @ 1..)) if size <= right.max() as u64 => {
                Ok(announced(window, head, size as usize, 2))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct LastChunkBare;

impl Flaw for LastChunkBare {
    const NAME: &'static str = "last-chunk-bare";
    const SAYS: &'static str = "the last chunk is sent and read without the line behind it";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.vectors", "framing.chunked.trailers"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [b'0', b'\r', b'\n', ..] => {
                right.reset();
                Ok(Decoded::Frame { body: 3..3, consume: 3 })
            }
            _ => right.decode(window, last),
        }
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        match body {
            [] => Ok(Encoded::around(b"0\r\n", body, &[])),
            _ => right.encode(body),
        }
    }
}

#[derive(Default)]
struct ExtensionRefused;

impl Flaw for ExtensionRefused {
    const NAME: &'static str = "extension-refused";
    const SAYS: &'static str = "an extension behind a chunk's size is malformed";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] =
        &["framing.chunked.extensions", "framing.chunked.trailers"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match line(window).and_then(|line| line.iter().position(|byte| *byte == b';')) {
            Some(at) => malformed(at),
            None => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct DataEndUnchecked;

impl Flaw for DataEndUnchecked {
    const NAME: &'static str = "data-end-unchecked";
    const SAYS: &'static str = "whatever two bytes lie behind a chunk's data are dropped";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.data-end"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let answer = right.decode(window, last);
        let Err(error) = &answer else { return answer };
        let size = line(window).and_then(|line| size(line.strip_suffix(b"\r")?));
        match (&error.kind, size) {
            (FrameErrorKind::Malformed { at, .. }, Some(size @ 1..)) if *at as u64 > size => {
                right.reset();
                Ok(Decoded::Frame { body: at - size as usize..*at, consume: at + 2 })
            }
            _ => answer,
        }
    }
}

#[derive(Default)]
struct SizeSigned;

impl Flaw for SizeSigned {
    const NAME: &'static str = "size-signed";
    const SAYS: &'static str = "a plus before a chunk's size is accepted";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.size"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [b'+', rest @ ..] => Ok(moved(right.decode(rest, last)?, 1)),
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct SizeWraps;

impl Flaw for SizeWraps {
    const NAME: &'static str = "size-wraps";
    const SAYS: &'static str = "a chunk's size wraps round at 64 bits";
    const OF: &'static str = "chunked";
    const FAILS: &'static [&'static str] = &["framing.chunked.overflow"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let wrapped = line(window).filter(|line| line.len() > 17);
        match wrapped.and_then(|line| Some((line.len() + 1, size(line.strip_suffix(b"\r")?)?))) {
            Some((head, size @ 1..)) if size <= right.max() as u64 => {
                Ok(announced(window, head, size as usize, 2))
            }
            _ => right.decode(window, last),
        }
    }
}
