//! One end of a local connection.

use std::io::{self, IoSlice, Read, Write};

use sockrates_core::{
    Addr, Deadline, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown, Transport,
};
use sockrates_socket::{Family, Socket, Type, bulk, endpoint, socketpair, typed};

use crate::UnixAddress;
use crate::passing::passing;

/// One end of a local connection: a stream of bytes, and of descriptors beside them.
///
/// Every method takes `&self`: one thread may receive while another sends, and a third closes.
/// It is a [`Transport`], so that [`Framed`](sockrates_core::Framed) takes it, and `std::io`'s
/// `Read` and `Write`.
///
/// ```
/// use sockrates_core::{Framed, framing::Lines};
/// use sockrates_unix::UnixStream;
///
/// let (left, right) = UnixStream::pair()?;
/// let mut left = Framed::new(left, Lines::lf(80));
/// let mut right = Framed::new(right, Lines::lf(80));
/// left.send(b"hello")?;
/// assert_eq!(right.next()?, Some(&b"hello"[..]));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct UnixStream {
    socket: Socket,
}

typed!(UnixStream, Type::STREAM, unix);
endpoint!(UnixStream);
bulk!(UnixStream);
passing!(UnixStream: receiving, credentials, peer);

impl UnixStream {
    /// Connects to the listener at `addr`. Where its queue is full it waits for room.
    ///
    /// # Errors
    /// `ENOENT` where there is no such file; `ECONNREFUSED` where nobody listens (any more);
    /// `EPROTOTYPE` for a socket of another type; `EACCES` without write permission;
    /// [`Error::Invalid`] for a path that is too long.
    ///
    /// [`Error::Invalid`]: sockrates_core::Error::Invalid
    ///
    /// Source: POSIX.1-2024 `connect`; Linux `unix(7)`.
    pub fn connect(addr: impl UnixAddress) -> Result<Self> {
        Self::connect_by(addr, Deadline::NEVER)
    }

    /// Connects to the listener at `addr` by `deadline`, or by the process's default timeout where
    /// that is earlier.
    ///
    /// # Errors
    /// As in [`connect`](Self::connect); [`sockrates_core::Error::TimedOut`] where the listener's
    /// queue stays full.
    pub fn connect_by(addr: impl UnixAddress, deadline: Deadline) -> Result<Self> {
        let socket = Socket::new(Family::UNIX, Type::STREAM, None)?;
        socket.connect_by(&addr.to_addr()?, deadline)?;
        Ok(Self::over(socket))
    }

    /// Two ends that are connected to each other, without names.
    ///
    /// # Errors
    /// `EMFILE`.
    ///
    /// Source: POSIX.1-2024 `socketpair`; Python `socket.socketpair`.
    #[doc(alias = "socketpair")]
    pub fn pair() -> Result<(Self, Self)> {
        let (left, right) = socketpair(Type::STREAM)?;
        Ok((Self::over(left), Self::over(right)))
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// The peer's address: the listener's for who has connected, and of most clients
    /// [`Addr::Unnamed`], for they are not bound.
    ///
    /// # Errors
    /// `ENOTCONN` where there is none.
    ///
    /// Source: POSIX.1-2024 `getpeername`.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<Addr> {
        self.socket.peer_addr()
    }

    /// Receives what has arrived, at least one byte, and returns how many; 0 is the end. An empty
    /// `buf` receives 0 bytes at once.
    ///
    /// # Errors
    /// As in [`Socket::recv`].
    ///
    /// Source: POSIX.1-2024 `recv`; Python `socket.recv_into`.
    #[doc(alias = "recv_into")]
    #[inline]
    pub fn recv(&self, buf: &mut [u8]) -> Result<usize> {
        self.socket.recv_bytes(buf)
    }

