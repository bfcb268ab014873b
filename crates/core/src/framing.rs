//! The contract of a framing: where a message starts and ends in a stream of bytes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

mod chunked;
mod cobs;
mod delimiter;
mod error;
mod fixed;
mod length_prefix;
mod lines;
mod netstring;
mod scan;
mod slip;
mod varint;
mod whole;

pub use chunked::Chunked;
pub use cobs::Cobs;
pub use delimiter::Delimiter;
pub use error::{FrameError, FrameErrorKind, Resync};
pub use fixed::Fixed;
pub use length_prefix::LengthPrefix;
pub use lines::Lines;
pub use netstring::Netstring;
pub use slip::Slip;
pub use varint::Varint;
pub use whole::Whole;

/// What a decoder says of the bytes it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decoded {
    /// No whole frame yet: at least this many more bytes are needed, 1 or more.
    Need(usize),
    /// A frame: its body is the window's `body`; the frame in all takes the first `consume` bytes.
    Frame {
        /// The body within the window.
        body: Range<usize>,
        /// How many bytes of the window the frame takes, with what surrounds the body.
        consume: usize,
    },
    /// The first so many bytes, 1 or more, belong to no frame: drop them and ask again.
    Skip(usize),
}

/// What a frame's head has told of the frame: three lengths, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// What goes before the body.
    pub head: usize,
    /// The body.
    pub body: usize,
    /// What goes after it.
    pub tail: usize,
}

impl Announced {
    /// The length of the whole frame, where a number can hold it.
    #[must_use]
    pub fn whole(&self) -> Option<usize> {
        self.head.checked_add(self.body)?.checked_add(self.tail)
    }
}

/// How messages are marked off in bytes. Knows no socket and no clock: bytes in, ranges out.
///
/// Object-safe, and works without the standard library. [`Framed`](crate::Framed) puts one on a
/// transport.
///
/// # Laws of `decode`
/// 1. The window starts at the first byte not yet consumed. After `Need`, the next window is this
///    one and more.
/// 2. `Need(n)` has `n >= 1`; `Frame` and `Skip` consume at least one byte (an empty datagram
///    excepted) and no more than the window.
/// 3. The answer depends on the bytes alone, not on how they were cut into windows.
/// 4. Only a returned frame's own bytes may be rewritten in the window (decoding in place).
/// 5. `last` says that nothing follows the window. `Need` then means that the stream ended inside a
///    frame.
/// 6. No more is ever needed at once than [`window_max`](Self::window_max): what is longer is an
///    error as soon as it shows, and no number that a peer sent is ever memory to allocate.
/// 7. An error says with [`Resync`] whether decoding can go on; if it can't, every later call fails
///    the same way.
/// 8. What [`announced`](Self::announced) tells comes true: of that frame `decode` says that it has
///    these lengths, or that its tail is wrong, whatever the body is.
///
/// # Law of `encode`
/// `decode` of an encoded body gives the body back, and nothing else.
///
/// # Example
/// A framing of one byte of length:
/// ```
/// use sockrates_core::{Decoded, Encoded, FrameError, Framing};
///
/// struct Short;
///
/// impl Framing for Short {
///     fn decode(&mut self, window: &mut [u8], _last: bool) -> Result<Decoded, FrameError> {
///         let Some(&len) = window.first() else { return Ok(Decoded::Need(1)) };
///         let end = 1 + usize::from(len);
///         Ok(match end.checked_sub(window.len()) {
///             Some(missing @ 1..) => Decoded::Need(missing),
///             _ => Decoded::Frame { body: 1..end, consume: end },
///         })
///     }
///     fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
///         let len = body.len();
///         let len = u8::try_from(len).map_err(|_| FrameError::body_too_long(len, 255))?;
///         Ok(Encoded::around(&[len], body, &[]))
///     }
///     fn max(&self) -> usize {
///         255
///     }
///     fn window_max(&self) -> usize {
///         256
///     }
///     fn reset(&mut self) {}
/// }
///
/// let wire = Short.encode(b"hi")?.to_vec();
/// assert_eq!(wire, b"\x02hi");
/// assert_eq!(Short.decode(&mut wire.clone(), false)?, Decoded::Frame { body: 1..3, consume: 3 });
/// # Ok::<(), FrameError>(())
/// ```
pub trait Framing {
    /// Looks for a frame at the start of `window`; `last` says that nothing follows it.
    ///
    /// # Errors
    /// [`FrameErrorKind::TooLong`] where the frame is over the maximum,
    /// [`FrameErrorKind::Malformed`] where the bytes are none of this framing's.
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError>;

    /// The frame that carries `body`, without copying it where the framing leaves it as it is.
    ///
    /// # Errors
    /// [`FrameErrorKind::BodyTooLong`] where `body` is over the maximum,
    /// [`FrameErrorKind::BodyRefused`] where this framing cannot carry it (a delimiter inside).
    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError>;

