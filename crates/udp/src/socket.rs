//! A UDP socket that is not connected.

use std::io::IoSlice;
use std::net::{IpAddr, SocketAddr};

use sockrates_core::{
    Addr, Deadline, Error, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown,
    Transport,
};
use sockrates_socket::{
    Address, Family, Protocol, Socket, Type, bind_options, endpoint, first_of, inet, ip_options,
    typed, udp_options,
};

use crate::ConnectedUdp;

/// A UDP socket that sends each datagram where the call says and receives from anyone.
///
/// ```
/// use sockrates_udp::UdpSocket;
///
/// let server = UdpSocket::bind(("127.0.0.1", 0))?;
/// let client = UdpSocket::v4()?;
/// client.send_to(b"ping", server.local_addr()?)?;
///
/// let mut buf = [0; 1500];
/// let got = server.recv_from(&mut buf)?;
/// server.send_to(&buf[..got.len], got.peer)?;
/// assert_eq!(client.recv_from(&mut buf)?.peer, server.local_addr()?);
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct UdpSocket {
    socket: Socket,
}

typed!(UdpSocket, Type::DGRAM);
endpoint!(UdpSocket);
ip_options!(UdpSocket);
bind_options!(UdpSocket);
udp_options!(UdpSocket);

impl UdpSocket {
    /// A socket for IPv4, without an address until it is bound or sends.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn v4() -> Result<Self> {
        Self::new(Family::INET)
    }

    /// A socket for IPv6, without an address until it is bound or sends.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn v6() -> Result<Self> {
        Self::new(Family::INET6)
    }

    /// A socket for this family, without an address until it is bound or sends.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn new(family: Family) -> Result<Self> {
        Ok(Self::over(Socket::new(family, Type::DGRAM, Some(Protocol::UDP))?))
    }

    /// A socket bound to `addr`, whose port 0 lets the system choose one; of a host name's
    /// addresses to the first that can be bound.
    ///
    /// # Errors
    /// [`Error::At`] with the address and `EADDRINUSE`, `EADDRNOTAVAIL` or `EACCES`; else as in
    /// [`Socket::bind`].
    ///
    /// Source: POSIX.1-2024 `bind`.
    pub fn bind(addr: impl Address) -> Result<Self> {
        Self::bind_by(addr, Deadline::NEVER)
    }

    /// A socket bound to `addr`, the name of a host looked up by `deadline`.
    ///
    /// # Errors
    /// As in [`bind`](Self::bind); [`Error::TimedOut`].
    pub fn bind_by(addr: impl Address, deadline: Deadline) -> Result<Self> {
        first_of(&addr.local_candidates(Family::UNSPEC, deadline)?, |addr| {
            let socket = Self::new(family_of(addr))?;
            let bound = socket.socket.bind(addr);
            bound.map_err(|error| Error::At { addr: addr.clone(), error: Box::new(error) })?;
            Ok(socket)
        })
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// Connects it to one peer: it sends there, and receives from there alone.
    ///
    /// # Errors
    /// As in [`Socket::connect`].
    ///
    /// Source: POSIX.1-2024 `connect`.
    pub fn connect(self, addr: impl Address) -> Result<ConnectedUdp> {
        self.socket.connect(addr)?;
        Ok(ConnectedUdp::over(self.socket))
    }

    /// Receives one datagram: its length, who sent it, whether a tail was lost. An empty one has
    /// length 0 and is no end.
    ///
    /// # Errors
    /// As in [`Socket::recv_from`].
    ///
    /// Source: POSIX.1-2024 `recvfrom`; Python `socket.recvfrom_into`.
    #[doc(alias = "recvfrom_into")]
    #[inline]
    pub fn recv_from(&self, buf: &mut [u8]) -> Result<Recv<SocketAddr>> {
        self.socket.recv_from_inet(buf)
    }

    /// Receives one datagram by `deadline`, or by the mode's timeout where that is earlier, into
    /// memory that need not be initialised.
    ///
    /// # Errors
    /// As in [`Socket::recv_from_by`].
    pub fn recv_from_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<SocketAddr>> {
        let Recv { len, peer, truncated } = self.socket.recv_from_by(buf, flags, deadline)?;
        Ok(Recv { len, peer: inet(peer)?, truncated })
    }

    /// Looks at the next datagram and leaves it there.
    ///
    /// # Errors
    /// As in [`recv_from`](Self::recv_from).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek_from(&self, buf: &mut [u8]) -> Result<Recv<SocketAddr>> {
        self.recv_from_by(&mut RecvBuf::new(buf), RecvFlags::PEEK, Deadline::NEVER)
    }

    /// Sends `bytes` as one datagram to `to`.
    ///
    /// # Errors
    /// `EMSGSIZE` over 65507 bytes (IPv6: 65527); `EACCES` for a broadcast address unless
    /// [`set_broadcast`](Self::set_broadcast); `EINVAL` for port 0; as in [`Socket::send_to`].
    ///
    /// Source: POSIX.1-2024 `sendto`.
    #[doc(alias = "sendto")]
    #[inline]
    pub fn send_to(&self, bytes: &[u8], to: impl Address) -> Result<()> {
        self.socket.send_to(bytes, to).map(drop)
    }

    /// Receives what is sent to the group `group` at the socket's port too, by the interface of
    /// this index; 0 lets the system choose one.
    ///
    /// ```
    /// use sockrates_udp::UdpSocket;
    /// use std::net::Ipv4Addr;
    ///
    /// let group = Ipv4Addr::new(239, 1, 2, 3);
    /// let member = UdpSocket::v4()?;
    /// member.set_reuse_address(true)?; // other members of this machine may have the port too
    /// member.as_socket().bind(("", 0))?;
    /// # let loopback = sockrates_socket::if_nametoindex("lo").unwrap_or(1);
    /// member.join(group, loopback)?;
    ///
    /// let sender = UdpSocket::v4()?;
    /// sender.set_multicast_interface(loopback)?;
    /// sender.send_to(b"to all", (group.to_string(), member.local_addr()?.port()))?;
    /// assert_eq!(member.recv_from(&mut [0; 16])?.len, 6);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`Socket::join`].
    ///
    /// Source: RFC 3678 4.1.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    #[doc(alias = "IPV6_JOIN_GROUP")]
    pub fn join(&self, group: impl Into<IpAddr>, interface: u32) -> Result<()> {
        self.socket.join(group, interface)
    }

    /// Receives what is sent to the group no more.
    ///
    /// # Errors
    /// As in [`Socket::leave`].
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    #[doc(alias = "IPV6_LEAVE_GROUP")]
    pub fn leave(&self, group: impl Into<IpAddr>, interface: u32) -> Result<()> {
        self.socket.leave(group, interface)
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

pub(crate) fn family_of(addr: &Addr) -> Family {
    match addr.as_inet() {
        Some(SocketAddr::V6(_)) => Family::INET6,
        _ => Family::INET,
    }
}

impl Transport for UdpSocket {
    type Peer = SocketAddr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<SocketAddr>> {
        self.recv_from_by(buf, flags, deadline)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&SocketAddr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let to = to.copied().map(Addr::Inet);
        self.socket.send_by(bytes, to.as_ref(), flags, deadline)
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

impl From<std::net::UdpSocket> for UdpSocket {
    fn from(socket: std::net::UdpSocket) -> Self {
        Self::over(socket2::Socket::from(socket).into())
    }
}

impl From<UdpSocket> for std::net::UdpSocket {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(socket: UdpSocket) -> Self {
        socket2::Socket::from(socket).into()
    }
}
