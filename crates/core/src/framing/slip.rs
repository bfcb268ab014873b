//! Bodies between END bytes, with an escape for the END inside.

use alloc::vec::Vec;

use memchr::{memchr, memchr2};

use super::scan::{Found, Scan};
use super::{BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// SLIP: a frame ends in `C0`; inside it `C0` is written `DB DC`, and `DB` is written `DB DD`.
///
/// A frame is sent with an END before it too, as the RFC advises, so that noise on a serial line
/// becomes a frame of its own. Nothing between two ENDs is no frame, and so the empty body cannot
/// be sent. Decoding happens in place.
///
/// A `DB` followed by anything but its two partners is malformed (the RFC's sample code lets it
/// pass). Such a frame and one over the maximum are one error each, and the frames behind them
/// arrive.
///
/// ```
/// use sockrates_core::framing::Slip;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Slip::new(1006);
/// let mut wire = framing.encode(&[1, 0xc0, 2])?.to_vec();
/// assert_eq!(wire, [0xc0, 1, 0xdb, 0xdc, 2, 0xc0]);
/// assert_eq!(framing.decode(&mut wire, false)?, Decoded::Frame { body: 1..4, consume: 6 });
/// assert_eq!(wire[1..4], [1, 0xc0, 2]);
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 1055.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    max: usize,
    scan: Scan<END>,
}

impl Slip {
    /// Bodies of at most `max` bytes; over a serial line 1006 was usual.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self { max: if max < BODY_MAX { max } else { BODY_MAX }, scan: Scan::new() }
    }

    /// The longest body with every byte escaped, and the END.
    const fn frame_max(&self) -> usize {
        2 * self.max + 1
    }

    /// The answer for a window without the END before the frame.
    #[inline]
    fn decode_behind(&mut self, window: &mut [u8]) -> Result<Decoded, FrameError> {
        let end = match self.scan.find(window, self.frame_max(), self.max)? {
            Found::Answer(answer) => return Ok(answer),
            Found::At(0) => return Ok(Decoded::Skip(1)),
            Found::At(end) => end,
        };
        let frame = &mut window[..end];
        let len = match memchr(ESC, frame) {
            None => {
                self.check_len(end, Resync::After(end + 1))?;
                end
            }
            Some(first) => {
                self.check(frame, first)?;
                unescape(frame, first)
            }
        };
        Ok(Decoded::Frame { body: 0..len, consume: end + 1 })
    }

    /// Checks the escapes of `frame`, the first at `first`, before a byte of it is rewritten.
    fn check(&self, frame: &[u8], first: usize) -> Result<(), FrameError> {
        let resync = Resync::After(frame.len() + 1);
        let (mut at, mut escapes) = (first, 0);
        loop {
            if !matches!(frame.get(at + 1), Some(&(ESC_END | ESC_ESC))) {
                let what = "an escape of neither END nor ESC";
                return Err(FrameError::malformed(what, at, resync));
            }
            escapes += 1;
            at += 2;
            match memchr(ESC, &frame[at..]) {
                Some(more) => at += more,
                None => return self.check_len(frame.len() - escapes, resync),
            }
        }
    }

    #[inline]
    fn check_len(&self, len: usize, resync: Resync) -> Result<(), FrameError> {
        if len > self.max {
            return Err(FrameError::too_long(len as u64, self.max, resync));
        }
        Ok(())
    }
}

impl Framing for Slip {
    #[inline]
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError> {
        // The END before a frame is taken with it, and so waits for it: wherever the stream is cut,
        // what is said of the frame counts from there.
        let lead = usize::from(window.first() == Some(&END) && !self.scan.is_discarding());
        match self.decode_behind(&mut window[lead..]) {
            Ok(Decoded::Frame { body, consume }) => Ok(Decoded::Frame {
                body: body.start + lead..body.end + lead,
                consume: consume + lead,
            }),
            Ok(Decoded::Skip(n)) => Ok(Decoded::Skip(n + lead)),
            // What ends behind an END has ended between two frames.
            Ok(Decoded::Need(_)) if last && lead > 0 => Ok(Decoded::Skip(lead)),
            Ok(need) => Ok(need),
            Err(error) => Err(behind(error, lead)),
        }
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
        if body.is_empty() {
            let what = "an empty body, which would be skipped as nothing between two ENDs,";
            return Err(FrameError::body_refused(what, 0));
        }
        out.reserve(body.len() + 2);
        out.push(END);
        let mut rest = body;
        while let Some(at) = memchr2(END, ESC, rest) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(&[ESC, if rest[at] == END { ESC_END } else { ESC_ESC }]);
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(END);
        Ok(())
    }

    fn max(&self) -> usize {
        self.max
    }

    fn window_max(&self) -> usize {
        1 + self.frame_max()
    }