    /// Appends the frame that carries `body` to `out`: what [`encode`](Self::encode) gives, without
    /// an allocation of its own. Where it fails, `out` is as it was.
    ///
    /// # Errors
    /// As `encode`.
    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.encode(body)?.append_to(out);
        Ok(())
    }

    /// The longest body, in bytes.
    fn max(&self) -> usize;

    /// The most bytes that `decode` may need to see at once.
    fn window_max(&self) -> usize;

    /// Forgets what was searched and any error, for a new stream (or the next datagram).
    fn reset(&mut self);

    /// What the head of the frame at the start of `window` announces, asked after `decode` has said
    /// [`Need`](Decoded::Need) of that window. The rest of a large body can then be received
    /// straight to where it goes, and [`finish`](Self::finish) is called in place of `decode`.
    ///
    /// `None`, the default, is always right: where nothing is announced (a mark ends the frame), or
    /// not yet, or where the body is not sent as it is.
    fn announced(&self, window: &[u8]) -> Option<Announced> {
        let _ = window;
        None
    }

    /// The frame that was [`announced`](Self::announced) has come, with `tail` behind its body:
    /// does what `decode` would do if it returned the frame. The default does nothing, which is
    /// right for a framing without a tail and without a state between frames.
    ///
    /// # Errors
    /// What `decode` would say of a wrong tail; `at` counts from the frame's first byte.
    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        let _ = (announced, tail);
        Ok(())
    }

    /// Whether the stream may end here, between two frames. Not so inside a message of several
    /// frames.
    fn may_end(&self) -> bool {
        true
    }
}

impl<F: Framing + ?Sized> Framing for Box<F> {
    fn decode(&mut self, window: &mut [u8], last: bool) -> Result<Decoded, FrameError> {
        (**self).decode(window, last)
    }

    fn encode<'a>(&self, body: &'a [u8]) -> Result<Encoded<'a>, FrameError> {
        (**self).encode(body)
    }

    fn encode_into(&self, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        (**self).encode_into(body, out)
    }

    fn max(&self) -> usize {
        (**self).max()
    }

    fn window_max(&self) -> usize {
        (**self).window_max()
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn announced(&self, window: &[u8]) -> Option<Announced> {
        (**self).announced(window)
    }

    fn finish(&mut self, announced: &Announced, tail: &[u8]) -> Result<(), FrameError> {
        (**self).finish(announced, tail)
    }

    fn may_end(&self) -> bool {
        (**self).may_end()
    }
}

/// A frame on its way out: what goes before the body, the body, what goes after it. One vectored
/// send takes all three.
#[derive(Clone, Debug)]
#[must_use]
pub struct Encoded<'a> {
    head: Affix,
    body: Cow<'a, [u8]>,
    tail: Affix,
}

impl<'a> Encoded<'a> {
    /// `body` as it is, between `head` and `tail`.
    ///
    /// # Panics
    /// Where `head` or `tail` is longer than [`AFFIX_MAX`](Self::AFFIX_MAX).
    #[inline]
    pub fn around(head: &[u8], body: &'a [u8], tail: &[u8]) -> Self {
        Self { head: Affix::new(head), body: Cow::Borrowed(body), tail: Affix::new(tail) }
    }

    /// A frame that is not made of the body as it is.
    #[inline]
    pub fn rewritten(frame: Vec<u8>) -> Self {
        Self { head: Affix::new(&[]), body: Cow::Owned(frame), tail: Affix::new(&[]) }
    }

    /// The longest head or tail, in bytes.
    pub const AFFIX_MAX: usize = 24;

    /// The three parts in order; any of them may be empty.
    #[inline]
    #[must_use]
    pub fn parts(&self) -> [&[u8]; 3] {
        [self.head.bytes(), &self.body, self.tail.bytes()]
    }

    /// The length of the whole frame, in bytes.
    #[inline]
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "whether a frame is empty says nothing of its body"
    )]
    pub fn len(&self) -> usize {
        self.parts().iter().map(|part| part.len()).sum()
    }

    /// Appends the whole frame to `out`.
    #[inline]
    pub fn append_to(&self, out: &mut Vec<u8>) {
        out.reserve(self.len());
        for part in self.parts() {
            out.extend_from_slice(part);
        }
    }

    /// The whole frame, copied.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.parts().concat()
    }
}

/// A few bytes kept in place, so that a header costs no allocation.
#[derive(Clone, Copy)]
struct Affix {
    bytes: [u8; Encoded::AFFIX_MAX],
    len: u8,
}

impl Affix {
    #[inline]
    fn new(from: &[u8]) -> Self {
        assert!(from.len() <= Encoded::AFFIX_MAX, "an affix of {} bytes is too long", from.len());
        let mut bytes = [0; Encoded::AFFIX_MAX];
        bytes[..from.len()].copy_from_slice(from);
        Self { bytes, len: from.len() as u8 }
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for Affix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bytes().escape_ascii())
    }
}

/// The most that a maximum can be: half of what a slice can hold, so that no sum with what
/// surrounds a body overflows.
const BODY_MAX: usize = isize::MAX as usize / 2;
