//! A UDP socket with one peer.

use std::io::IoSlice;
use std::net::SocketAddr;

use sockrates_core::{
    Deadline, Error, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown, Transport,
};
use sockrates_socket::{
    Address, Socket, Type, endpoint, first_of, inet, ip_options, typed, udp_options,
};

use crate::UdpSocket;
use crate::socket::family_of;

/// A UDP socket that speaks with one peer: others' datagrams are not received, and where nobody is
/// there a later operation fails once with `ECONNREFUSED`.
///
/// ```
/// use sockrates_udp::{ConnectedUdp, UdpSocket};
///
/// let server = UdpSocket::bind(("127.0.0.1", 0))?;
/// let client = ConnectedUdp::connect(server.local_addr()?)?;
/// client.send(b"")?; // an empty datagram is a datagram
///
/// let got = server.recv_from(&mut [0; 8])?;
/// assert_eq!((got.len, got.peer), (0, client.local_addr()?));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct ConnectedUdp {
    socket: Socket,
}

typed!(ConnectedUdp, Type::DGRAM);
endpoint!(ConnectedUdp);
ip_options!(ConnectedUdp);
udp_options!(ConnectedUdp);

impl ConnectedUdp {
    /// A new socket connected to `addr`; the system chooses the local address. Of a host name's
    /// addresses it takes the first that there is a way to: whether somebody is there shows only
    /// once something was sent.
    ///
    /// # Errors
    /// [`Error::At`] with the address and what [`Socket::connect`] fails with.
    ///
    /// Source: POSIX.1-2024 `connect`.
    pub fn connect(addr: impl Address) -> Result<Self> {
        Self::connect_by(addr, Deadline::NEVER)
    }

    /// A new socket connected to `addr`, the name of a host looked up by `deadline`.
    ///
    /// # Errors
    /// As in [`connect`](Self::connect); [`Error::TimedOut`].
    pub fn connect_by(addr: impl Address, deadline: Deadline) -> Result<Self> {
        first_of(&addr.candidates(deadline)?, |addr| {
            let connected = UdpSocket::new(family_of(addr))?.connect(addr);
            connected.map_err(|error| Error::At { addr: addr.clone(), error: Box::new(error) })
        })
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
    pub fn peer_addr(&self) -> Result<SocketAddr> {
        inet(self.socket.peer_addr()?)
    }

    /// Speaks with `addr` from now on.
    ///
    /// # Errors
    /// As in [`Socket::connect`].
    pub fn reconnect(&self, addr: impl Address) -> Result<()> {
        self.socket.connect(addr)
    }

    /// Dissolves the association: the socket receives from anyone again, at the same port.
    ///
    /// # Errors
    /// As in [`Socket::disconnect`].
    ///
    /// Source: POSIX.1-2024 `connect`, the null address.
    pub fn disconnect(self) -> Result<UdpSocket> {
        self.socket.disconnect()?;
        Ok(UdpSocket::over(self.socket))
    }

    /// Receives one datagram: its length, and whether a tail was lost. An empty one has length 0
    /// and is no end.
    ///
    /// # Errors
    /// `ECONNREFUSED`, once, where an earlier datagram found nobody; as in
    /// [`Socket::recv_from`].
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
        self.socket.peek(buf)
    }

    /// Sends `bytes` as one datagram.
    ///
    /// # Errors
    /// `ECONNREFUSED`, once, where an earlier datagram found nobody; `EMSGSIZE` over 65507 bytes
    /// (IPv6: 65527); as in [`Socket::send`].
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

impl Transport for ConnectedUdp {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.socket.recv_by(buf, flags, deadline)
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

impl TryFrom<std::net::UdpSocket> for ConnectedUdp {
    type Error = Error;

    /// The socket, which has a peer already.
    ///
    /// # Errors
    /// `ENOTCONN` where it has none; [`UdpSocket`] takes any.
    fn try_from(socket: std::net::UdpSocket) -> Result<Self> {
        let socket = Self::over(socket2::Socket::from(socket).into());
        socket.peer_addr().map(|_| socket)
    }
}

impl From<ConnectedUdp> for std::net::UdpSocket {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(socket: ConnectedUdp) -> Self {
        socket2::Socket::from(socket).into()
    }
}
