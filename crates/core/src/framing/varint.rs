//! A length of variable width, then the body.

use alloc::vec::Vec;

use super::{Announced, BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Frames of a length and a body, where a small length takes a single byte.
///
/// - [`leb128`](Self::leb128): 1 to 10 bytes of seven bits each, the lowest first. A number that
///   could be shorter is refused, so that a body has one encoding.
/// - [`rfc9000`](Self::rfc9000): 1, 2, 4 or 8 bytes, big-endian; the first two bits say how many. A
///   number that could be shorter is accepted, as the RFC allows.
///
/// What is sent is always the shortest encoding. A length over the maximum is refused as soon as it
/// has been read, and nothing is allocated for it; no error can be recovered from, for where the
/// next frame starts is not known.
///
/// ```
/// use sockrates_core::framing::Varint;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut protobuf = Varint::leb128(4096);
/// let wire = protobuf.encode(&[7; 300])?.to_vec();
/// assert_eq!(wire[..2], [0xac, 0x02]); // 300 = 0x2c + 2 * 128
/// let frame = protobuf.decode(&mut wire.clone(), false)?;
/// assert_eq!(frame, Decoded::Frame { body: 2..302, consume: 302 });
///
/// let quic = Varint::rfc9000(4096);
/// assert_eq!(quic.encode(&[7; 300])?.to_vec()[..2], [0x41, 0x2c]); // 0x4000 + 300
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 9000 section 16 and appendix A.1; DWARF 5 section 7.6 and the encoding page of
/// Protocol Buffers (LEB128).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Varint {
    format: Format,
    max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Leb128,
    Rfc9000,
}

impl Varint {
    /// Lengths in unsigned LEB128, as Protocol Buffers delimits messages; bodies of at most `max`
    /// bytes.
    #[must_use]
    pub const fn leb128(max: usize) -> Self {
        Self { format: Format::Leb128, max: if max < BODY_MAX { max } else { BODY_MAX } }
    }

    /// Lengths as QUIC writes integers; bodies of at most `max` bytes.
    #[must_use]
    pub const fn rfc9000(max: usize) -> Self {
        Self { format: Format::Rfc9000, max: if max < BODY_MAX { max } else { BODY_MAX } }
    }
}

impl Varint {
    /// The number that announces `len` bytes, and how many bytes it takes.
    #[inline]
    fn head(&self, len: usize) -> Result<([u8; WIDTH_MAX], usize), FrameError> {
        if len > self.max {
            return Err(FrameError::body_too_long(len, self.max));
        }
        let mut head = [0; WIDTH_MAX];
        let width = match self.format {
            Format::Leb128 => write_leb128(len as u64, &mut head),
            Format::Rfc9000 => write_rfc9000(len as u64, &mut head),
        };
        Ok((head, width))
    }

    /// The number at the start of `window`.
    #[inline]
    fn number(&self, window: &[u8]) -> Result<Number, FrameError> {
        match self.format {
            Format::Leb128 => read_leb128(window),
            Format::Rfc9000 => Ok(read_rfc9000(window)),
        }
    }
}

impl Framing for Varint {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        let (len, width) = match self.number(window)? {
            Number::Whole(len, width) => (len, width),
            Number::Need(n) => return Ok(Decoded::Need(n)),
        };
        if len > self.max as u64 {
            return Err(FrameError::too_long(len, self.max, Resync::Never));
        }
        let end = width + len as usize;
        if end > window.len() {
            return Ok(Decoded::Need(end - window.len()));
        }
        Ok(Decoded::Frame { body: width..end, consume: end })
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        let (head, width) = self.head(body.len())?;
        Ok(Encoded::around(&head[..width], body, &[]))
    }

    #[inline]
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        let (head, width) = self.head(body.len())?;
        out.reserve(head.len() + body.len());
        if width == 1 {
            out.push(head[0]);
        } else {
            // All of it, for a copy of a known size is a store or two.
            out.extend_from_slice(&head);
            out.truncate(out.len() - head.len() + width);
        }
        out.extend_from_slice(body);
        Ok(())
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        let Ok(Number::Whole(len, head)) = self.number(window) else { return None };
        Some(Announced { head, body: usize::try_from(len).ok()?, tail: 0 })
    }

    fn max(&self) -> usize {
        self.max
    }

    fn window_max(&self) -> usize {
        self.max + WIDTH_MAX
    }

    fn reset(&mut self) {}
}

enum Number {
    /// A number and how many bytes it took.
    Whole(u64, usize),
    /// At least this many more bytes are needed.
    Need(usize),
}

#[inline]
fn read_leb128(window: &[u8]) -> Result<Number, FrameError> {
    match window.first() {
        Some(&byte) if byte < 0x80 => Ok(Number::Whole(u64::from(byte), 1)),
        _ => read_long_leb128(window),
    }
}

