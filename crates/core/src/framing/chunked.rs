//! The chunks of an HTTP/1.1 message.

use memchr::memchr;

use super::{Announced, BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// HTTP/1.1 chunked transfer coding: a chunk is a frame, and the empty body is the last chunk.
///
/// The last chunk ends the message: `0 CR LF`, trailer fields, `CR LF`. Between the first chunk and
/// the last the stream may not end ([`may_end`](Framing::may_end)). A stream may carry one message
/// after the other.
///
/// Chunk extensions and trailer fields are checked for their form, bounded
/// ([`LINE_MAX`](Self::LINE_MAX), [`TRAILER_MAX`](Self::TRAILER_MAX)) and skipped; none are sent.
/// A line that ends in LF alone, a CR alone, white space around the size or behind the name of a
/// field is refused: programs that disagree about these have been played against each other
/// (request smuggling). No error can be recovered from.
///
/// ```
/// use sockrates_core::framing::Chunked;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Chunked::new(65_536);
/// assert_eq!(framing.encode(b"hello, world")?.to_vec(), b"c\r\nhello, world\r\n");
/// assert_eq!(framing.encode(b"")?.to_vec(), b"0\r\n\r\n");
///
/// let mut window = *b"5;a=b\r\nhello\r\n0\r\n\r\n";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Frame { body: 7..12, consume: 14 });
/// assert!(!framing.may_end());
/// let end = framing.decode(&mut window[14..], false)?;
/// assert_eq!(end, Decoded::Frame { body: 3..3, consume: 5 });
/// assert!(framing.may_end());
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 9112 section 7.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunked {
    max: usize,
    place: Place,
    /// Between the first chunk of a message and its last.
    inside: bool,
}

/// How far the chunk at the start of the window has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the line with the size; the first `searched` bytes hold no LF.
    Size { searched: usize },
    /// The line took `head` bytes, and `size` bytes of data follow, 1 or more.
    Data { head: usize, size: usize },
    /// In the trailer of the last chunk: a line starts at `line`; no LF before `searched`.
    Trailer { head: usize, line: usize, searched: usize },
}

impl Chunked {
    /// The longest line with a chunk's size and extensions, in bytes, with its end.
    pub const LINE_MAX: usize = 4096;
    /// The longest trailer section, in bytes, with the empty line at its end.
    pub const TRAILER_MAX: usize = 8192;

    /// Chunks of at most `max` bytes of data.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        let max = if max < BODY_MAX { max } else { BODY_MAX };
        Self { max, place: START, inside: false }
    }

    fn size(&mut self, window: &[u8], searched: usize) -> Result<Option<Decoded>, FrameError> {
        let Some(line) = line(window, 0, searched, Self::LINE_MAX)? else {
            self.place = Place::Size { searched: window.len() };
            return Ok(Some(Decoded::Need(1)));
        };
        let head = line.len() + 2;
        self.place = match parse_size(line, self.max)? {
            0 => Place::Trailer { head, line: head, searched: head },
            size => Place::Data { head, size },
        };
        Ok(None)
    }

    fn data(&mut self, window: &[u8], head: usize, size: usize) -> Result<Decoded, FrameError> {
        let end = head + size;
        match window.get(end..end + 2) {
            None => return Ok(Decoded::Need(end + 2 - window.len())),
            Some(behind) => self.close(behind, end)?,
        }
        Ok(Decoded::Frame { body: head..end, consume: end + 2 })
    }

    /// The chunk's data has ended at `end`, and `behind` are the two bytes that follow.
    fn close(&mut self, behind: &[u8], end: usize) -> Result<(), FrameError> {
        if behind != b"\r\n" {
            return malformed("no CR LF behind the chunk's data", end);
        }
        self.place = START;
        self.inside = true;
        Ok(())
    }

    fn trailer(
        &mut self,
        window: &[u8],
        head: usize,
        mut start: usize,
        mut searched: usize,
    ) -> Result<Decoded, FrameError> {
        while let Some(field) = line(window, start, searched, head + Self::TRAILER_MAX)? {
            start += field.len() + 2;
            searched = start;
            if field.is_empty() {
                self.place = START;
                self.inside = false;
                return Ok(Decoded::Frame { body: head..head, consume: start });
            }
            check_field(field, start - field.len() - 2)?;
        }
        self.place = Place::Trailer { head, line: start, searched: window.len().max(start) };
        Ok(Decoded::Need(1))
    }
}

