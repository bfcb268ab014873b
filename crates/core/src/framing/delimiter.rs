//! Bodies with a mark between them.

use alloc::vec::Vec;

use super::scan::near;
use super::{BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// Frames that end in a delimiter of one or several bytes.
///
/// A body cannot contain the delimiter: [`encode`](Framing::encode) refuses one that does, also
/// where the end of the body and the delimiter together would end the frame too early (`-` and the
/// delimiter `--`). A frame over the maximum is one error; everything up to the next delimiter is
/// then dropped, and the frames behind it arrive. No byte is searched twice, however the stream is
/// cut.
///
/// ```
/// use sockrates_core::framing::Delimiter;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Delimiter::new(b"\0", 1024)?;
/// assert_eq!(framing.encode(b"ping")?.to_vec(), b"ping\0");
/// assert!(framing.encode(b"pi\0ng").is_err());
/// let mut window = *b"ping\0po";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Frame { body: 0..4, consume: 5 });
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Delimiter {
    bytes: [u8; Encoded::AFFIX_MAX],
    len: usize,
    /// Whether the delimiter's end is also its beginning (`--`, `abca`), so that it can show in the
    /// end of a body and the delimiter together.
    overlaps: bool,
    max: usize,
    /// How much of the window holds no end of a delimiter.
    searched: usize,
    /// In the rest of a frame that was too long.
    discarding: bool,
}

impl Delimiter {
    /// Bodies of at most `max` bytes, each followed by `delimiter`, 1 to 24 bytes.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `delimiter` is empty or
    /// longer than that.
    pub fn new(delimiter: &[u8], max: usize) -> Result<Self, FrameError> {
        let len = delimiter.len();
        if !(1..=Encoded::AFFIX_MAX).contains(&len) {
            return Err(FrameError::setting("delimiter length", len as u64, "use 1 to 24 bytes"));
        }
        let mut bytes = [0; Encoded::AFFIX_MAX];
        bytes[..len].copy_from_slice(delimiter);
        let overlaps = (1..len).any(|n| delimiter[..n] == delimiter[len - n..]);
        let max = max.min(BODY_MAX);
        Ok(Self { bytes, len, overlaps, max, searched: 0, discarding: false })
    }

    fn delimiter(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Where the first delimiter in `window` ends, if it does so behind the first `from` bytes.
    #[inline]
    fn find_end(&self, window: &[u8], from: usize) -> Option<usize> {
        let (mark, before) = self.delimiter().split_last()?;
        let mut at = from.max(before.len());
        loop {
            at += near(*mark, window.get(at..)?)? + 1;
            if window[..at - 1].ends_with(before) {
                return Some(at);
            }
        }
    }

    /// The answer in the rest of a frame that was too long.
    #[cold]
    fn discard(&mut self, window: &[u8]) -> Decoded {
        if let Some(end) = self.find_end(window, 0) {
            self.discarding = false;
            return Decoded::Skip(end);
        }
        // The last bytes may be the beginning of a delimiter.
        match window.len().saturating_sub(self.len - 1) {
            0 => Decoded::Need(self.len - window.len()),
            n => Decoded::Skip(n),
        }
    }

    /// Refuses a body in which a delimiter would end before the real one does.
    fn check(&self, body: &[u8]) -> Result<(), FrameError> {
        if body.len() > self.max {
            return Err(FrameError::body_too_long(body.len(), self.max));
        }
        if let Some(end) = self.find_end(body, 0) {
            return Err(FrameError::body_refused("the delimiter inside it", end - self.len));
        }
        if self.overlaps {
            let mut seam = [0; 2 * Encoded::AFFIX_MAX];
            let tail = &body[body.len().saturating_sub(self.len - 1)..];
            seam[..tail.len()].copy_from_slice(tail);
            seam[tail.len()..][..self.len].copy_from_slice(self.delimiter());
            let whole = tail.len() + self.len;
            if let Some(end) = self.find_end(&seam[..whole - 1], 0) {
                let at = body.len() - tail.len() + end - self.len;
                return Err(FrameError::body_refused("an end that begins the delimiter", at));
            }
        }
        Ok(())
    }
}

impl Framing for Delimiter {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        if self.discarding {
            return Ok(self.discard(window));
        }
        let limit = self.window_max();
        let seen = &window[..window.len().min(limit)];
        if let Some(end) = self.find_end(seen, self.searched) {
            self.searched = 0;
            return Ok(Decoded::Frame { body: 0..end - self.len, consume: end });
        }
        if seen.len() == limit {
            self.searched = 0;
            self.discarding = true;
            let drop = Resync::After(self.max + 1);
            return Err(FrameError::too_long(self.max as u64 + 1, self.max, drop));
        }
        self.searched = seen.len();
        Ok(Decoded::Need(self.len.saturating_sub(seen.len()).max(1)))
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        self.check(body)?;
        Ok(Encoded::around(&[], body, self.delimiter()))
    }

    #[inline]
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.check(body)?;
        out.reserve(body.len() + self.len);
        out.extend_from_slice(body);
        out.extend_from_slice(self.delimiter());
        Ok(())
    }

    fn max(&self) -> usize {
        self.max
    }

    fn window_max(&self) -> usize {
        self.max + self.len
    }

    fn reset(&mut self) {
        self.searched = 0;
        self.discarding = false;
    }

    /// Not in the rest of a frame that was too long.
    fn may_end(&self) -> bool {
        !self.discarding
    }
}