fn read_long_leb128(window: &[u8]) -> Result<Number, FrameError> {
    let mut number = 0u64;
    for (at, &byte) in window.iter().take(WIDTH_MAX).enumerate() {
        // The tenth byte has room for the 64th bit alone.
        if at == WIDTH_MAX - 1 && byte > 1 {
            return Err(FrameError::malformed("a length of more than 64 bits", at, Resync::Never));
        }
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            if byte == 0 && at > 0 {
                let what = "a length that is not encoded as short as it can be";
                return Err(FrameError::malformed(what, at, Resync::Never));
            }
            return Ok(Number::Whole(number, at + 1));
        }
    }
    Ok(Number::Need(1))
}

#[inline]
fn read_rfc9000(window: &[u8]) -> Number {
    let Some(&first) = window.first() else { return Number::Need(1) };
    let width = 1 << (first >> 6);
    let Some(bytes) = window.get(..width) else { return Number::Need(width - window.len()) };
    let mut number = u64::from(first & 0x3f);
    for &byte in &bytes[1..] {
        number = number << 8 | u64::from(byte);
    }
    Number::Whole(number, width)
}

fn write_leb128(mut number: u64, head: &mut [u8; WIDTH_MAX]) -> usize {
    let mut at = 0;
    while number >= 0x80 {
        head[at] = number as u8 | 0x80;
        number >>= 7;
        at += 1;
    }
    head[at] = number as u8;
    at + 1
}

fn write_rfc9000(number: u64, head: &mut [u8; WIDTH_MAX]) -> usize {
    let (width, prefix) = match number {
        0..0x40 => (1, 0),
        0x40..0x4000 => (2, 0x40),
        0x4000..0x4000_0000 => (4, 0x80),
        _ => (8, 0xc0),
    };
    head[..width].copy_from_slice(&number.to_be_bytes()[8 - width..]);
    head[0] |= prefix;
    width
}

/// The most bytes of a number: 64 bits in sevens.
const WIDTH_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn leb128(wire: &[u8]) -> Result<(u64, usize), FrameError> {
        Ok(match read_leb128(wire)? {
            Number::Whole(number, width) => (number, width),
            Number::Need(n) => (0, n + 100),
        })
    }

    #[test]
    fn the_vectors_of_rfc_9000_appendix_a_1() {
        for (wire, number, minimal) in [
            (&b"\xc2\x19\x7c\x5e\xff\x14\xe8\x8c"[..], 151_288_809_941_952_652, true),
            (b"\x9d\x7f\x3e\x7d", 494_878_333, true),
            (b"\x7b\xbd", 15_293, true),
            (b"\x25", 37, true),
            (b"\x40\x25", 37, false),
        ] {
            let read = read_rfc9000(wire);
            assert!(matches!(read, Number::Whole(n, w) if n == number && w == wire.len()));
            let mut head = [0; WIDTH_MAX];
            let width = write_rfc9000(number, &mut head);
            assert_eq!(head[..width] == *wire, minimal);
            for cut in 1..wire.len() {
                let read = read_rfc9000(&wire[..cut]);
                assert!(matches!(read, Number::Need(n) if n == wire.len() - cut));
            }
        }
    }

    #[test]
    fn rfc9000_widths_change_where_the_rfc_says() {
        for (number, width) in [
            (0, 1),
            (63, 1),
            (64, 2),
            (16_383, 2),
            (16_384, 4),
            (1_073_741_823, 4),
            (1_073_741_824, 8),
            ((1 << 62) - 1, 8),
        ] {
            let mut head = [0; WIDTH_MAX];
            assert_eq!(write_rfc9000(number, &mut head), width);
            assert!(
                matches!(read_rfc9000(&head), Number::Whole(n, w) if n == number && w == width)
            );
        }
    }

    #[test]
    fn leb128_round_trips_at_every_width() {
        for bits in 0..64 {
            for number in [(1u64 << bits) - 1, 1 << bits, u64::MAX >> bits] {
                let mut head = [0; WIDTH_MAX];
                let width = write_leb128(number, &mut head);
                assert_eq!(leb128(&head[..width]), Ok((number, width)));
                for cut in 0..width {
                    assert_eq!(leb128(&head[..cut]), Ok((0, 101)));
                }
            }
        }
    }

    #[test]
    fn leb128_that_is_overlong_or_overflows_is_refused() {
        for (wire, at) in [
            (&b"\x80\x00"[..], 1),
            (b"\xff\x80\x00", 2),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 9),
            (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 9),
            (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 9),
        ] {
            let text = alloc::format!("{}", leb128(wire).unwrap_err());
            assert!(text.ends_with(&alloc::format!("at byte {at}")), "{text}");
        }
        assert_eq!(leb128(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), Ok((u64::MAX, 10)));
    }

    #[test]
    fn a_huge_length_is_refused_at_once() {
        let mut wire = *b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";
        let error = Varint::leb128(100).decode(&mut wire, false).unwrap_err();
        assert_eq!(error, FrameError::too_long(1 << 63, 100, Resync::Never));
        let error = Varint::rfc9000(100).decode(&mut [0xff; 8], false).unwrap_err();
        assert_eq!(error, FrameError::too_long((1 << 62) - 1, 100, Resync::Never));
    }
}
