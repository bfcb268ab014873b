//! Lengths of variable width that are written or read wrongly.

use std::iter;

use sockrates_core::{Decoded, Encoded, FrameError, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, announced, framing, malformed};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<SevensReversed>(),
        framing::<OverlongAccepted>(),
        framing::<SevensOverflow>(),
        framing::<OverlongRefused>(),
        framing::<IntegerCut>(),
        framing::<WidestSent>(),
    ]
}

/// How many bytes the number in sevens takes, if its end is there.
fn sevens(window: &[u8]) -> Option<usize> {
    window.iter().position(|byte| *byte < 0x80).map(|at| at + 1)
}

/// The frame of `len` bytes behind a number of `width` bytes.
fn checked(right: &dyn Framing, window: &[u8], width: usize, len: u64) -> Answer {
    if len > right.max() as u64 {
        return Err(FrameError::too_long(len, right.max(), Resync::Never));
    }
    Ok(announced(window, width, len as usize, 0))
}

#[derive(Default)]
struct SevensReversed;

impl Flaw for SevensReversed {
    const NAME: &'static str = "sevens-reversed";
    const SAYS: &'static str = "the sevens of a length are written and read the highest first";
    const OF: &'static str = "varint-leb128";
    const FAILS: &'static [&'static str] = &[
        "framing.varint.leb128-vectors",
        "framing.varint.leb128-overlong",
        "framing.varint.leb128-overflow",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let Some(width) = sevens(window) else { return right.decode(window, last) };
        let mut turned = window[..width].to_vec();
        turned.reverse();
        turned.iter_mut().for_each(|byte| *byte |= 0x80);
        turned[width - 1] &= 0x7f;
        match right.decode(&mut turned, false)? {
            Decoded::Need(len) => Ok(announced(window, width, len, 0)),
            empty => Ok(empty),
        }
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        drop(right.encode(body)?);
        let groups = iter::successors(Some(body.len()), |rest| Some(rest >> 7));
        let mut head: Vec<u8> =
            groups.take_while(|rest| *rest > 0).map(|rest| rest as u8 | 0x80).collect();
        if head.is_empty() {
            head.push(0);
        }
        head[0] &= 0x7f;
        head.reverse();
        Ok(Encoded::around(&head, body, &[]))
    }
}

#[derive(Default)]
struct OverlongAccepted;

impl Flaw for OverlongAccepted {
    const NAME: &'static str = "overlong-accepted";
    const SAYS: &'static str = "a length in sevens that could be shorter is accepted";
    const OF: &'static str = "varint-leb128";
    const FAILS: &'static [&'static str] = &["framing.varint.leb128-overlong"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match sevens(window) {
            Some(width @ 1..=9) => {
                let bits = window[..width].iter().enumerate();
                let len = bits.map(|(at, byte)| u64::from(byte & 0x7f) << (7 * at)).sum();
                checked(right, window, width, len)
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct SevensOverflow;

impl Flaw for SevensOverflow {
    const NAME: &'static str = "sevens-overflow";
    const SAYS: &'static str = "what of a length in sevens is over 32 bits is dropped";
    const OF: &'static str = "varint-leb128";
    const FAILS: &'static [&'static str] =
        &["framing.varint.leb128-overlong", "framing.varint.leb128-overflow"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match sevens(window) {
            Some(width @ 6..) => {
                let bits = window[..5].iter().enumerate();
                let len = bits.map(|(at, byte)| u64::from(byte & 0x7f) << (7 * at)).sum::<u64>();
                checked(right, window, width, u64::from(len as u32))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct OverlongRefused;

impl Flaw for OverlongRefused {
    const NAME: &'static str = "overlong-refused";
    const SAYS: &'static str = "an integer of RFC 9000 that could be shorter is refused";
    const OF: &'static str = "varint-rfc9000";
    const FAILS: &'static [&'static str] =
        &["framing.varint.rfc9000-vectors", "framing.varint.rfc9000-overlong"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [0x40, 0..=0x3f, ..] | [0x80, 0, 0..=0x3f, _, ..] | [0xc0, 0, 0, 0, ..] => malformed(0),
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct IntegerCut;

impl Flaw for IntegerCut {
    const NAME: &'static str = "integer-cut";
    const SAYS: &'static str = "of an integer of eight bytes the lower four are taken";
    const OF: &'static str = "varint-rfc9000";
    const FAILS: &'static [&'static str] =
        &["framing.varint.rfc9000-vectors", "framing.varint.rfc9000-largest"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [0xc0..=0xff, _, _, _, a, b, c, d, ..] => {
                let len = u32::from_be_bytes([*a, *b, *c, *d]);
                checked(right, window, 8, u64::from(len))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct WidestSent;

impl Flaw for WidestSent {
    const NAME: &'static str = "widest-sent";
    const SAYS: &'static str = "every integer is sent in eight bytes";
    const OF: &'static str = "varint-rfc9000";
    const FAILS: &'static [&'static str] = &["framing.varint.rfc9000-shortest"];

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        drop(right.encode(body)?);
        let number = body.len() as u64 | 0xc0 << 56;
        Ok(Encoded::around(&number.to_be_bytes(), body, &[]))
    }
}
