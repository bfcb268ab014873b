//! Bodies that are all of one size.

use super::{Announced, BODY_MAX, Decoded, Encoded, FrameError, Framing};

/// Frames of one size, with nothing around them.
///
/// The size is the maximum and the minimum; there is no empty frame.
///
/// ```
/// use sockrates_core::framing::Fixed;
/// use sockrates_core::{Decoded, Framing};
///
/// let mut framing = Fixed::new(4)?;
/// let mut window = *b"pingpo";
/// assert_eq!(framing.decode(&mut window, false)?, Decoded::Frame { body: 0..4, consume: 4 });
/// assert!(framing.encode(b"pong").is_ok());
/// assert!(framing.encode(b"five!").is_err());
/// # Ok::<(), sockrates_core::FrameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    size: usize,
}

impl Fixed {
    /// Frames of `size` bytes, 1 or more.
    ///
    /// # Errors
    /// [`FrameErrorKind::Setting`](crate::FrameErrorKind::Setting) where `size` is 0, or over a
    /// quarter of the address space.
    pub const fn new(size: usize) -> Result<Self, FrameError> {
        if size == 0 || size > BODY_MAX {
            let rule = "use 1 byte or more, and no more than you are ready to hold in memory";
            return Err(FrameError::setting("frame size", size as u64, rule));
        }
        Ok(Self { size })
    }
}

impl Framing for Fixed {
    #[inline]
    fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
        if window.len() < self.size {
            return Ok(Decoded::Need(self.size - window.len()));
        }
        Ok(Decoded::Frame { body: 0..self.size, consume: self.size })
    }

    #[inline]
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        if body.len() > self.size {
            return Err(FrameError::body_too_long(body.len(), self.size));
        }
        if body.len() < self.size {
            let what = "it is shorter than the fixed frame size; pad it: it ends";
            return Err(FrameError::body_refused(what, body.len()));
        }
        Ok(Encoded::around(&[], body, &[]))
    }

    fn announced(&self, _window: &[u8]) -> Option<Announced> {
        Some(Announced { head: 0, body: self.size, tail: 0 })
    }

    fn max(&self) -> usize {
        self.size
    }

    fn window_max(&self) -> usize {
        self.size
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_has_the_size_and_no_other() {
        let mut framing = Fixed::new(3).unwrap();
        assert_eq!(framing.decode(&mut [], false), Ok(Decoded::Need(3)));
        assert_eq!(framing.decode(&mut [1, 2], false), Ok(Decoded::Need(1)));
        let frame = Decoded::Frame { body: 0..3, consume: 3 };
        assert_eq!(framing.decode(&mut [1, 2, 3, 4], false), Ok(frame));
        assert!(framing.encode(&[0; 2]).unwrap_err().is_callers());
        assert_eq!(framing.encode(&[0; 4]).unwrap_err(), FrameError::body_too_long(4, 3));
    }

    #[test]
    fn a_size_of_nothing_is_refused() {
        let text = alloc::format!("{}", Fixed::new(0).unwrap_err());
        assert!(text.starts_with("frame size 0: use 1 byte"), "{text}");
        assert!(Fixed::new(usize::MAX).is_err());
    }
}
