//! A framing on a transport.

use std::fmt;
use std::io::IoSlice;
use std::ops::Range;

use crate::{
    Announced, Deadline, Decoded, Errno, Error, FrameError, Framing, Kind, Op, RecvBuf, RecvFlags,
    Result, Resync, SendFlags, Transport,
};

mod course;
mod frames;
mod inbox;
mod outbox;

pub use frames::Frames;

use course::{Course, Stage, is_lawful};
use inbox::Inbox;
use outbox::Outbox;
use receive::Advance;

/// Messages over a transport: each arrives whole or not at all.
///
/// One type for streams and datagrams; it asks the transport's [`kind`](Transport::kind).
///
/// # On a stream
/// - [`next`](Self::next) gives `None` once the peer has ended the stream between two frames. In
///   the midst of a frame the end is [`Error::Eof`], and what had arrived is in
///   [`buffered`](Self::buffered).
/// - A timeout or `EAGAIN` loses nothing: call `next` again.
/// - A malformed frame is an error once, if the framing knows where the next one starts
///   ([`Error::is_recoverable`]): call `next` again. If not, every later call fails alike.
/// - A send that is cut short by a deadline has either sent nothing of its frame, and the error's
///   [`done`](Error::done) is 0: send it again. Or it has sent `done` bytes, 1 or more: the frame
///   is accepted, do *not* send it again; its rest goes out with the next send, or with
///   [`flush`](Self::flush). No frame ever starts inside another.
///
/// # On datagrams
/// - A datagram holds one frame or several, whole. Each is decoded on its own: whatever is wrong
///   with one is an error that names the sender, and the next call goes on with the next datagram.
/// - A send is one datagram, and so is a feed. An empty datagram is not the end; there is none.
///
/// # Ways to receive
/// [`next`](Self::next) lends one frame after the other, [`next_str`](Self::next_str) as text.
/// [`next_into`](Self::next_into) puts it in memory of the caller's, a large one without a copy.
/// [`fill`](Self::fill) and [`frames`](Self::frames) take apart what one receive brings, for an
/// event loop. All of them give the same frames and errors, and can be mixed.
///
/// # Memory
/// A buffer of 64 KiB to receive, made with the first receive; it grows as bytes arrive, at most
/// twofold at a time, never by what a peer announces and never over the framing's
/// [`window_max`](Framing::window_max). Of what follows a frame larger than that, no more than
/// 4 KiB is received ahead, so that little has to be moved. To send, at most 63 KiB of small
/// frames, or the rest of one frame. Both are kept for the next frame: no frame costs an allocation
/// (but for bodies over 8 KiB that COBS or SLIP rewrites). What has been large and is not needed
/// any more shrinks; with [`shrink_to_fit`](Self::shrink_to_fit) an event loop gives it back while
/// a connection is idle.
///
/// Sending and receiving at once takes two of these, on two references to one transport
/// (`Framed::new(&socket, ..)`). Dropping one drops what [`unsent`](Self::unsent) holds.
///
/// # Example
/// ```
/// use sockrates_core::framing::LengthPrefix;
/// use sockrates_core::{Framed, Result, Transport};
/// # use sockrates_core::{Deadline, Recv, RecvBuf, RecvFlags, SendFlags};
/// # use std::{cell::RefCell, io::IoSlice};
/// #
/// # #[derive(Default)]
/// # struct Pipe { arrives: RefCell<Vec<u8>>, sent: RefCell<Vec<u8>> }
/// #
/// # impl Transport for Pipe {
/// #     type Peer = ();
/// #     fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
/// #         let len = buf.append(&self.arrives.take());
/// #         Ok(Recv { len, peer: (), truncated: false })
/// #     }
/// #     fn send_msg(
/// #         &self, bytes: &[IoSlice<'_>], _: Option<&()>, _: SendFlags, _: Deadline,
/// #     ) -> Result<usize> {
/// #         bytes.iter().for_each(|slice| self.sent.borrow_mut().extend_from_slice(slice));
/// #         Ok(bytes.iter().map(|slice| slice.len()).sum())
/// #     }
/// #     fn close_send(&self) -> Result<()> {
/// #         Ok(())
/// #     }
/// # }
///
/// /// Answers each message with its length.
/// fn serve(stream: impl Transport) -> Result<()> {
///     let framing = LengthPrefix::u16(1024).expect("16 bits can hold 1024");
///     let mut framed = Framed::new(stream, framing);
///     while let Some(message) = framed.next()? {
///         let answer = format!("{} bytes", message.len());
///         framed.feed(answer.as_bytes())?;
///     }
///     framed.flush()
/// }
/// #
/// # let pipe = Pipe::default();
/// # pipe.arrives.borrow_mut().extend(b"\0\x03one\0\x05three");
/// # serve(&pipe)?;
/// # assert_eq!(pipe.sent.take(), b"\0\x073 bytes\0\x075 bytes");
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[doc(alias = "makefile")]
pub struct Framed<T: Transport, F> {
    transport: T,
    framing: F,
    course: Course<T::Peer>,
    inbox: Inbox,
    outbox: Outbox,
}

