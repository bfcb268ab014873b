//! Bodies rewritten so that no zero is left, and a zero behind each.

use alloc::vec::Vec;

use super::scan::{Found, Scan};
use super::{BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Consistent overhead byte stuffing: any body, at a cost of one byte in 254, and a zero that is
/// always the end of a frame.
///
/// Because a zero is nothing else, a receiver that has lost its place finds it again: a malformed
/// frame and one over the maximum are one error each, and the frames behind them arrive. A zero
/// without a frame before it is skipped. Decoding happens in place.
///
/// A body whose last 254 bytes hold no zero has two encodings in the field, with and without a
/// final `01`; the shorter one is sent, both are accepted.
///
/// ```
/// use sockrates_core::framing::Cobs;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Cobs::new(1024);
/// let mut wire = framing.encode(&[0x11, 0, 0x22])?.to_vec();
/// assert_eq!(wire, [2, 0x11, 2, 0x22, 0]);
/// assert_eq!(framing.decode(&mut wire, false)?, Decoded::Frame { body: 0..3, consume: 5 });
/// assert_eq!(wire[0..3], [0x11, 0, 0x22]);
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on
/// Networking 7(2), 1999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cobs {
    max: usize,
    scan: Scan<0>,
}

impl Cobs {
    /// Bodies of at most `max` bytes.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self { max: if max < BODY_MAX { max } else { BODY_MAX }, scan: Scan::new() }
    }

    /// Checks the blocks of `frame` before a byte of it is rewritten.
    #[inline]
    fn check(&self, frame: &[u8]) -> Result<(), FrameError> {
        let resync = Resync::After(frame.len() + 1);
        let (mut at, mut len) = (0, 0);
        while at < frame.len() {
            let code = usize::from(frame[at]);
            if at + code > frame.len() {
                return Err(FrameError::malformed("a block beyond the frame's end", at, resync));
            }
            at += code;
            len += code - usize::from(code == FULL || at == frame.len());
        }
        if len > self.max {
            return Err(FrameError::too_long(len as u64, self.max, resync));
        }
        Ok(())
    }
}

impl Framing for Cobs {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        let end = match self.scan.find(window, self.window_max(), self.max)? {
            Found::Answer(answer) => return Ok(answer),
            Found::At(0) => return Ok(Decoded::Skip(1)),
            Found::At(end) => end,
        };
        self.check(&window[..end])?;
        let len = unstuff(&mut window[..end]);
        Ok(Decoded::Frame { body: 0..len, consume: end + 1 })
    }

    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        let mut frame = Vec::new();
        self.encode_into(body, &mut frame)?;
        Ok(Encoded::rewritten(frame))
    }

    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        if body.len() > self.max {
            return Err(FrameError::body_too_long(body.len(), self.max));
        }
        out.reserve(body.len() + body.len() / RUN_MAX + 2);
        let mut rest = body;
        loop {
            let run = &rest[..rest.len().min(RUN_MAX)];
            let run = &run[..memchr::memchr(0, run).unwrap_or(run.len())];
            out.push(run.len() as u8 + 1);
            out.extend_from_slice(run);
            rest = &rest[run.len()..];
            match rest {
                // A full run stands for its bytes alone; a shorter one for a zero too.
                [] => break,
                [0, behind @ ..] if run.len() < RUN_MAX => rest = behind,
                _ => continue,
            }
            if rest.is_empty() {
                out.push(1);
                break;
            }
        }
        out.push(0);
        Ok(())
    }

    fn max(&self) -> usize {
        self.max
    }

    /// The longest body with its overhead, the final `01` that some send, and the zero.
    fn window_max(&self) -> usize {
        self.max + self.max / RUN_MAX + 2
    }

    fn reset(&mut self) {
        self.scan = Scan::new();
    }

    /// Not in the rest of a frame that was too long.
    fn may_end(&self) -> bool {
        !self.scan.is_discarding()
    }
}

/// Undoes the stuffing of a checked frame in place and returns the body's length.
fn unstuff(frame: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < frame.len() {
        let code = usize::from(frame[from]);
        frame.copy_within(from + 1..from + code, to);
        from += code;
        to += code - 1;
        if code != FULL && from < frame.len() {
            frame[to] = 0;
            to += 1;
        }
    }
    to
}