    fn reset(&mut self) {
        self.scan = Scan::new();
    }

    /// Not in the rest of a frame that was too long.
    fn may_end(&self) -> bool {
        !self.scan.is_discarding()
    }
}

/// The same error, with `lead` bytes more to drop.
#[cold]
fn behind(mut error: FrameError, lead: usize) -> FrameError {
    if let Resync::After(n) = &mut error.resync {
        *n += lead;
    }
    error
}

/// Undoes the escapes of a checked frame in place, the first at `first`, and returns the body's
/// length.
fn unescape(frame: &mut [u8], first: usize) -> usize {
    let (mut from, mut to) = (first, first);
    loop {
        frame[to] = if frame[from + 1] == ESC_END { END } else { ESC };
        from += 2;
        to += 1;
        let more = memchr(ESC, &frame[from..]);
        let run = more.unwrap_or(frame.len() - from);
        frame.copy_within(from..from + run, to);
        from += run;
        to += run;
        if more.is_none() {
            return to;
        }
    }
}

const END: u8 = 0xc0;
const ESC: u8 = 0xdb;
const ESC_END: u8 = 0xdc;
const ESC_ESC: u8 = 0xdd;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameErrorKind;

    #[track_caller]
    fn accepts(framing: &mut Slip, wire: &[u8], body: &[u8]) {
        let mut window = wire.to_vec();
        let frame = Decoded::Frame { body: 0..body.len(), consume: wire.len() };
        assert_eq!(framing.decode(&mut window, false), Ok(frame));
        assert_eq!(&window[..body.len()], body);
    }

    #[test]
    fn escapes_are_the_rfcs() {
        for (body, wire) in [
            (&b"a"[..], &b"\xc0a\xc0"[..]),
            (b"\xc0", b"\xc0\xdb\xdc\xc0"),
            (b"\xdb", b"\xc0\xdb\xdd\xc0"),
            (b"\xdb\xdc", b"\xc0\xdb\xdd\xdc\xc0"),
            (b"a\xc0\xc0b\xdbcd", b"\xc0a\xdb\xdc\xdb\xdcb\xdb\xddcd\xc0"),
        ] {
            let mut framing = Slip::new(100);
            assert_eq!(framing.encode(body).unwrap().to_vec(), wire);
            accepts(&mut framing, &wire[1..], body);
            let mut window = wire.to_vec();
            let frame = Decoded::Frame { body: 1..1 + body.len(), consume: wire.len() };
            assert_eq!(framing.decode(&mut window, false), Ok(frame));
            assert_eq!(&window[1..1 + body.len()], body);
            assert_eq!(framing.decode(&mut b"\xc0\xc0a".to_vec(), false), Ok(Decoded::Skip(2)));
        }
    }

    #[test]
    fn an_empty_body_is_refused() {
        assert!(Slip::new(10).encode(b"").unwrap_err().is_callers());
        assert_eq!(Slip::new(1).encode(b"ab").unwrap_err(), FrameError::body_too_long(2, 1));
    }

    #[test]
    fn a_bad_escape_costs_its_frame_and_no_other() {
        for (wire, at) in [(&b"a\xdbb\xc0ok\xc0"[..], 1), (b"a\xdb\xc0", 1), (b"\xdb\xdb\xc0", 0)] {
            let mut framing = Slip::new(100);
            let mut window = wire.to_vec();
            let error = framing.decode(&mut window, false).unwrap_err();
            assert!(matches!(error.kind, FrameErrorKind::Malformed { at: seen, .. } if seen == at));
            let end = wire.iter().position(|&byte| byte == END).unwrap();
            assert_eq!(error.resync, Resync::After(end + 1));
            assert_eq!(window, wire);
            let mut window = [&[END], wire].concat();
            let error = framing.decode(&mut window, false).unwrap_err();
            assert_eq!(error.resync, Resync::After(end + 2));
        }
    }

    #[test]
    fn what_is_too_long_is_one_error_and_the_next_arrives() {
        let mut framing = Slip::new(2);
        accepts(&mut framing, b"\xdb\xdc\xdb\xdd\xc0", b"\xc0\xdb");
        let error = framing.decode(&mut b"abc\xc0".to_vec(), false).unwrap_err();
        assert_eq!(error, FrameError::too_long(3, 2, Resync::After(4)));
        let error = framing.decode(&mut b"abcdefg\xc0ok\xc0".to_vec(), false).unwrap_err();
        assert_eq!(error, FrameError::too_long(3, 2, Resync::After(5)));
        assert!(!framing.may_end());
        assert_eq!(framing.decode(&mut b"fg\xc0ok\xc0".to_vec(), false), Ok(Decoded::Skip(3)));
        accepts(&mut framing, b"ok\xc0", b"ok");
    }
}