/// What is left of a [`Framed`] that was taken apart.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FramedParts<T, F> {
    /// The transport.
    pub transport: T,
    /// The framing, in whatever state it was.
    pub framing: F,
    /// Bytes that have arrived and are not decoded.
    pub buffered: Vec<u8>,
    /// Bytes of accepted frames that are not sent.
    pub unsent: Vec<u8>,
}

impl<T: Transport, F: Framing> Framed<T, F> {
    /// `framing` on `transport`. Nothing is received or allocated yet.
    #[must_use]
    pub fn new(transport: T, framing: F) -> Self {
        let kind = transport.kind();
        Self {
            transport,
            framing,
            course: Course::new(kind),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
        }
    }

    /// The next frame's body, or `None` where the peer has ended the stream between two frames.
    ///
    /// The body lies in this one's buffer until the next call.
    ///
    /// # Errors
    /// - [`Error::Frame`]: a frame was malformed or too long. If the error
    ///   [is recoverable](Error::is_recoverable), call again; on datagrams it always is.
    /// - [`Error::Eof`]: the stream ended inside a frame, or inside a message of several.
    /// - `EAGAIN` and [`Error::TimedOut`] as the transport's mode says, with the length of the part
    ///   that has arrived as [`done`](Error::done). Nothing is lost: call again.
    /// - Else as in [`Transport::recv_msg`].
    #[expect(clippy::should_implement_trait, reason = "an Iterator cannot lend its items")]
    #[inline]
    pub fn next(&mut self) -> Result<Option<&[u8]>> {
        self.next_by(Deadline::NEVER)
    }

    /// As [`next`](Self::next), to one `deadline` for the whole frame, however many pieces it
    /// arrives in.
    ///
    /// # Errors
    /// As in `next`.
    #[inline(always)]
    pub fn next_by(&mut self, deadline: Deadline) -> Result<Option<&[u8]>> {
        self.lend(deadline, |_, frame| frame)
    }

    /// Lends the next frame's body to `made`, and returns what it makes of it.
    // Left to the compiler, some framings' fast path becomes a call with its answer in memory.
    #[inline(always)]
    fn lend<'a, R>(
        &'a mut self,
        deadline: Deadline,
        made: impl FnOnce(&Course<T::Peer>, &'a [u8]) -> R,
    ) -> Result<Option<R>> {
        // A whole frame in the buffer is the usual case, and takes no more than this. The arms are
        // apart so that an inlined decoder builds no answer in memory that is then taken apart.
        let found = if self.inbox.is_empty() || self.course.failed.is_some() {
            self.advance(None, usize::MAX, deadline)?
        } else {
            match self.framing.decode(self.inbox.window(), self.course.last) {
                Ok(Decoded::Frame { body, consume })
                    if is_lawful(&body, consume, self.inbox.len()) && consume > 0 =>
                {
                    self.course.stage = Stage::Open;
                    return Ok(Some(made(&self.course, self.inbox.take(body, consume))));
                }
                Ok(Decoded::Need(n)) => {
                    self.advance(Some(Ok(Decoded::Need(n))), usize::MAX, deadline)?
                }
                other => self.advance(Some(other), usize::MAX, deadline)?,
            }
        };
        Ok(match found {
            Advance::Frame(frame) => Some(made(&self.course, self.inbox.frame(frame))),
            // So many bytes are never missing.
            Advance::End | Advance::Missing(_) => None,
        })
    }

    /// Sends `body` as a frame; on a stream after whatever [`unsent`](Self::unsent) holds.
    ///
    /// # Errors
    /// - [`Error::Frame`]: the framing cannot carry `body`. Nothing was sent.
    /// - `EAGAIN` and [`Error::TimedOut`] as the transport's mode says. With
    ///   [`done`](Error::done) 0 nothing of the frame was sent: send it again. With more, the frame
    ///   is accepted, and its rest goes out with the next send or [`flush`](Self::flush).
    /// - Else as in [`Transport::send_msg`].
    pub fn send(&mut self, body: &[u8]) -> Result<()> {
        self.send_by(body, Deadline::NEVER)
    }

    /// As [`send`](Self::send), to one `deadline` for all that is to be sent.
    ///
    /// # Errors
    /// As in `send`.
    pub fn send_by(&mut self, body: &[u8], deadline: Deadline) -> Result<()> {
        match self.course.kind {
            Kind::Stream => self.send_on_stream(body, deadline),
            Kind::Datagram => self.send_datagram(body, None, deadline),
        }
    }

