//! Frames as text.

use super::*;
use crate::Peer;

impl<T: Transport, F: Framing> Framed<T, F> {
    /// The next frame's body as text, or `None` where the peer has ended the stream between two
    /// frames. As [`next`](Self::next) otherwise.
    ///
    /// # Errors
    /// - [`Error::Frame`], of the kind [`NotUtf8`](crate::FrameErrorKind::NotUtf8): the body is not
    ///   UTF-8. The frame is dropped, and the next call goes on behind it; who wants such bodies
    ///   all the same calls [`next`](Self::next).
    /// - Else as in [`next`](Self::next).
    ///
    /// # Example
    /// ```
    /// use sockrates_core::framing::Lines;
    /// use sockrates_core::{Framed, Result, Transport};
    ///
    /// /// The longest line of a text.
    /// fn longest(stream: impl Transport) -> Result<String> {
    ///     let mut lines = Framed::new(stream, Lines::lf(4096));
    ///     let mut longest = String::new();
    ///     while let Some(line) = lines.next_str()? {
    ///         if line.chars().count() > longest.chars().count() {
    ///             longest = line.to_owned();
    ///         }
    ///     }
    ///     Ok(longest)
    /// }
    /// ```
    ///
    /// Source: the file of Python's `socket.makefile`, in text mode.
    #[inline]
    pub fn next_str(&mut self) -> Result<Option<&str>> {
        self.next_str_by(Deadline::NEVER)
    }

    /// As [`next_str`](Self::next_str), to one `deadline` for the whole frame.
    ///
    /// # Errors
    /// As in `next_str`.
    #[inline]
    pub fn next_str_by(&mut self, deadline: Deadline) -> Result<Option<&str>> {
        self.lend(deadline, text)?.transpose()
    }
}

/// `body` as text, or an error that names who has sent it.
#[inline]
fn text<'a, P: Peer>(course: &Course<P>, body: &'a [u8]) -> Result<&'a str> {
    simdutf8::basic::from_utf8(body).map_err(|_| course.blame(not_utf8(body)))
}

/// What is wrong with `body`, which is not UTF-8.
#[cold]
fn not_utf8(body: &[u8]) -> FrameError {
    let valid = std::str::from_utf8(body).map_or_else(|error| error.valid_up_to(), str::len);
    FrameError::not_utf8(valid)
}
