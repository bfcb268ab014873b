//! A local datagram socket with one peer.

use std::io::IoSlice;

use sockrates_core::{
    Addr, Deadline, Error, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown,
    Transport,
};
use sockrates_socket::{Socket, Type, endpoint, socketpair, typed};

use crate::passing::passing;
use crate::{UnixAddress, UnixDatagram};

/// A local datagram socket that speaks with one peer; others' datagrams are refused.
///
/// ```
/// use sockrates_unix::ConnectedUnixDatagram;
///
/// let (left, right) = ConnectedUnixDatagram::pair()?;
/// left.send(b"")?; // an empty datagram is a datagram
/// left.send(b"hello")?;
///
/// let mut buf = [0; 3];
/// assert_eq!(right.recv(&mut buf)?.len, 0);
/// let got = right.recv(&mut buf)?;
/// assert_eq!((got.len, got.truncated), (3, true));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct ConnectedUnixDatagram {
    socket: Socket,
}

typed!(ConnectedUnixDatagram, Type::DGRAM, unix);
endpoint!(ConnectedUnixDatagram);
passing!(ConnectedUnixDatagram: receiving, credentials, peer);

impl ConnectedUnixDatagram {
    /// A new socket without a name, connected to `addr`.
    ///
    /// # Errors
    /// As in [`UnixDatagram::connect`].
    ///
    /// Source: POSIX.1-2024 `connect`.
    pub fn connect(addr: impl UnixAddress) -> Result<Self> {
        UnixDatagram::unbound()?.connect(addr)
    }

    /// Two sockets that are connected to each other, without names.
    ///
    /// # Errors
    /// `EMFILE`.
    ///
    /// Source: POSIX.1-2024 `socketpair`; Python `socket.socketpair`.
    #[doc(alias = "socketpair")]
    pub fn pair() -> Result<(Self, Self)> {
        let (left, right) = socketpair(Type::DGRAM)?;
        Ok((Self::over(left), Self::over(right)))
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// The peer's address.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `getpeername`.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<Addr> {
        self.socket.peer_addr()
    }

    /// Dissolves the association: the socket receives from anyone again, under the same name.
    ///
    /// # Errors
    /// As in [`Socket::disconnect`].
    ///
    /// Source: POSIX.1-2024 `connect`, the null address.
    pub fn disconnect(self) -> Result<UnixDatagram> {
        self.socket.disconnect()?;
        Ok(UnixDatagram::over(self.socket))
    }

    /// Receives one datagram: its length, and whether a tail was lost. An empty one has length 0
    /// and is no end: nothing tells that the peer is gone, but `ECONNREFUSED` to who sends.
    ///
    /// # Errors
    /// `ECONNRESET`, once, where the peer is gone with datagrams that it had not received; as in
    /// [`Socket::recv`].
    ///
    /// Source: POSIX.1-2024 `recv`.
    #[doc(alias = "recv_into")]
    #[inline]
    pub fn recv(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        self.socket.recv_message(buf)
    }

    /// Receives one datagram by `deadline`, or by the mode's timeout where that is earlier, into
    /// memory that need not be initialised.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    pub fn recv_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.socket.recv_by(buf, flags, deadline)
    }

    /// Looks at the next datagram and leaves it there.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        self.recv_by(&mut RecvBuf::new(buf), RecvFlags::PEEK, Deadline::NEVER)
    }

    /// Sends `bytes` as one datagram. Where the receiver's queue is full it waits as the mode says.
    ///
    /// # Errors
    /// `ECONNREFUSED` where the peer is gone; `EMSGSIZE` for more than fits the send buffer; as in
    /// [`Socket::send`].
    ///
    /// Source: POSIX.1-2024 `send`.
    #[inline]
    pub fn send(&self, bytes: &[u8]) -> Result<()> {
        self.socket.send(bytes).map(drop)
    }

    /// Another handle of the same socket.
    ///
    /// # Errors
    /// `EMFILE`; `EBADF` on a closed socket.
    #[doc(alias = "try_clone")]
    pub fn dup(&self) -> Result<Self> {
        Ok(Self::over(self.socket.dup()?))
    }
}

impl Transport for ConnectedUnixDatagram {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.recv_by(buf, flags, deadline)
    }

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

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn mode(&self) -> Mode {
        self.socket.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.socket.set_mode(mode)
    }
}

impl TryFrom<std::os::unix::net::UnixDatagram> for ConnectedUnixDatagram {
    type Error = Error;

    /// The socket, which has a peer already.
    ///
    /// # Errors
    /// `ENOTCONN` where it has none; [`UnixDatagram`] takes any.
    fn try_from(socket: std::os::unix::net::UnixDatagram) -> Result<Self> {
        let socket = Self::over(socket2::Socket::from(socket).into());
        socket.peer_addr().map(|_| socket)
    }
}

impl From<ConnectedUnixDatagram> for std::os::unix::net::UnixDatagram {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(socket: ConnectedUnixDatagram) -> Self {
        socket2::Socket::from(socket).into()
    }
}