    /// Sends `body` as a datagram of one frame to `peer`. A stream has one peer, and sends to it.
    ///
    /// # Errors
    /// As in [`send`](Self::send).
    pub fn send_to(&mut self, body: &[u8], peer: &T::Peer) -> Result<()> {
        self.send_to_by(body, peer, Deadline::NEVER)
    }

    /// As [`send_to`](Self::send_to), to one `deadline`.
    ///
    /// # Errors
    /// As in [`send`](Self::send).
    pub fn send_to_by(&mut self, body: &[u8], peer: &T::Peer, deadline: Deadline) -> Result<()> {
        match self.course.kind {
            Kind::Stream => self.send_on_stream(body, deadline),
            Kind::Datagram => self.send_datagram(body, Some(peer), deadline),
        }
    }

    /// Accepts `body` as a frame to be sent with others: 63 KiB of them go out at once, and the
    /// rest with [`flush`](Self::flush). Many small frames so cost one system call. A body over
    /// 31 KiB is not copied to wait: it goes out at once, in one call with what waits before it.
    ///
    /// On datagrams the same as [`send`](Self::send).
    ///
    /// # Errors
    /// As in `send` where something has to go out: a large body, or what leaves a small one no
    /// room. Else only [`Error::Frame`].
    #[inline]
    pub fn feed(&mut self, body: &[u8]) -> Result<()> {
        // A small frame that fits beside the others is the usual case, and takes no more than this.
        if self.course.kind == Kind::Stream && self.outbox.has_room(body.len()) {
            return match self.framing.encode_into(body, self.outbox.end()) {
                Ok(()) => Ok(()),
                Err(error) => Err(callers(error)),
            };
        }
        self.feed_apart(body)
    }

    /// Sends what [`unsent`](Self::unsent) holds.
    ///
    /// # Errors
    /// As in [`Transport::send_msg`]; [`done`](Error::done) tells how many bytes this call has
    /// sent, and the rest waits for the next.
    pub fn flush(&mut self) -> Result<()> {
        self.flush_by(Deadline::NEVER)
    }

    /// As [`flush`](Self::flush), to one `deadline`.
    ///
    /// # Errors
    /// As in `flush`.
    pub fn flush_by(&mut self, deadline: Deadline) -> Result<()> {
        let deadline = self.transport.mode().deadline(deadline);
        let sent = self.outbox.send(&self.transport, [&[]; 3], deadline);
        sent.map_err(|(error, done)| error.during(Op::SendFrame, done))
    }

    /// Who sent the last frame, or caused the last [`Error::Frame`]; `None` before anything has
    /// arrived.
    #[must_use]
    pub fn peer(&self) -> Option<&T::Peer> {
        self.course.peer.as_ref()
    }

    /// The bytes that have arrived and are not decoded; without those of the frame last returned.
    #[must_use]
    pub fn buffered(&self) -> &[u8] {
        self.inbox.bytes()
    }

    /// The bytes of accepted frames that are not sent.
    #[must_use]
    pub fn unsent(&self) -> &[u8] {
        self.outbox.bytes()
    }

    /// Gives back the memory that holds no bytes; the next frame makes it anew.
    pub fn shrink_to_fit(&mut self) {
        self.inbox.shrink_to_fit();
        self.outbox.shrink_to_fit();
    }

    /// The transport.
    #[must_use]
    pub fn get_ref(&self) -> &T {
        &self.transport
    }

    /// The framing.
    #[must_use]
    pub fn framing(&self) -> &F {
        &self.framing
    }

    /// The same transport and the same bytes with another framing: for a protocol that changes it
    /// on the way (lines, then chunks). What is [`unsent`](Self::unsent) stays as it was framed,
    /// and an error of the old framing is forgotten.
    #[must_use]
    pub fn with_framing<G: Framing>(self, framing: G) -> Framed<T, G> {
        let Self { transport, inbox, outbox, mut course, .. } = self;
        (course.failed, course.need) = (None, 0);
        Framed { transport, framing, course, inbox, outbox }
    }

    /// Takes it apart; no byte is lost.
    #[must_use]
    pub fn into_parts(self) -> FramedParts<T, F> {
        FramedParts {
            transport: self.transport,
            framing: self.framing,
            buffered: self.inbox.into_bytes(),
            unsent: self.outbox.into_bytes(),
        }
    }
}

mod direct;
mod receive;
mod send;
mod text;

impl<T: Transport, F> fmt::Debug for Framed<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framed")
            .field("kind", &self.course.kind)
            .field("peer", &self.course.peer)
            .field("buffered", &self.inbox.len())
            .field("unsent", &self.outbox.len())
            .field("failed", &self.course.failed)
            .finish_non_exhaustive()
    }
}

/// A body that the caller cannot send.
#[cold]
fn callers(error: FrameError) -> Error {
    Error::Frame { error, peer: None }
}
