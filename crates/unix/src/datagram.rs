//! A local datagram socket that is not connected.

use std::io::IoSlice;
use std::os::fd::BorrowedFd;

use sockrates_core::{
    Addr, Deadline, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown, Transport,
};
use sockrates_socket::{Family, Socket, Type, endpoint, typed};

use crate::passing::passing;
use crate::{ConnectedUnixDatagram, UnixAddress};

/// A local datagram socket that sends each datagram where the call says and receives from anyone.
///
/// Local datagrams are not lost and keep their order: where the receiver's queue is full, sending
/// waits. To be answered, the sender has to be bound.
///
/// ```
/// use sockrates_core::Addr;
/// use sockrates_unix::UnixDatagram;
///
/// # #[cfg(target_os = "linux")] {
/// let server = UnixDatagram::bind(Addr::Unnamed)?; // the system chooses an abstract name
/// let client = UnixDatagram::bind(Addr::Unnamed)?;
/// client.send_to(b"ping", server.local_addr()?)?;
///
/// let mut buf = [0; 64];
/// let got = server.recv_from(&mut buf)?;
/// server.send_to(&buf[..got.len], got.peer)?;
/// assert_eq!(client.recv_from(&mut buf)?.peer, server.local_addr()?);
/// # }
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct UnixDatagram {
    socket: Socket,
}

typed!(UnixDatagram, Type::DGRAM, unix);
endpoint!(UnixDatagram);
passing!(UnixDatagram: receiving, credentials);

impl UnixDatagram {
    /// A socket without a name: it can send, and nobody can answer.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn unbound() -> Result<Self> {
        Ok(Self::over(Socket::new(Family::UNIX, Type::DGRAM, None)?))
    }

    /// A socket bound to `addr`.
    ///
    /// # Errors
    /// `EADDRINUSE` where there is such a file, whether anybody uses it or not; `ENOENT` without
    /// its directory; `EACCES` without permission to write there;
    /// [`sockrates_core::Error::Invalid`] for a path that is too long.
    ///
    /// Source: POSIX.1-2024 `bind`; Linux `unix(7)`.
    pub fn bind(addr: impl UnixAddress) -> Result<Self> {
        let socket = Self::unbound()?;
        socket.socket.bind(&addr.to_addr()?)?;
        Ok(socket)
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// Connects it to one peer: it sends there, and receives from there alone.
    ///
    /// # Errors
    /// `ENOENT` where there is no such file; `ECONNREFUSED` where nobody is bound to it any more;
    /// `EPERM` where the peer is connected to another; `EPROTOTYPE` for a socket of another type.
    ///
    /// Source: POSIX.1-2024 `connect`.
    pub fn connect(self, addr: impl UnixAddress) -> Result<ConnectedUnixDatagram> {
        self.socket.connect(&addr.to_addr()?)?;
        Ok(ConnectedUnixDatagram::over(self.socket))
    }

    /// Receives one datagram: its length, who sent it, whether a tail was lost. An empty one has
    /// length 0 and is no end. A sender that is not bound is [`Addr::Unnamed`].
    ///
    /// # Errors
    /// As in [`Socket::recv_from`].
    ///
    /// Source: POSIX.1-2024 `recvfrom`; Python `socket.recvfrom_into`.
    #[doc(alias = "recvfrom_into")]
    pub fn recv_from(&self, buf: &mut [u8]) -> Result<Recv<Addr>> {
        self.recv_from_by(&mut RecvBuf::new(buf), RecvFlags::NONE, Deadline::NEVER)
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
    ) -> Result<Recv<Addr>> {
        self.socket.recv_from_by(buf, flags, deadline)
    }

    /// Looks at the next datagram and leaves it there.
    ///
    /// # Errors
    /// As in [`recv_from`](Self::recv_from).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek_from(&self, buf: &mut [u8]) -> Result<Recv<Addr>> {
        self.recv_from_by(&mut RecvBuf::new(buf), RecvFlags::PEEK, Deadline::NEVER)
    }

    /// Sends `bytes` as one datagram to `to`. Where the receiver's queue is full it waits as the
    /// mode says, looking again every 1 to 32 ms, for the system does not tell when there is room
    /// (a [connected](Self::connect) socket it does tell).
    ///
    /// # Errors
    /// `ECONNREFUSED` where nobody is bound to it any more; `ENOENT` where there is no such file;
    /// `EMSGSIZE` for more than fits the send buffer; as in [`Socket::send_to`].
    ///
    /// Source: POSIX.1-2024 `sendto`.
    #[doc(alias = "sendto")]
    pub fn send_to(&self, bytes: &[u8], to: impl UnixAddress) -> Result<()> {
        self.socket.send_to(bytes, &to.to_addr()?).map(drop)
    }

    /// Sends `bytes` as one datagram to `to`, and duplicates of `fds` with it: at most 253 on
    /// Linux. The datagram may be empty.
    ///
    /// # Errors
    /// As in [`send_to`](Self::send_to), and [`Socket::send_fds`].
    ///
    /// Source: Linux `unix(7)`, `SCM_RIGHTS`; Python `socket.send_fds`.
    pub fn send_fds_to(
        &self,
        bytes: &[u8],
        fds: &[BorrowedFd<'_>],
        to: impl UnixAddress,
    ) -> Result<()> {
        let to = to.to_addr()?;
        self.socket.send_fds_by(bytes, fds, Some(&to), Deadline::NEVER).map(drop)
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

impl Transport for UnixDatagram {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        self.recv_from_by(buf, flags, deadline)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.socket.send_by(bytes, to, flags, deadline)
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

impl From<std::os::unix::net::UnixDatagram> for UnixDatagram {
    fn from(socket: std::os::unix::net::UnixDatagram) -> Self {
        Self::over(socket2::Socket::from(socket).into())
    }
}

impl From<UnixDatagram> for std::os::unix::net::UnixDatagram {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(socket: UnixDatagram) -> Self {
        socket2::Socket::from(socket).into()
    }
}
