//! Lines of text, or of any bytes.

use alloc::vec::Vec;

use memchr::memchr2;

use super::scan::{Scan, near};
use super::{BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Lines, without their ends.
///
/// | | ends a line | sent | what cannot be in a line |
/// |---|---|---|---|
/// | [`lf`](Self::lf) | LF or CR LF, as in [`str::lines`] | LF | LF; CR as the last byte |
/// | [`crlf`](Self::crlf) | CR LF alone, as in SMTP | CR LF | CR, LF |
///
/// With `crlf` a lone CR or LF is malformed, for two programs that disagree about where a line ends
/// can be played against each other. The line is dropped up to the next LF, and the lines behind it
/// arrive; the same goes for a line over the maximum. Whether a line is UTF-8 is the caller's
/// question (`Framed::next_str`).
///
/// A last line without an end is an error, as every cut frame is, unless
/// [`unterminated`](Self::unterminated) allows it.
///
/// ```
/// use sockrates_core::framing::Lines;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut lines = Lines::lf(1024);
/// assert_eq!(lines.encode(b"hello")?.to_vec(), b"hello\n");
/// let mut window = *b"hello\r\nwor";
/// assert_eq!(lines.decode(&mut window, false)?, Decoded::Frame { body: 0..5, consume: 7 });
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 5321 section 2.3.8 (lines of SMTP); POSIX.1-2024 XBD chapter 3 ("Incomplete Line").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    crlf: bool,
    unterminated: bool,
    max: usize,
    scan: Scan<b'\n'>,
}

impl Lines {
    /// Lines of at most `max` bytes that end in LF; a CR before it is dropped.
    #[must_use]
    pub const fn lf(max: usize) -> Self {
        Self::new(max, false)
    }

    /// Lines of at most `max` bytes that end in CR LF and nothing else.
    #[must_use]
    pub const fn crlf(max: usize) -> Self {
        Self::new(max, true)
    }

    /// Whether a last line without an end is a line all the same (`true`) or an error, the default.
    #[must_use]
    pub const fn unterminated(mut self, allowed: bool) -> Self {
        self.unterminated = allowed;
        self
    }

    const fn new(max: usize, crlf: bool) -> Self {
        let max = if max < BODY_MAX { max } else { BODY_MAX };
        Self { crlf, unterminated: false, max, scan: Scan::new() }
    }

    /// The line `line`, whose LF was the byte behind it: drops the CR, or requires it.
    #[inline]
    fn ended(&self, line: &[u8]) -> Result<Decoded, FrameError> {
        let consume = line.len() + 1;
        let end = match line.last() {
            Some(b'\r') => line.len() - 1,
            _ if self.crlf => return self.lone(line, line.len(), consume),
            _ => line.len(),
        };
        self.complete(&line[..end], consume)
    }

    /// The line `body`, without its end.
    #[inline]
    fn complete(&self, body: &[u8], consume: usize) -> Result<Decoded, FrameError> {
        if body.len() > self.max {
            return self.too_long(consume);
        }
        if self.crlf {
            if let Some(at) = memchr::memchr(b'\r', body) {
                return self.lone(body, at, consume);
            }
        }
        Ok(Decoded::Frame { body: 0..body.len(), consume })
    }

    /// The window holds no end of a line.
    #[inline(never)]
    fn without_end(&mut self, window: &[u8], last: bool) -> Result<Decoded, FrameError> {
        let answer = self.scan.miss(window, self.max + 2, self.max)?;
        let is_line = last && self.unterminated && !window.is_empty();
        if is_line && matches!(answer, Decoded::Need(_)) {
            self.scan = Scan::new();
            return self.complete(window, window.len());
        }
        Ok(answer)
    }

    /// Refuses a body that would not come back as it is.
    #[inline]
    fn check(&self, body: &[u8]) -> Result<(), FrameError> {
        if body.len() > self.max {
            return Err(FrameError::body_too_long(body.len(), self.max));
        }
        if self.crlf {
            return match memchr2(b'\r', b'\n', body) {
                Some(at) => Err(FrameError::body_refused("a CR or LF inside the line", at)),
                None => Ok(()),
            };
        }
        if let Some(at) = near(b'\n', body) {
            return Err(FrameError::body_refused("an LF inside the line", at));
        }
        if body.last() == Some(&b'\r') {
            let what = "a CR at the end, which would be taken for a part of the line's end,";
            return Err(FrameError::body_refused(what, body.len() - 1));
        }
        Ok(())
    }

    #[cold]
    fn too_long(&self, consume: usize) -> Result<Decoded, FrameError> {
        Err(FrameError::too_long(self.max as u64 + 1, self.max, Resync::After(consume)))
    }

    #[cold]
    fn lone(&self, line: &[u8], at: usize, consume: usize) -> Result<Decoded, FrameError> {
        // The first of the two that is alone, so that the answer does not depend on the order of
        // the checks.
        let at = memchr::memchr(b'\r', line).map_or(at, |cr| cr.min(at));
        let what = "a CR or LF alone, where only CR LF ends a line,";
        Err(FrameError::malformed(what, at, Resync::After(consume)))
    }
}

