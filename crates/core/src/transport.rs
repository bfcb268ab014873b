//! The contract of one end of a conversation.

use std::io::IoSlice;
use std::ops::Deref;
use std::sync::Arc;

use crate::{Addr, Deadline, Error, Mode, Op, Peer, RecvBuf, RecvFlags, Result, SendFlags};

/// Whether a transport carries bytes or messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Bytes in order, without boundaries; receiving nothing means the end.
    Stream,
    /// Messages with boundaries; an empty one is a message like any other, and there is no end,
    /// but for a connection of messages, which tells it as [`Error::Eof`].
    Datagram,
}

/// What one receive brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Recv<P> {
    /// How many bytes were added to the buffer; with [`RecvFlags::TRUNC`] the datagram's own
    /// length.
    pub len: usize,
    /// Who sent them.
    pub peer: P,
    /// Whether the message was longer than the room for it, so that its tail is lost.
    pub truncated: bool,
}

/// One end of a conversation.
///
/// Every method takes `&self`, for a reader and a writer share a socket. The trait is object-safe
/// (`dyn Transport<Peer = ()>`). Three methods are enough to write one; [`Stream`](crate::Stream),
/// [`Datagram`](crate::Datagram) and [`Framed`](crate::Framed) build the rest on them.
///
/// # Laws
/// 1. `recv` adds at most the buffer's room to it, and `len` is what it added (but see
///    [`RecvFlags::TRUNC`]).
/// 2. On a stream, `len` 0 with room in the buffer means the peer has ended its side, now and for
///    ever.
/// 3. On a stream, a buffer without room consumes nothing. A datagram it consumes, as truncated.
/// 4. `send` takes a prefix of the bytes and returns its length; a datagram it takes whole or not
///    at all.
/// 5. What an operation that failed did not report as transferred, it did not transfer.
/// 6. A deadline that passes is [`Error::TimedOut`]; in [`Mode::NonBlocking`] what would wait is
///    `EAGAIN`. Neither loses a byte or harms the transport.
/// 7. After `close_send` the peer receives what was sent, then the end; this side can still
///    receive.
///
/// Source: POSIX.1-2024 `recv`, `send`, `shutdown`.
///
/// # Example
/// A transport that answers with what it was sent:
/// ```
/// use sockrates_core::*;
/// use std::{collections::VecDeque, io::IoSlice, sync::Mutex};
///
/// #[derive(Default)]
/// struct Echo(Mutex<VecDeque<u8>>);
///
/// impl Transport for Echo {
///     type Peer = ();
///     fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
///         let mut queue = self.0.lock().unwrap();
///         let len = buf.append(queue.make_contiguous());
///         queue.drain(..len);
///         Ok(Recv { len, peer: (), truncated: false })
///     }
///     fn send_msg(
///         &self, bytes: &[IoSlice<'_>], _: Option<&()>, _: SendFlags, _: Deadline,
///     ) -> Result<usize> {
///         let mut queue = self.0.lock().unwrap();
///         bytes.iter().for_each(|slice| queue.extend(slice.iter()));
///         Ok(bytes.iter().map(|slice| slice.len()).sum())
///     }
///     fn close_send(&self) -> Result<()> {
///         Ok(())
///     }
/// }
///
/// let echo = Echo::default();
/// echo.send_all(b"hello", Deadline::NEVER)?;
/// let mut answer = [0; 5];
/// echo.recv_exact(&mut answer, Deadline::NEVER)?;
/// assert_eq!(&answer, b"hello");
/// # Ok::<(), Error>(())
/// ```
pub trait Transport {
    /// What the other side is called: `()` where it is connected, an address where each message has
    /// its own.
    type Peer: Peer;

    /// Receives once: a stream whatever has arrived, a datagram transport one message.
    ///
    /// # Errors
    /// `EAGAIN` in [`Mode::NonBlocking`] or with [`RecvFlags::DONTWAIT`] where nothing has arrived;
    /// [`Error::TimedOut`] once `deadline` or the mode's timeout has passed; `ECONNRESET` where the
    /// peer aborted; `ENOTCONN` where there is no peer.
    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Self::Peer>>;

    /// Sends the concatenation of `bytes` once: a stream as much as fits, a datagram transport all
    /// as one message. `to` is the destination; `None` is the connected peer.
    ///
    /// # Errors
    /// `EAGAIN` and [`Error::TimedOut`] as in `recv_msg`; `EPIPE` after `close_send` or where the
    /// peer has closed; `EMSGSIZE` for a datagram over the maximum; `EDESTADDRREQ` without a
    /// destination.
    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Self::Peer>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize>;

    /// Ends the sending side: `shutdown(SHUT_WR)`.
    ///
    /// # Errors
    /// `ENOTCONN` where there is no peer; [`Error::Unsupported`] where only both sides can be
    /// closed, never a silent success.
    fn close_send(&self) -> Result<()>;

    /// Whether this carries bytes or messages.
    fn kind(&self) -> Kind {
        Kind::Stream
    }

    /// The mode: what an operation does when it would have to wait.
    fn mode(&self) -> Mode {
        Mode::Blocking
    }

    /// Sets the mode of the operations that start from now on.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where this transport has no such mode.
    fn set_mode(&self, mode: Mode) -> Result<()> {
        match mode {
            Mode::Blocking => Ok(()),
            _ => Err(Error::Unsupported { op: Op::SetMode }),
        }
    }
}

/// Takes connections as they arrive.
///
/// # Laws
/// 1. A client that has connected is returned by exactly one `accept`, whatever it did since.
/// 2. The accepted transport is in blocking mode unless the listener's documentation says
///    otherwise; it never inherits the listener's.
pub trait Listener {
    /// The transport of an accepted connection.
    type Conn: Transport;

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    /// [`Error::TimedOut`] once `deadline` has passed; `EAGAIN` in non-blocking mode without a
    /// client; `EMFILE` where the process has no descriptor left (the client stays in the queue).
    fn accept(&self, deadline: Deadline) -> Result<(Self::Conn, Addr)>;

    /// The address that clients connect to, with the port that the system chose.
    ///
    /// # Errors
    /// The errno of `getsockname`.
    fn local_addr(&self) -> Result<Addr>;
}

/// Lists the pointers through which a transport is a transport.
macro_rules! through {
    ($($pointer:ty),*) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            type Peer = T::Peer;

            fn recv_msg(
                &self,
                buf: &mut RecvBuf<'_>,
                flags: RecvFlags,
                deadline: Deadline,
            ) -> Result<Recv<Self::Peer>> {
                self.deref().recv_msg(buf, flags, deadline)
            }

            fn send_msg(
                &self,
                bytes: &[IoSlice<'_>],
                to: Option<&Self::Peer>,
                flags: SendFlags,
                deadline: Deadline,
            ) -> Result<usize> {
                self.deref().send_msg(bytes, to, flags, deadline)
            }

            fn close_send(&self) -> Result<()> {
                self.deref().close_send()
            }

            fn kind(&self) -> Kind {
                self.deref().kind()
            }

            fn mode(&self) -> Mode {
                self.deref().mode()
            }

            fn set_mode(&self, mode: Mode) -> Result<()> {
                self.deref().set_mode(mode)
            }
        }
    )*};
}

through!(&T, Box<T>, Arc<T>);