impl Framing for Chunked {
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        if let Place::Size { searched } = self.place {
            if let Some(answer) = self.size(window, searched)? {
                return Ok(answer);
            }
        }
        match self.place {
            Place::Data { head, size } => self.data(window, head, size),
            Place::Trailer { head, line, searched } => self.trailer(window, head, line, searched),
            Place::Size { .. } => Ok(Decoded::Need(1)),
        }
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        if body.len() > self.max {
            return Err(FrameError::body_too_long(body.len(), self.max));
        }
        let mut head = [0; DIGITS_MAX + 2];
        let mut at = DIGITS_MAX;
        head[at..].copy_from_slice(b"\r\n");
        let mut rest = body.len();
        loop {
            at -= 1;
            head[at] = b"0123456789abcdef"[rest % 16];
            rest /= 16;
            if rest == 0 {
                return Ok(Encoded::around(&head[at..], body, b"\r\n"));
            }
        }
    }

    fn announced(&self, _window: &[u8]) -> Option<Announced> {
        let Place::Data { head, size } = self.place else { return None };
        Some(Announced { head, body: size, tail: 2 })
    }

    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        self.close(tail, announced.head + announced.body)
    }

    fn max(&self) -> usize {
        self.max
    }

    /// The longest line with the longest data, or with the longest trailer section.
    fn window_max(&self) -> usize {
        Self::LINE_MAX + (self.max + 2).max(Self::TRAILER_MAX)
    }

    fn reset(&mut self) {
        self.place = START;
        self.inside = false;
    }

    /// Not between the first chunk of a message and its last.
    fn may_end(&self) -> bool {
        !self.inside
    }
}

/// The line of `window` at `start`, without its CR LF, or `None` where its end is not yet there.
/// The window holds no LF between `start` and `searched`; the line ends within the first `limit`
/// bytes.
fn line(
    window: &[u8],
    start: usize,
    searched: usize,
    limit: usize,
) -> Result<Option<&[u8]>, FrameError> {
    let seen = &window[..window.len().min(limit)];
    let Some(lf) = seen.get(searched..).and_then(|rest| memchr(b'\n', rest)) else {
        if seen.len() == limit {
            return malformed("a line, or a trailer, that has not ended where it must have", limit);
        }
        return Ok(None);
    };
    let lf = searched + lf;
    match memchr(b'\r', &seen[start..lf]) {
        Some(cr) if start + cr + 1 == lf => Ok(Some(&seen[start..lf - 1])),
        Some(cr) => malformed("a CR without LF", start + cr),
        None => malformed("an LF without CR", lf),
    }
}

/// The size in a line `size [;extensions]`.
fn parse_size(line: &[u8], max: usize) -> Result<usize, FrameError> {
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    if digits == 0 {
        return malformed("no hexadecimal chunk size", 0);
    }
    let behind = &line[digits..];
    if !behind.is_empty() && behind.trim_ascii_start().first() != Some(&b';') {
        return malformed(
            "neither extensions nor the end of the line behind the chunk size",
            digits,
        );
    }
    let mut size = 0u64;
    for &digit in &line[..digits] {
        let value = (digit as char).to_digit(16).unwrap_or(0);
        if size >> 60 != 0 {
            return Err(FrameError::too_long(u64::MAX, max, Resync::Never));
        }
        size = size << 4 | u64::from(value);
    }
    match usize::try_from(size) {
        Ok(size) if size <= max => Ok(size),
        _ => Err(FrameError::too_long(size, max, Resync::Never)),
    }
}

/// Refuses a trailer line that does not begin with the name of a field and a colon.
fn check_field(field: &[u8], at: usize) -> Result<(), FrameError> {
    match field.iter().position(|byte| !is_token(*byte)) {
        Some(colon @ 1..) if field[colon] == b':' => Ok(()),
        _ => malformed("a trailer line that is not a field", at),
    }
}

/// RFC 9110 section 5.6.2: what names are made of.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cold]
fn malformed<T>(what: &'static str, at: usize) -> Result<T, FrameError> {
    Err(FrameError::malformed(what, at, Resync::Never))
}

const START: Place = Place::Size { searched: 0 };
/// The hexadecimal digits of `u64::MAX`.
const DIGITS_MAX: usize = 16;

#[cfg(test)]
mod tests;
