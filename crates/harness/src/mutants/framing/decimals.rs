//! Netstrings that are written or read wrongly.

use sockrates_core::{Decoded, Encoded, FrameError, FrameErrorKind, Framing, Resync};

use super::flaw::{Answer, Flaw, Frame, announced, framing, malformed, moved};
use crate::Mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        framing::<HexLength>(),
        framing::<ZeroAccepted>(),
        framing::<SignAccepted>(),
        framing::<CommaUnchecked>(),
        framing::<DecimalWraps>(),
    ]
}

/// The digits before the colon, if it is there.
fn digits(window: &[u8]) -> Option<&str> {
    let colon = window.iter().position(|byte| *byte == b':')?;
    str::from_utf8(&window[..colon]).ok().filter(|digits| !digits.starts_with('+'))
}

/// The netstring of `len` bytes behind so many digits.
fn checked(right: &dyn Framing, window: &[u8], digits: usize, len: u64) -> Answer {
    if len > right.max() as u64 {
        return Err(FrameError::too_long(len, right.max(), Resync::Never));
    }
    match window.get(digits + 1 + len as usize) {
        Some(byte) if *byte != b',' => malformed(digits + 1 + len as usize),
        _ => Ok(announced(window, digits + 1, len as usize, 1)),
    }
}

#[derive(Default)]
struct HexLength;

impl Flaw for HexLength {
    const NAME: &'static str = "hex-length";
    const SAYS: &'static str = "the length of a netstring is written and read in hexadecimal";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &[
        "framing.netstring.vectors",
        "framing.netstring.leading-zero",
        "framing.netstring.digits",
        "framing.netstring.overflow",
    ];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        if let Some(digits) = digits(window) {
            if let Ok(len) = u64::from_str_radix(digits, 16) {
                return checked(right, window, digits.len(), len);
            }
        } else if window.len() < 16 && window.iter().all(u8::is_ascii_hexdigit) {
            return Ok(Decoded::Need(1));
        }
        right.decode(window, last)
    }

    fn encode<'a>(&self, right: &dyn Framing, body: &'a [u8]) -> Frame<'a> {
        drop(right.encode(body)?);
        Ok(Encoded::around(format!("{:x}:", body.len()).as_bytes(), body, b","))
    }
}

#[derive(Default)]
struct ZeroAccepted;

impl Flaw for ZeroAccepted {
    const NAME: &'static str = "zero-accepted";
    const SAYS: &'static str = "zeros before the length of a netstring are accepted";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.netstring.leading-zero"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [b'0', rest @ ..] if matches!(rest, [b'0'..=b'9', ..]) => {
                Ok(moved(self.decode(right, rest, last)?, 1))
            }
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct SignAccepted;

impl Flaw for SignAccepted {
    const NAME: &'static str = "sign-accepted";
    const SAYS: &'static str = "a plus before the length of a netstring is accepted";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.netstring.digits"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match window {
            [b'+', rest @ ..] => Ok(moved(right.decode(rest, last)?, 1)),
            _ => right.decode(window, last),
        }
    }
}

#[derive(Default)]
struct CommaUnchecked;

impl Flaw for CommaUnchecked {
    const NAME: &'static str = "comma-unchecked";
    const SAYS: &'static str =
        "whatever lies behind the body of a netstring is taken for its comma";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.netstring.comma"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        let error = match right.decode(window, last) {
            Err(error) => error,
            right => return right,
        };
        match (error.kind.clone(), digits(window)) {
            (FrameErrorKind::Malformed { at, .. }, Some(digits)) if at > digits.len() => {
                let start = digits.len() + 1;
                Ok(Decoded::Frame { body: start..at, consume: at + 1 })
            }
            _ => Err(error),
        }
    }
}

#[derive(Default)]
struct DecimalWraps;

impl Flaw for DecimalWraps {
    const NAME: &'static str = "decimal-wraps";
    const SAYS: &'static str = "the length of a netstring wraps round at 64 bits";
    const OF: &'static str = "netstring";
    const FAILS: &'static [&'static str] = &["framing.netstring.overflow"];

    fn decode(&mut self, right: &mut dyn Framing, window: &mut [u8], last: bool) -> Answer {
        match digits(window) {
            Some(digits) if digits.len() > 19 && digits.bytes().all(|d| d.is_ascii_digit()) => {
                let add = |len: u64, d: u8| len.wrapping_mul(10).wrapping_add(u64::from(d - b'0'));
                checked(right, window, digits.len(), digits.bytes().fold(0, add))
            }
            _ => right.decode(window, last),
        }
    }
}
