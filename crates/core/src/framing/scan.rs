//! The search for the byte that ends a frame, over windows that grow.

use memchr::memchr;

use super::{Decoded, FrameError, Resync};

/// A search for the byte `END`. It looks at no byte twice, and knows whether it is in the rest of
/// a frame that was too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan<const END: u8> {
    /// How much of the window holds no `END`.
    searched: usize,
    discarding: bool,
}

/// Where `byte` first is in `bytes`, most often near: the first ones are searched in place, which
/// takes less than the call of a search that is quicker in the long run.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
pub(super) fn near(byte: u8, bytes: &[u8]) -> Option<usize> {
    use memchr::arch::x86_64::sse2::memchr::One;

    let (first, rest) = bytes.split_at(bytes.len().min(NEAR));
    let found = match One::new(byte) {
        Some(search) => search.find(first),
        None => memchr(byte, first),
    };
    found.or_else(|| Some(first.len() + memchr(byte, rest)?))
}

/// How many bytes are searched in place.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
const NEAR: usize = 128;

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
pub(super) use memchr::memchr as near;

/// What a search found.
pub(super) enum Found {
    /// The first `END` is there.
    At(usize),
    /// What to answer instead: there is none yet, or the rest of a frame is dropped.
    Answer(Decoded),
}

impl<const END: u8> Scan<END> {
    pub(super) const fn new() -> Self {
        Self { searched: 0, discarding: false }
    }

    /// The first `END` among the first `limit` bytes of `window`, 1 or more.
    ///
    /// Without one in so many, the frame is too long: an error that names `max`, once; then all is
    /// dropped up to the next `END`.
    #[inline]
    pub(super) fn find(
        &mut self,
        window: &[u8],
        limit: usize,
        max: usize,
    ) -> Result<Found, FrameError> {
        match self.hit(window, limit) {
            Some(at) => Ok(Found::At(at)),
            None => self.miss(window, limit, max).map(Found::Answer),
        }
    }

    /// The first `END` among the first `limit` bytes of `window`, unless the rest of a frame is to
    /// be dropped.
    #[inline]
    pub(super) fn hit(&mut self, window: &[u8], limit: usize) -> Option<usize> {
        if self.discarding {
            return None;
        }
        let seen = &window[..window.len().min(limit)];
        let at = self.searched + near(END, seen.get(self.searched..)?)?;
        self.searched = 0;
        Some(at)
    }

    /// What to answer where there was no [`hit`](Self::hit).
    #[inline(never)]
    pub(super) fn miss(
        &mut self,
        window: &[u8],
        limit: usize,
        max: usize,
    ) -> Result<Decoded, FrameError> {
        if self.discarding {
            return Ok(self.discard(window));
        }
        if window.len() >= limit {
            self.searched = 0;
            self.discarding = true;
            return Err(FrameError::too_long(max as u64 + 1, max, Resync::After(limit)));
        }
        self.searched = window.len();
        Ok(Decoded::Need(1))
    }

    /// Whether it is in the rest of a frame that was refused.
    pub(super) fn is_discarding(&self) -> bool {
        self.discarding
    }

    #[cold]
    fn discard(&mut self, window: &[u8]) -> Decoded {
        match memchr(END, window) {
            Some(at) => {
                self.discarding = false;
                Decoded::Skip(at + 1)
            }
            None if window.is_empty() => Decoded::Need(1),
            None => Decoded::Skip(window.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::near;

    #[test]
    fn the_nearest_is_found_wherever_it_lies() {
        for len in (0..40).chain(100..150).chain([255, 256, 257, 1000]) {
            let mut bytes = vec![b'-'; len];
            assert_eq!(near(b'\n', &bytes), None, "{len}");
            for at in (0..len).rev() {
                bytes[at] = b'\n';
                assert_eq!(near(b'\n', &bytes), Some(at), "{at} of {len}");
                // Not only where memory is aligned.
                assert_eq!(near(b'\n', &bytes[at / 2..]), Some(at - at / 2), "{at} of {len}");
            }
        }
    }
}