impl core::fmt::Debug for Delimiter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let delimiter = self.delimiter().escape_ascii();
        write!(f, "Delimiter(\"{delimiter}\", at most {} bytes)", self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(delimiter: &[u8], max: usize) -> Delimiter {
        Delimiter::new(delimiter, max).unwrap()
    }

    #[test]
    fn a_delimiter_that_is_cut_is_found() {
        let mut framing = new(b"\r\n\r\n", 100);
        let wire = b"GET /\r\n\r\n";
        for cut in 0..wire.len() {
            let need = framing.decode(&mut wire[..cut].to_vec(), false).unwrap();
            assert!(matches!(need, Decoded::Need(n) if n <= wire.len() - cut), "{cut}: {need:?}");
        }
        let frame = framing.decode(&mut wire.to_vec(), false);
        assert_eq!(frame, Ok(Decoded::Frame { body: 0..5, consume: 9 }));
    }

    #[test]
    fn the_first_of_overlapping_delimiters_ends_the_frame() {
        let frame = new(b"aab", 100).decode(&mut b"aaab".to_vec(), false);
        assert_eq!(frame, Ok(Decoded::Frame { body: 0..1, consume: 4 }));
    }

    #[test]
    fn a_body_that_would_end_too_early_is_refused() {
        for (delimiter, body, at) in [
            (&b"\n"[..], &b"a\nb"[..], 1),
            (b"--", b"a--b", 1),
            (b"--", b"a-", 1),
            (b"abab", b"xab", 1),
            (b"aab", b"aab", 0),
            (b"aa", b"a", 0),
        ] {
            let error = new(delimiter, 100).encode(body).unwrap_err();
            assert!(error.is_callers());
            let text = alloc::format!("{error}");
            assert!(text.ends_with(&alloc::format!("at byte {at}")), "{text}");
        }
        for (delimiter, body) in [(&b"--"[..], &b"-a"[..]), (b"aab", b"a"), (b"aab", b"aaa")] {
            let mut framing = new(delimiter, 100);
            let mut wire = framing.encode(body).unwrap().to_vec();
            let consume = wire.len();
            let frame = Decoded::Frame { body: 0..body.len(), consume };
            assert_eq!(framing.decode(&mut wire, false), Ok(frame));
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_one_error_and_the_next_arrives() {
        let mut framing = new(b"--", 3);
        let error = framing.decode(&mut b"abcdefgh--ok--".to_vec(), false).unwrap_err();
        assert_eq!(error, FrameError::too_long(4, 3, Resync::After(4)));
        assert!(!framing.may_end());
        assert_eq!(framing.decode(&mut b"efgh-".to_vec(), false), Ok(Decoded::Skip(4)));
        assert_eq!(framing.decode(&mut b"-".to_vec(), false), Ok(Decoded::Need(1)));
        assert_eq!(framing.decode(&mut b"--ok--".to_vec(), false), Ok(Decoded::Skip(2)));
        assert!(framing.may_end());
        let frame = framing.decode(&mut b"ok--".to_vec(), false);
        assert_eq!(frame, Ok(Decoded::Frame { body: 0..2, consume: 4 }));
    }

    #[test]
    fn a_delimiter_of_no_bytes_or_too_many_is_refused() {
        assert!(Delimiter::new(b"", 10).is_err());
        assert!(Delimiter::new(&[b'-'; 24], 10).is_ok());
        assert!(Delimiter::new(&[b'-'; 25], 10).is_err());
    }
}
