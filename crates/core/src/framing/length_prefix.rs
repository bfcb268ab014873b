//! A number of fixed width that says how long the body is, then the body.

use alloc::vec::Vec;

use super::{Announced, BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Frames of a length and a body: the length is a number of 1, 2, 3, 4 or 8 bytes.
///
/// The number is big-endian (network byte order) and counts the body alone, unless
/// [`little_endian`](Self::little_endian) or [`inclusive`](Self::inclusive) say otherwise. An empty
/// body is a frame like any other.
///
/// A length over the maximum is refused as soon as it has been read, and nothing is allocated for
/// it. That ends the stream: what follows may be the announced body or anything else.
///
/// A maximum that does not fit is a mistake in the program, and `?` makes no
/// `sockrates_core::Error` of it: `expect` it.
///
/// ```
/// use sockrates_core::framing::LengthPrefix;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = LengthPrefix::u16(1024)?;
/// assert_eq!(framing.encode(b"ping")?.to_vec(), b"\x00\x04ping");
///
/// let mut window = *b"\x00\x04pi";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Need(2));
/// let mut window = *b"\x00\x04ping\x00";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Frame { body: 2..6, consume: 6 });
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 1035 section 4.2.2 and RFC 7766 section 8 (DNS over TCP is `u16`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthPrefix {
    /// The header's length in bytes: 1, 2, 3, 4 or 8.
    width: usize,
    little: bool,
    /// What the number counts besides the body: 0, or `width`.
    counted: usize,
    max: usize,
    /// Four bytes, big-endian, that count the body alone: what is most frequent goes by the
    /// shortest way.
    usual: bool,
}

impl LengthPrefix {
    /// A length of one byte; bodies of at most `max` bytes, 255 or less.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `max` does not fit.
    pub const fn u8(max: usize) -> Result<Self, FrameError> {
        Self { width: 1, little: false, counted: 0, max, usual: false }.checked()
    }

    /// A length of two bytes; bodies of at most `max` bytes, 65,535 or less.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `max` does not fit.
    pub const fn u16(max: usize) -> Result<Self, FrameError> {
        Self { width: 2, little: false, counted: 0, max, usual: false }.checked()
    }

    /// A length of three bytes; bodies of at most `max` bytes, 16,777,215 or less.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `max` does not fit.
    pub const fn u24(max: usize) -> Result<Self, FrameError> {
        Self { width: 3, little: false, counted: 0, max, usual: false }.checked()
    }

    /// A length of four bytes; bodies of at most `max` bytes, 4,294,967,295 or less.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `max` does not fit, or is
    /// over a quarter of the address space.
    pub const fn u32(max: usize) -> Result<Self, FrameError> {
        Self { width: 4, little: false, counted: 0, max, usual: false }.checked()
    }

    /// A length of eight bytes; bodies of at most `max` bytes.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `max` is over a quarter of
    /// the address space, more than can ever be received.
    pub const fn u64(max: usize) -> Result<Self, FrameError> {
        Self { width: 8, little: false, counted: 0, max, usual: false }.checked()
    }

    /// The same, with the number in little-endian order.
    #[must_use]
    pub const fn little_endian(mut self) -> Self {
        self.little = true;
        self.usual = false;
        self
    }

    /// The same, with a number that counts its own bytes too. The maximum stays that of the body.
    ///
    /// A number smaller than its own size is then malformed.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where the number cannot hold the
    /// maximum and its own size (`u8` with a maximum of 255).
    pub const fn inclusive(mut self) -> Result<Self, FrameError> {
        self.counted = self.width;
        self.checked()
    }

    const fn checked(mut self) -> Result<Self, FrameError> {
        self.usual = self.width == 4 && !self.little && self.counted == 0;
        let field_max = if self.width == 8 { u64::MAX } else { (1 << (8 * self.width)) - 1 };
        if self.max > BODY_MAX {
            let rule = "more than can ever be received; use what you are ready to hold in memory";
            return Err(FrameError::setting("maximum", self.max as u64, rule));
        }
        if (self.max + self.counted) as u64 > field_max {
            let rule = "the length field cannot hold it; use a wider field or a smaller maximum";
            return Err(FrameError::setting("maximum", self.max as u64, rule));
        }
        Ok(self)
    }

    /// The number at the start of `window`, which holds at least `width` bytes.
    #[inline]
    fn number(&self, window: &[u8]) -> u64 {
        let shift = 64 - 8 * self.width as u32;
        // One load where there is something behind the header; else byte by byte.
        let eight = match window.first_chunk::<8>() {
            Some(eight) => *eight,
            None => {
                let mut eight = [0; 8];
                eight[..self.width].copy_from_slice(&window[..self.width]);
                eight
            }
        };
        if self.little {
            u64::from_le_bytes(eight) << shift >> shift
        } else {
            u64::from_be_bytes(eight) >> shift
        }
    }

    /// Any number, whole frame or not.
    #[inline]
    fn decode_any(&self, window: &[u8]) -> Result<Decoded, FrameError> {
        let width = self.width;
        if window.len() < width {
            return Ok(Decoded::Need(width - window.len()));
        }
        let number = self.number(window);
        // A number smaller than what it counts wraps round and is over any maximum.
        if number.wrapping_sub(self.counted as u64) > self.max as u64 {
            return Err(self.refuse(number));
        }
        let end = number as usize + (width - self.counted);
        if end > window.len() {
            return Ok(Decoded::Need(end - window.len()));
        }
        Ok(Decoded::Frame { body: width..end, consume: end })
    }

    /// The header of a body of `len` bytes, in the first `width` bytes.
    #[inline]
    fn header(&self, len: usize) -> Result<[u8; 8], FrameError> {
        if len > self.max {
            return Err(self.refuse_body(len));
        }
        let number = (len + self.counted) as u64;
        Ok(if self.little {
            number.to_le_bytes()
        } else {
            (number << (64 - 8 * self.width as u32)).to_be_bytes()
        })
    }

    #[inline(never)]
    fn encode_unusual(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        let header = self.header(body.len())?;
        let start = out.len();
        out.reserve(header.len() + body.len());
        // All eight bytes, for a copy of a known size is one store.
        out.extend_from_slice(&header);
        out.truncate(start + self.width);
        out.extend_from_slice(body);
        Ok(())
    }

    #[cold]
    fn refuse_body(&self, len: usize) -> FrameError {
        FrameError::body_too_long(len, self.max)
    }

    #[cold]
    fn refuse(&self, number: u64) -> FrameError {
        match number.checked_sub(self.counted as u64) {
            None => FrameError::malformed("a length smaller than its own field", 0, Resync::Never),
            Some(len) => FrameError::too_long(len, self.max, Resync::Never),
        }
    }
}

impl Framing for LengthPrefix {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        // What is most frequent goes by the shortest way: the next frame waits for this number.
        if let (true, Some(four)) = (self.usual, window.first_chunk::<4>()) {
            let len = u32::from_be_bytes(*four) as usize;
            if len <= self.max && len <= window.len() - 4 {
                return Ok(Decoded::Frame { body: 4..4 + len, consume: 4 + len });
            }
        }
        self.decode_any(window)
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        let header = self.header(body.len())?;
        Ok(Encoded::around(&header[..self.width], body, &[]))
    }

    #[inline]
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        if !self.usual {
            return self.encode_unusual(body, out);
        }
        if body.len() > self.max {
            return Err(self.refuse_body(body.len()));
        }
        out.reserve(4 + body.len());
        out.extend_from_slice(&(body.len() as u32).to_be_bytes());
        out.extend_from_slice(body);
        Ok(())
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        let number = (window.len() >= self.width).then(|| self.number(window))?;
        let body = usize::try_from(number.checked_sub(self.counted as u64)?).ok()?;
        Some(Announced { head: self.width, body, tail: 0 })
    }

    fn max(&self) -> usize {
        self.max
    }

    fn window_max(&self) -> usize {
        self.width + self.max
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameErrorKind;

    fn all(max: usize) -> [LengthPrefix; 5] {
        [
            LengthPrefix::u8(max).unwrap(),
            LengthPrefix::u16(max).unwrap(),
            LengthPrefix::u24(max).unwrap(),
            LengthPrefix::u32(max).unwrap(),
            LengthPrefix::u64(max).unwrap(),
        ]
    }

    #[test]
    fn headers_have_the_width_order_and_count_that_were_asked_for() {
        let big: [&[u8]; 5] =
            [b"\x02", b"\x00\x02", b"\x00\x00\x02", b"\x00\x00\x00\x02", b"\0\0\0\0\0\0\0\x02"];
        for (framing, head) in all(9).into_iter().zip(big) {
            assert_eq!(framing.encode(b"ab").unwrap().to_vec(), [head, b"ab"].concat());
            let mut reversed = head.to_vec();
            reversed.reverse();
            let little = framing.clone().little_endian();
            assert_eq!(little.encode(b"ab").unwrap().to_vec(), [&reversed[..], b"ab"].concat());
            let mut whole = head.to_vec();
            *whole.last_mut().unwrap() += head.len() as u8;
            let inclusive = framing.inclusive().unwrap();
            assert_eq!(inclusive.encode(b"ab").unwrap().to_vec(), [&whole[..], b"ab"].concat());
        }
    }

    #[test]
    fn a_number_is_read_alike_with_and_without_bytes_behind_it() {
        for framing in all(200) {
            for mut framing in [framing.clone(), framing.little_endian()] {
                let mut wire = framing.encode(&[]).unwrap().to_vec();
                let width = wire.len();
                let frame = Decoded::Frame { body: width..width, consume: width };
                assert_eq!(framing.decode(&mut wire, false), Ok(frame.clone()));
                wire.extend_from_slice(&[0xff; 9]);
                assert_eq!(framing.decode(&mut wire, false), Ok(frame));
            }
        }
    }

    #[test]
    fn a_huge_length_is_refused_at_once() {
        let mut framing = LengthPrefix::u64(1000).unwrap();
        let mut wire = (1u64 << 63).to_be_bytes();
        let error = framing.decode(&mut wire, false).unwrap_err();
        assert_eq!(error, FrameError::too_long(1 << 63, 1000, Resync::Never));
    }

    #[test]
    fn the_maximum_is_the_bodys_also_where_the_number_counts_more() {
        let mut framing = LengthPrefix::u16(10).unwrap().inclusive().unwrap();
        assert!(framing.encode(&[0; 10]).is_ok());
        assert_eq!(framing.encode(&[0; 11]).unwrap_err(), FrameError::body_too_long(11, 10));
        assert_eq!(framing.decode(&mut [0, 12], false), Ok(Decoded::Need(10)));
        let over = framing.decode(&mut [0, 13], false).unwrap_err();
        assert_eq!(over, FrameError::too_long(11, 10, Resync::Never));
        let under = framing.decode(&mut [0, 1], false).unwrap_err();
        assert!(matches!(under.kind, FrameErrorKind::Malformed { at: 0, .. }), "{under}");
    }

    #[test]
    fn a_maximum_that_the_field_cannot_hold_is_refused() {
        assert!(LengthPrefix::u8(255).is_ok());
        assert!(LengthPrefix::u8(256).is_err());
        assert!(LengthPrefix::u8(255).unwrap().inclusive().is_err());
        assert!(LengthPrefix::u8(254).unwrap().inclusive().is_ok());
        assert!(LengthPrefix::u16(65_536).is_err());
        assert!(LengthPrefix::u24(1 << 24).is_err());
        assert!(LengthPrefix::u64(usize::MAX).is_err());
        let text = LengthPrefix::u8(256).unwrap_err();
        assert!(alloc::format!("{text}").starts_with("maximum 256: the length field"), "{text}");
    }
}
