//! All frames that have arrived, at once.

use std::fmt;
use std::iter::FusedIterator;

use super::course::{Course, Stage, is_lawful, lawless};
use super::*;

impl<T: Transport, F: Framing> Framed<T, F> {
    /// The frames that have arrived whole. Nothing is received: an event loop calls
    /// [`fill`](Self::fill) when there is something to receive, then takes what this gives.
    ///
    /// An item is a frame's body or an error, in the order in which they lie in the stream, as
    /// [`next`](Self::next) would tell them; after an error that cannot be recovered from there is
    /// no more. Whatever is not taken is given again.
    ///
    /// While they are taken nothing can be sent by this [`Framed`]: what answers them at once goes
    /// by a second one, on another reference to the transport.
    ///
    /// On datagrams these are the frames of the datagram at hand.
    ///
    /// # Example
    /// ```
    /// use sockrates_core::{Framed, Framing, Result, Transport};
    ///
    /// /// How many bytes the frames of a stream have in all.
    /// fn total<T: Transport, F: Framing>(framed: &mut Framed<T, F>) -> Result<usize> {
    ///     let mut bytes = 0;
    ///     while framed.fill()? {
    ///         for frame in framed.frames() {
    ///             bytes += frame?.len();
    ///         }
    ///     }
    ///     Ok(bytes)
    /// }
    /// ```
    #[inline]
    pub fn frames(&mut self) -> Frames<'_, T, F> {
        let is_over = self.course.failed.is_some()
            || match self.course.kind {
                Kind::Stream => self.inbox.is_empty(),
                Kind::Datagram => self.course.stage == Stage::Done,
            };
        let (window, start) = self.inbox.split();
        let (framing, course) = (&mut self.framing, &mut self.course);
        Frames { framing, course, window, start, is_over }
    }

    /// Receives once: whatever has arrived of a stream, or a datagram. `false` where the peer has
    /// ended the stream between two frames.
    ///
    /// Whether there is a frame then, [`frames`](Self::frames) tells; what it gives is to be taken
    /// before more is received. (Where a datagram has not been taken, or the last of a stream, or a
    /// whole buffer of it, this receives nothing and is `true`.)
    ///
    /// # Errors
    /// - [`Error::Frame`]: an earlier frame was such that the stream cannot be decoded any more.
    /// - [`Error::Eof`]: the stream ended inside a frame, or inside a message of several.
    /// - `EAGAIN` and [`Error::TimedOut`] as the transport's mode says. Nothing is lost.
    /// - Else as in [`Transport::recv_msg`].
    pub fn fill(&mut self) -> Result<bool> {
        self.fill_by(Deadline::NEVER)
    }

    /// As [`fill`](Self::fill), to a `deadline`.
    ///
    /// # Errors
    /// As in `fill`.
    pub fn fill_by(&mut self, deadline: Deadline) -> Result<bool> {
        if let Some(error) = &self.course.failed {
            return Err(self.course.blame(error.clone()));
        }
        let deadline = self.transport.mode().deadline(deadline);
        match self.course.kind {
            Kind::Datagram if self.course.is_fresh() || !self.inbox.is_empty() => Ok(true),
            Kind::Datagram => self.receive_datagram(deadline),
            Kind::Stream => {
                // Nobody has asked for what the buffer is full of, or for the last that it holds.
                let is_full = self.inbox.len() >= self.framing.window_max().max(inbox::USUAL);
                let is_last = self.course.last && !self.inbox.is_empty();
                if (is_full || is_last) && self.course.need == 0 {
                    return Ok(true);
                }
                let more = self.receive(self.course.need.max(1), deadline)?;
                // At the end nothing may be left to be told, and then this is it.
                let ended = self.course.last && self.inbox.is_empty() && self.framing.may_end();
                Ok(more && !ended)
            }
        }
    }
}

/// The frames that have arrived whole, of [`Framed::frames`].
pub struct Frames<'a, T: Transport, F> {
    framing: &'a mut F,
    course: &'a mut Course<T::Peer>,
    /// What is not decoded yet.
    window: &'a mut [u8],
    /// Where it starts in the buffer, to be moved along with it.
    start: &'a mut usize,
    is_over: bool,
}

impl<'a, T: Transport, F: Framing> Frames<'a, T, F> {
    /// Takes `n` bytes off the window.
    #[inline]
    fn take(&mut self, n: usize) -> &'a mut [u8] {
        let (taken, rest) = std::mem::take(&mut self.window).split_at_mut(n);
        self.window = rest;
        *self.start += n;
        taken
    }

    /// There is no further frame in the window.
    fn end(&mut self, need: usize) -> Option<Error> {
        self.is_over = true;
        let len = self.window.len();
        if self.course.kind == Kind::Datagram {
            self.take(len);
            return self.course.end_datagram(self.framing, len).err();
        }
        self.course.need = need;
        None
    }

    fn refuse(&mut self, error: FrameError) -> Error {
        let (error, drop) = self.course.refuse(self.framing, error, self.window.len());
        self.take(drop);
        self.is_over = !error.is_recoverable() || self.course.stage == Stage::Done;
        error
    }
}

impl<'a, T: Transport, F: Framing> Iterator for Frames<'a, T, F> {
    type Item = Result<&'a [u8]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        loop {
            let len = self.window.len();
            if len == 0 && !self.course.is_fresh() {
                return self.end(1).map(Err);
            }
            match self.framing.decode(self.window, self.course.last) {
                Ok(Decoded::Frame { body, consume })
                    if is_lawful(&body, consume, len)
                        && (consume > 0 || self.course.is_fresh()) =>
                {
                    self.course.stage = Stage::Open;
                    return Some(Ok(&self.take(consume)[body]));
                }
                Ok(Decoded::Skip(n)) if (1..=len).contains(&n) => {
                    self.take(n);
                }
                Ok(Decoded::Need(n)) => return self.end(n.max(1)).map(Err),
                Ok(_) => return Some(Err(self.refuse(lawless()))),
                Err(error) => return Some(Err(self.refuse(error))),
            }
        }
    }
}

impl<T: Transport, F: Framing> FusedIterator for Frames<'_, T, F> {}

impl<T: Transport, F> fmt::Debug for Frames<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = &self.window.len();
        f.debug_struct("Frames").field("bytes", left).finish_non_exhaustive()
    }
}
