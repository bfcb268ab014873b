//! A datagram that is a frame as it is.

use super::{BODY_MAX, Decoded, Encoded, FrameError, Framing, Resync};

/// The whole datagram is the frame, an empty one included; nothing is added to the body.
///
/// On a stream the frame is everything up to the end, and a stream without a byte has no frame.
/// (Sending two such frames on one stream makes one frame of them: end the sending side after the
/// first.)
///
/// ```
/// use sockrates_core::framing::Whole;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Whole::new(1200);
/// assert_eq!(framing.encode(b"ping")?.to_vec(), b"ping");
/// let mut window = *b"ping";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Need(1));
/// assert_eq!(framing.decode(&mut window, true)?, Decoded::Frame { body: 0..4, consume: 4 });
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
///
/// Source: RFC 768 (a UDP datagram is one message).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    max: usize,
}

impl Whole {
    /// Bodies of at most `max` bytes.
    ///
    /// UDP carries at most 65,507 bytes over IPv4 and 65,527 over IPv6.
    #[must_use]
    pub const fn new(max: usize) -> Self {
        Self { max: if max < BODY_MAX { max } else { BODY_MAX } }
    }
}

impl Framing for Whole {
    #[inline]
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError> {
        let len = window.len();
        if len > self.max {
            // Only at the end is the length known; before, it is what was seen at the least.
            let seen = if last { len } else { self.max + 1 };
            return Err(FrameError::too_long(seen as u64, self.max, Resync::Never));
        }
        Ok(if last { Decoded::Frame { body: 0..len, consume: len } } else { Decoded::Need(1) })
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        if body.len() > self.max {
            return Err(FrameError::body_too_long(body.len(), self.max));
        }
        Ok(Encoded::around(&[], body, &[]))
    }

    fn max(&self) -> usize {
        self.max
    }

    /// One byte over the maximum, for what is too long to show.
    fn window_max(&self) -> usize {
        self.max + 1
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_makes_the_frame() {
        let mut framing = Whole::new(3);
        assert_eq!(framing.decode(&mut [], false), Ok(Decoded::Need(1)));
        assert_eq!(framing.decode(&mut [], true), Ok(Decoded::Frame { body: 0..0, consume: 0 }));
        let frame = Decoded::Frame { body: 0..3, consume: 3 };
        assert_eq!(framing.decode(&mut [1, 2, 3], true), Ok(frame));
        for last in [false, true] {
            let error = framing.decode(&mut [0; 4], last).unwrap_err();
            assert_eq!(error, FrameError::too_long(4, 3, Resync::Never));
        }
        assert!(framing.encode(&[0; 4]).is_err());
    }
}