/// The code of a block with as many bytes as there can be, and no zero behind it.
const FULL: usize = 0xff;
/// The most bytes of a block.
const RUN_MAX: usize = FULL - 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameErrorKind;

    fn round_trip(body: &[u8], wire: &[u8]) {
        let mut framing = Cobs::new(1000);
        assert_eq!(framing.encode(body).unwrap().to_vec(), wire);
        accepts(&mut framing, wire, body);
    }

    #[track_caller]
    fn accepts(framing: &mut Cobs, wire: &[u8], body: &[u8]) {
        let mut window = wire.to_vec();
        let frame = Decoded::Frame { body: 0..body.len(), consume: wire.len() };
        assert_eq!(framing.decode(&mut window, false), Ok(frame));
        assert_eq!(&window[..body.len()], body);
    }

    /// The bytes from `from` to `to`, both included.
    fn run(from: u8, to: u8) -> Vec<u8> {
        (from..=to).collect()
    }

    #[test]
    fn the_vectors_of_the_field() {
        round_trip(b"", b"\x01\0");
        round_trip(b"\0", b"\x01\x01\0");
        round_trip(b"\0\0", b"\x01\x01\x01\0");
        round_trip(b"\0\x11\0", b"\x01\x02\x11\x01\0");
        round_trip(b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33\0");
        round_trip(b"\x11\x22\x33\x44", b"\x05\x11\x22\x33\x44\0");
        round_trip(b"\x11\0\0\0", b"\x02\x11\x01\x01\x01\0");
        round_trip(&run(1, 0xfe), &[&[0xff], &run(1, 0xfe)[..], &[0]].concat());
        round_trip(&run(0, 0xfe), &[&[1, 0xff], &run(1, 0xfe)[..], &[0]].concat());
        round_trip(&run(1, 0xff), &[&[0xff], &run(1, 0xfe)[..], &[2, 0xff, 0]].concat());
        let body = [&run(2, 0xff)[..], &[0]].concat();
        round_trip(&body, &[&[0xff], &run(2, 0xff)[..], &[1, 1, 0]].concat());
        let body = [&run(3, 0xff)[..], &[0, 1]].concat();
        round_trip(&body, &[&[0xfe], &run(3, 0xff)[..], &[2, 1, 0]].concat());
    }

    #[test]
    fn a_final_empty_block_is_accepted() {
        let mut framing = Cobs::new(254);
        let wire = [&[0xff], &run(1, 0xfe)[..], &[1, 0]].concat();
        assert_eq!(wire.len(), framing.window_max());
        accepts(&mut framing, &wire, &run(1, 0xfe));
    }

    #[test]
    fn what_is_bad_is_dropped_up_to_the_zero_and_nothing_more() {
        let mut framing = Cobs::new(3);
        assert_eq!(framing.decode(&mut [0, 2, 7, 0], false), Ok(Decoded::Skip(1)));
        let error = framing.decode(&mut [2, 7, 9, 0, 2, 7, 0], false).unwrap_err();
        assert!(matches!(error.kind, FrameErrorKind::Malformed { at: 2, .. }), "{error}");
        assert_eq!(error.resync, Resync::After(4));
        let error = framing.decode(&mut [1, 1, 1, 1, 1, 1, 1, 0], false).unwrap_err();
        assert_eq!(error, FrameError::too_long(4, 3, Resync::After(5)));
        assert!(!framing.may_end());
        assert_eq!(framing.decode(&mut [1, 1, 0, 2, 7, 0], false), Ok(Decoded::Skip(3)));
        accepts(&mut framing, &[2, 7, 0], &[7]);
    }

    #[test]
    fn a_body_over_the_maximum_that_fits_the_window_is_refused() {
        let mut framing = Cobs::new(300);
        let mut wire = [&[1; 302][..], &[0]].concat();
        assert!(wire.len() <= framing.window_max());
        let error = framing.decode(&mut wire, false).unwrap_err();
        assert_eq!(error, FrameError::too_long(301, 300, Resync::After(303)));
        assert!(wire[..302].iter().all(|&byte| byte == 1), "rewritten all the same");
    }
}