impl Framing for Lines {
    #[inline]
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError> {
        match self.scan.hit(window, self.max + 2) {
            Some(at) => self.ended(&window[..at]),
            None => self.without_end(window, last),
        }
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        self.check(body)?;
        Ok(Encoded::around(&[], body, if self.crlf { b"\r\n" } else { b"\n" }))
    }

    #[inline]
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.check(body)?;
        out.reserve(body.len() + 2);
        out.extend_from_slice(body);
        if self.crlf {
            out.push(b'\r');
        }
        out.push(b'\n');
        Ok(())
    }

    fn max(&self) -> usize {
        self.max
    }

    fn window_max(&self) -> usize {
        self.max + 2
    }

    fn reset(&mut self) {
        self.scan = Scan::new();
    }

    /// Not in the rest of a line that was too long, unless a last line needs no end.
    fn may_end(&self) -> bool {
        self.unterminated || !self.scan.is_discarding()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameErrorKind;

    fn frame(body: usize, consume: usize) -> Result<Decoded, FrameError> {
        Ok(Decoded::Frame { body: 0..body, consume })
    }

    #[test]
    fn lf_takes_an_optional_cr() {
        let mut lines = Lines::lf(4);
        assert_eq!(lines.decode(&mut b"ab\ncd".to_vec(), false), frame(2, 3));
        assert_eq!(lines.decode(&mut b"ab\r\ncd".to_vec(), false), frame(2, 4));
        assert_eq!(lines.decode(&mut b"a\rb\n".to_vec(), false), frame(3, 4));
        assert_eq!(lines.decode(&mut b"\n".to_vec(), false), frame(0, 1));
        assert_eq!(lines.decode(&mut b"abcd\r\n".to_vec(), false), frame(4, 6));
        assert_eq!(lines.decode(&mut b"abcd".to_vec(), true), Ok(Decoded::Need(1)));
    }

    #[test]
    fn crlf_takes_nothing_else() {
        let mut lines = Lines::crlf(6);
        assert_eq!(lines.decode(&mut b"ab\r\n".to_vec(), false), frame(2, 4));
        for (wire, at) in [(&b"ab\n"[..], 2), (b"a\rb\r\n", 1), (b"a\rb\n", 1), (b"\n", 0)] {
            let error = lines.decode(&mut wire.to_vec(), false).unwrap_err();
            assert!(matches!(error.kind, FrameErrorKind::Malformed { at: seen, .. } if seen == at));
            assert_eq!(error.resync, Resync::After(wire.len()));
        }
        assert!(lines.decode(&mut b"a\r\r\n".to_vec(), false).is_err());
    }

    #[test]
    fn a_line_that_is_too_long_is_one_error_and_the_next_arrives() {
        for mut lines in [Lines::lf(3), Lines::crlf(3)] {
            let error = lines.decode(&mut b"abcdef".to_vec(), false).unwrap_err();
            assert_eq!(error, FrameError::too_long(4, 3, Resync::After(5)));
            assert!(!lines.may_end());
            assert_eq!(lines.decode(&mut b"f".to_vec(), false), Ok(Decoded::Skip(1)));
            assert_eq!(lines.decode(&mut [], false), Ok(Decoded::Need(1)));
            assert_eq!(lines.decode(&mut b"gh\r\nok\r\n".to_vec(), false), Ok(Decoded::Skip(4)));
            assert_eq!(lines.decode(&mut b"ok\r\n".to_vec(), false), frame(2, 4));
        }
        let error = Lines::lf(3).decode(&mut b"abcd\nok\n".to_vec(), false).unwrap_err();
        assert_eq!(error, FrameError::too_long(4, 3, Resync::After(5)));
    }

    #[test]
    fn a_last_line_needs_an_end_unless_told_otherwise() {
        let mut lines = Lines::lf(3).unterminated(true);
        assert_eq!(lines.decode(&mut b"abc".to_vec(), false), Ok(Decoded::Need(1)));
        assert_eq!(lines.decode(&mut b"abc".to_vec(), true), frame(3, 3));
        assert_eq!(lines.decode(&mut [], true), Ok(Decoded::Need(1)));
        let error = lines.decode(&mut b"abcd".to_vec(), true).unwrap_err();
        assert_eq!(error, FrameError::too_long(4, 3, Resync::After(4)));
        let error = Lines::crlf(3).unterminated(true).decode(&mut b"a\r".to_vec(), true);
        assert!(matches!(error.unwrap_err().kind, FrameErrorKind::Malformed { at: 1, .. }));
    }

    #[test]
    fn bodies_that_would_not_come_back_are_refused() {
        for (lines, body, at) in [
            (Lines::lf(9), &b"a\nb"[..], 1),
            (Lines::lf(9), b"a\r", 1),
            (Lines::crlf(9), b"a\rb", 1),
            (Lines::crlf(9), b"\n", 0),
        ] {
            let error = lines.encode(body).unwrap_err();
            assert!(
                matches!(error.kind, FrameErrorKind::BodyRefused { at: seen, .. } if seen == at)
            );
        }
        assert_eq!(Lines::lf(9).encode(b"a\rb").unwrap().to_vec(), b"a\rb\n");
        assert_eq!(Lines::lf(2).encode(b"abc").unwrap_err(), FrameError::body_too_long(3, 2));
    }
}
