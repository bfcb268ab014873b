//! A connection as its handler sees it.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sockrates_core::{
    Addr, Deadline, Errno, Error, FrameError, Framed, Framing, Op, RecvBuf, RecvFlags, Result,
    Resync, Shutdown, Stream, Transport,
};
use sockrates_socket::Socket;

use crate::Stopper;
use crate::options::Limits;

mod held;
mod std_io;
mod transport;

use held::Held;

/// A connection as its handler sees it: a transport with a buffer for reading.
///
/// Sending is not buffered. Everything that waits is bounded by the server's
/// [idle timeout and lifetime](crate::Options): once either has passed, this operation and all
/// later ones fail with [`Error::TimedOut`]. When the server has stopped and the grace is over they
/// fail with `ECONNABORTED`.
///
/// It is also `std::io::Read`, `BufRead` and `Write`.
///
/// ```
/// use sockrates_core::Result;
/// use sockrates_server::Connection;
///
/// /// Greets by name until the client goes.
/// fn greet(conn: &mut Connection) -> Result<()> {
///     let mut line = Vec::new();
///     while conn.read_line(&mut line, 256)? {
///         conn.send_all(b"Hello ")?;
///         conn.send_all(&line)?;
///     }
///     Ok(())
/// }
/// ```
///
/// Source: Python `socketserver.StreamRequestHandler`, `rfile` and `wfile`.
#[doc(alias = "rfile")]
#[doc(alias = "wfile")]
#[doc(alias = "request")]
pub struct Connection {
    socket: Arc<Socket>,
    peer: Addr,
    limits: Limits,
    stopper: Stopper,
    /// What was received and not taken yet. Locked for a copy, never for a wait.
    held: Mutex<Held>,
    /// Whether a limit of the server's has passed.
    expired: AtomicBool,
}

impl Connection {
    pub(crate) fn new(socket: Arc<Socket>, peer: Addr, limits: Limits, stopper: Stopper) -> Self {
        let (held, expired) = (Mutex::default(), AtomicBool::new(false));
        Self { socket, peer, limits, stopper, held, expired }
    }

    /// The client's address.
    #[doc(alias = "client_address")]
    #[must_use]
    pub fn peer(&self) -> &Addr {
        &self.peer
    }

    /// The address that the client reached.
    ///
    /// # Errors
    /// The errno of `getsockname`.
    pub fn local_addr(&self) -> Result<Addr> {
        self.socket.local_addr()
    }

    /// What stops the server.
    #[must_use]
    pub fn stopper(&self) -> &Stopper {
        &self.stopper
    }

    /// Whether the server is stopping: time to say goodbye.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopper.is_stopping()
    }

    /// The socket, to set options. What is sent and received on it directly passes by the buffer
    /// and the server's limits.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Replaces `line` by the next line, with its `\n`; the last one may have none. `false` where
    /// the client has ended the stream.
    ///
    /// # Errors
    /// [`Error::Frame`] where the first `max` bytes of a line do not hold its end; else as in
    /// [`Transport::recv_msg`]. What arrived of the line stays in the buffer, and `line` is empty:
    /// after a timeout of your own, go on.
    #[doc(alias = "readline")]
    pub fn read_line(&mut self, line: &mut Vec<u8>, max: usize) -> Result<bool> {
        self.read_line_by(line, max, Deadline::NEVER)
    }

    /// As [`read_line`](Self::read_line), to one deadline for the whole line.
    ///
    /// # Errors
    /// As in `read_line`; [`Error::TimedOut`].
    pub fn read_line_by(
        &mut self,
        line: &mut Vec<u8>,
        max: usize,
        deadline: Deadline,
    ) -> Result<bool> {
        line.clear();
        let deadline = self.mode().deadline(deadline);
        let (mut searched, mut received) = (0, false);
        loop {
            let held = self.held_mut().bytes();
            let window = &held[..held.len().min(max)];
            if let Some(at) = memchr::memchr(b'\n', &window[searched..]) {
                self.held_mut().take_into(searched + at + 1, line);
                return Ok(true);
            }
            if held.len() >= max {
                let error = FrameError::too_long(held.len() as u64 + 1, max, Resync::Never);
                return Err(Error::Frame { error, peer: Some(self.peer.clone()) });
            }
            searched = held.len();
            // What has arrived by the deadline is taken, also when it is asked for afterwards.
            if std::mem::replace(&mut received, true) && deadline.has_passed() {
                return Err(Error::TimedOut { op: Op::Recv, done: 0 });
            }
            if self.fill(deadline)? == 0 {
                self.held_mut().take_into(searched, line);
                return Ok(!line.is_empty());
            }
        }
    }

    /// Fills all of `buf`.
    ///
    /// # Errors
    /// As in [`Stream::recv_exact`].
    pub fn read_exact(&mut self, buf: &mut [u8]) -> Result<()> {
        self.recv_exact(buf, Deadline::NEVER)
    }

    /// Appends what arrives to `out` until the client ends the stream, `max` bytes at the most, and
    /// returns how many came.
    ///
    /// # Errors
    /// As in [`Stream::recv_to_end`].
    pub fn read_to_end(&mut self, out: &mut Vec<u8>, max: usize) -> Result<usize> {
        self.recv_to_end(out, max, Deadline::NEVER)
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// As in [`Stream::send_all`].
    #[doc(alias = "sendall")]
    pub fn send_all(&self, bytes: &[u8]) -> Result<()> {
        Stream::send_all(self, bytes, Deadline::NEVER)
    }

    /// Frames over this connection, what is in the buffer included.
    pub fn framed<F: Framing>(&mut self, framing: F) -> Framed<&Self, F> {
        Framed::new(self, framing)
    }

    /// Receives more into the buffer and returns how much; 0 is the end of the stream.
    fn fill(&mut self, deadline: Deadline) -> Result<usize> {
        let mut held = std::mem::take(self.held_mut());
        let room = held.room();
        let got = self.receive(&mut RecvBuf::new(room), RecvFlags::NONE, deadline);
        if let Ok(len) = got {
            held.grew(len);
        }
        *self.held_mut() = held;
        got
    }

    fn held_mut(&mut self) -> &mut Held {
        self.held.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection in order.
    pub(crate) fn end(self) {
        end_in_order(&self.socket);
    }
}

/// Ends a connection that is about to be closed, and sees to it that what was sent arrives.
///
/// Closing a socket with unread input resets the connection, and the client may lose the end of the
/// answer; so what has arrived unasked is read, up to a bound, and dropped.
pub(crate) fn end_in_order(socket: &Socket) {
    if socket.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let mut unasked = [0; 4096];
    for _ in 0..UNASKED_READS {
        match socket.recv_with(&mut unasked, RecvFlags::DONTWAIT) {
            Ok(got) if got.len > 0 => {}
            _ => return,
        }
    }
}

/// How often unasked input is read before closing.
const UNASKED_READS: usize = 16;

/// The server has stopped, and the grace is over.
fn cut(op: Op) -> Error {
    Error::os(op, Errno::ECONNABORTED)
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.peer)
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}