    /// Receives by `deadline`, or by the mode's timeout where that is earlier, into memory that
    /// need not be initialised.
    ///
    /// # Errors
    /// As in [`Socket::recv_by`].
    #[inline]
    pub fn recv_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        Ok(self.socket.recv_by(buf, flags, deadline)?.len)
    }

    /// Looks at what has arrived and leaves it there.
    ///
    /// # Errors
    /// As in [`Socket::recv`].
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buf: &mut [u8]) -> Result<usize> {
        Ok(self.socket.peek(buf)?.len)
    }

    /// Fills all of `buf`, within the mode's one timeout.
    ///
    /// # Errors
    /// As in [`Socket::recv_exact`]: the error says how many bytes are in `buf`, and receiving can
    /// go on after them.
    pub fn recv_exact(&self, buf: &mut [u8]) -> Result<()> {
        self.socket.recv_exact(buf)
    }

    /// Fills all of `buf` by `deadline`.
    ///
    /// # Errors
    /// As in [`recv_exact`](Self::recv_exact).
    pub fn recv_exact_by(&self, buf: &mut [u8], deadline: Deadline) -> Result<()> {
        self.socket.recv_exact_by(buf, deadline)
    }

    /// Sends as much of `bytes` as fits, at least one byte, and returns how many.
    ///
    /// # Errors
    /// As in [`Socket::send`].
    ///
    /// Source: POSIX.1-2024 `send`; Python `socket.send`.
    #[inline]
    pub fn send(&self, bytes: &[u8]) -> Result<usize> {
        self.socket.send(bytes)
    }

    /// Sends the concatenation of `slices`, as much as fits.
    ///
    /// # Errors
    /// As in [`Socket::send`].
    #[doc(alias = "sendmsg")]
    pub fn send_vectored(&self, slices: &[IoSlice<'_>]) -> Result<usize> {
        self.socket.send_vectored(slices)
    }

    /// Sends all of `bytes`, within the mode's one timeout.
    ///
    /// # Errors
    /// As in [`Socket::send_all`]: the error says how many bytes were sent.
    ///
    /// Source: Python `socket.sendall`.
    #[doc(alias = "sendall")]
    pub fn send_all(&self, bytes: &[u8]) -> Result<()> {
        self.socket.send_all(bytes)
    }

    /// Sends all of `bytes` by `deadline`.
    ///
    /// # Errors
    /// As in [`send_all`](Self::send_all).
    pub fn send_all_by(&self, bytes: &[u8], deadline: Deadline) -> Result<()> {
        self.socket.send_all_by(bytes, deadline)
    }

    /// Shuts down one side or both, for every duplicate of the stream.
    ///
    /// # Errors
    /// `ENOTCONN` where it is not connected; `EBADF` on a closed stream.
    ///
    /// Source: POSIX.1-2024 `shutdown`.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.socket.shutdown(how)
    }

    /// Another handle of the same connection, which ends with the last one.
    ///
    /// # Errors
    /// `EMFILE`; `EBADF` on a closed stream.
    #[doc(alias = "try_clone")]
    pub fn dup(&self) -> Result<Self> {
        Ok(Self::over(self.socket.dup()?))
    }
}

impl Transport for UnixStream {
    type Peer = ();

    #[inline]
    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.socket.recv_by(buf, flags, deadline)
    }

    #[inline]
    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.socket.send_by(bytes, None, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn mode(&self) -> Mode {
        self.socket.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.socket.set_mode(mode)
    }
}

/// Waits as the mode says. A timeout is [`io::ErrorKind::TimedOut`], and no byte is lost.
impl Read for &UnixStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv(buf)?)
    }
}

/// Waits as the mode says. `write_all` has the timeout for each piece; [`UnixStream::send_all`] has
/// one for the whole.
impl Write for &UnixStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.send(bytes)?)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(self.send_vectored(slices)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for UnixStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }
}

impl Write for UnixStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self).write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<std::os::unix::net::UnixStream> for UnixStream {
    fn from(stream: std::os::unix::net::UnixStream) -> Self {
        Self::over(socket2::Socket::from(stream).into())
    }
}

impl From<UnixStream> for std::os::unix::net::UnixStream {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(stream: UnixStream) -> Self {
        socket2::Socket::from(stream).into()
    }
}
