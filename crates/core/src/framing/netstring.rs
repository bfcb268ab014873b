//! A decimal length, a colon, the body, a comma.

use alloc::vec::Vec;

use super::{Announced, BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Netstrings: `5:hello,`.
///
/// The length is decimal without leading zeros; `0:,` is the empty body. Anything else is
/// malformed, and neither that nor a length over the maximum can be recovered from: where the next
/// netstring starts is not known.
///
/// ```
/// use sockrates_core::framing::Netstring;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Netstring::new(1024);
/// assert_eq!(framing.encode(b"hello world!")?.to_vec(), b"12:hello world!,");
/// let mut window = *b"2:ok,3:";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Frame { body: 2..4, consume: 5 });
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: D. J. Bernstein, "Netstrings" (1997), <https://cr.yp.to/proto/netstrings.txt>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Netstring {
    max: usize,
}

impl Netstring {
    /// Bodies of at most `max` bytes.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self { max: if max < BODY_MAX { max } else { BODY_MAX } }
    }

    /// The length announced and where the colon is, or `None` where the colon is not yet there.
    #[inline]
    fn header(&self, window: &[u8]) -> Result<Option<(u64, usize)>, FrameError> {
        let mut len = 0u64;
        for (at, &byte) in window.iter().take(DIGITS_MAX + 1).enumerate() {
            match byte {
                b'0'..=b'9' if at == 1 && window[0] == b'0' => {
                    return malformed("a leading zero in the length", 0);
                }
                b'0'..=b'9' => {
                    let more =
                        len.checked_mul(10).and_then(|len| len.checked_add(u64::from(byte - b'0')));
                    let Some(more) = more else {
                        return Err(FrameError::too_long(u64::MAX, self.max, Resync::Never));
                    };
                    len = more;
                }
                b':' if at > 0 => return Ok(Some((len, at))),
                _ => return malformed("neither a digit nor the colon behind the length", at),
            }
        }
        Ok(None)
    }
}

impl Framing for Netstring {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        let Some((len, colon)) = self.header(window)? else {
            return Ok(Decoded::Need(if window.is_empty() { NETSTRING_MIN } else { 1 }));
        };
        if len > self.max as u64 {
            return Err(FrameError::too_long(len, self.max, Resync::Never));
        }
        let start = colon + 1;
        let comma = start + len as usize;
        match window.get(comma) {
            Some(b',') => Ok(Decoded::Frame { body: start..comma, consume: comma + 1 }),
            Some(_) => malformed("no comma behind the body", comma),
            None => Ok(Decoded::Need(comma + 1 - window.len())),
        }
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        let mut digits = [0; DIGITS_MAX + 1];
        let head = self.head(body.len(), &mut digits)?;
        Ok(Encoded::around(head, body, b","))
    }

    #[inline]
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        let mut digits = [0; DIGITS_MAX + 1];
        let head = self.head(body.len(), &mut digits)?;
        out.reserve(head.len() + body.len() + 1);
        out.extend_from_slice(head);
        out.extend_from_slice(body);
        out.push(b',');
        Ok(())
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        let (len, colon) = self.header(window).ok().flatten()?;
        Some(Announced { head: colon + 1, body: usize::try_from(len).ok()?, tail: 1 })
    }

    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        match tail {
            b"," => Ok(()),
            _ => malformed("no comma behind the body", announced.head + announced.body),
        }
    }

    fn max(&self) -> usize {
        self.max
    }

    /// Room for the longest body with all around it, and for any length that `u64` holds.
    fn window_max(&self) -> usize {
        DIGITS_MAX + self.max + 2
    }

    fn reset(&mut self) {}
}

impl Netstring {
    /// The decimal length and the colon, at the end of `digits`.
    #[inline]
    fn head<'d>(
        &self,
        len: usize,
        digits: &'d mut [u8; DIGITS_MAX + 1],
    ) -> Result<&'d [u8], FrameError> {
        if len > self.max {
            return Err(FrameError::body_too_long(len, self.max));
        }
        let mut at = DIGITS_MAX;
        digits[at] = b':';
        let mut rest = len;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return Ok(&digits[at..]);
            }
        }
    }
}

#[cold]
fn malformed<T>(what: &'static str, at: usize) -> Result<T, FrameError> {
    Err(FrameError::malformed(what, at, Resync::Never))
}

/// The digits of `u64::MAX`.
const DIGITS_MAX: usize = 20;
/// The length of `0:,`.
const NETSTRING_MIN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameErrorKind;

    fn decode(wire: &[u8]) -> Result<Decoded, FrameError> {
        Netstring::new(100).decode(&mut wire.to_vec(), false)
    }

    #[test]
    fn the_vectors_of_the_specification() {
        let hello = b"12:hello world!,";
        assert_eq!(decode(hello), Ok(Decoded::Frame { body: 3..15, consume: 16 }));
        assert_eq!(Netstring::new(100).encode(b"hello world!").unwrap().to_vec(), hello);
        assert_eq!(decode(b"0:,"), Ok(Decoded::Frame { body: 2..2, consume: 3 }));
        assert_eq!(Netstring::new(100).encode(b"").unwrap().to_vec(), b"0:,");
    }

    #[test]
    fn what_is_no_netstring_is_refused_where_it_shows() {
        for (wire, at) in [
            (&b":,"[..], 0),
            (b"a", 0),
            (b"-1:", 0),
            (b"1 :", 1),
            (b"00:,", 0),
            (b"01:a,", 0),
            (b"2:abc", 4),
            (b"0:\n", 2),
        ] {
            let error = decode(wire).unwrap_err();
            assert!(
                matches!(error.kind, FrameErrorKind::Malformed { at: seen, .. } if seen == at),
                "{}: {error}",
                wire.escape_ascii()
            );
            assert!(!error.is_recoverable());
        }
    }

    #[test]
    fn a_huge_length_is_refused_at_once() {
        for (wire, len) in [
            (&b"101:"[..], 101),
            (b"9223372036854775808:", 1 << 63),
            (b"18446744073709551615:", u64::MAX),
            (b"18446744073709551616", u64::MAX),
            (b"99999999999999999999", u64::MAX),
            (b"111111111111111111111", u64::MAX),
        ] {
            let error = decode(wire).unwrap_err();
            assert_eq!(error, FrameError::too_long(len, 100, Resync::Never));
        }
    }

    #[test]
    fn the_longest_length_still_fits_the_window() {
        let framing = Netstring::new(0);
        assert!(framing.window_max() > b"18446744073709551615:".len());
        assert_eq!(decode(b"1844674407370955161"), Ok(Decoded::Need(1)));
    }
}
