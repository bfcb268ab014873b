//! A TCP socket before it is a stream or a listener.

use sockrates_core::{Deadline, Errno, Result};
use sockrates_socket::{
    Address, Family, Protocol, Socket, Type, bind_options, ip_options, tcp_options, typed,
};

use crate::{TcpListener, TcpStream};

/// A TCP socket that neither listens nor is connected yet: set options, bind, then
/// [`listen`](Self::listen) or [`connect`](Self::connect).
///
/// ```
/// use sockrates_core::Errno;
/// use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};
///
/// let listener = TcpListener::bind(("127.0.0.1", 0))?;
/// let socket = TcpSocket::v4()?;
/// socket.set_timeout(Some(std::time::Duration::from_secs(1)))?;
/// assert_eq!(socket.connect_ex(listener.local_addr()?)?, Errno::SUCCESS);
/// let stream: TcpStream = socket.into_stream();
/// stream.send_all(b"hello")?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct TcpSocket {
    socket: Socket,
}

typed!(TcpSocket, Type::STREAM);
ip_options!(TcpSocket);
bind_options!(TcpSocket);
tcp_options!(TcpSocket);

impl TcpSocket {
    /// A socket for IPv4.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn v4() -> Result<Self> {
        Self::new(Family::INET)
    }

    /// A socket for IPv6; unless [`set_only_v6`](Self::set_only_v6) says otherwise it takes IPv4
    /// too, where the system's default is so.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn v6() -> Result<Self> {
        Self::new(Family::INET6)
    }

    /// A socket for this family.
    ///
    /// # Errors
    /// As in [`Socket::new`].
    pub fn new(family: Family) -> Result<Self> {
        Ok(Self { socket: Socket::new(family, Type::STREAM, Some(Protocol::TCP))? })
    }

    /// Gives it a local address; port 0 lets the system choose one.
    ///
    /// # Errors
    /// As in [`Socket::bind`].
    ///
    /// Source: POSIX.1-2024 `bind`.
    pub fn bind(&self, addr: impl Address) -> Result<()> {
        self.socket.bind(addr)
    }

    /// Makes it a listener with room for `backlog` connections in the queue; `None` is what the
    /// system and Python take for a good number, a negative one counts as 0.
    ///
    /// # Errors
    /// As in [`Socket::listen`].
    ///
    /// Source: POSIX.1-2024 `listen`; Python `socket.listen`.
    pub fn listen(self, backlog: impl Into<Option<i32>>) -> Result<TcpListener> {
        self.socket.listen(backlog)?;
        Ok(TcpListener::over(self.socket))
    }

    /// Connects it, as its mode says.
    ///
    /// # Errors
    /// As in [`Socket::connect`]; the socket is gone then. [`connect_ex`](Self::connect_ex) keeps
    /// it.
    ///
    /// Source: POSIX.1-2024 `connect`.
    pub fn connect(self, addr: impl Address) -> Result<TcpStream> {
        self.socket.connect(addr)?;
        Ok(self.into_stream())
    }

    /// Connects it by `deadline`, or by the mode's timeout where that is earlier, the look-up of a
    /// name included.
    ///
    /// # Errors
    /// As in [`connect`](Self::connect).
    pub fn connect_by(self, addr: impl Address, deadline: Deadline) -> Result<TcpStream> {
        let deadline = self.socket.mode().deadline(deadline);
        let addr = addr.resolve(self.socket.family(), deadline)?;
        self.socket.connect_by(&addr, deadline)?;
        Ok(self.into_stream())
    }

    /// Connects it and returns the error number instead of failing: 0 once connected, in
    /// non-blocking mode `EINPROGRESS` first.
    ///
    /// # Errors
    /// As in [`Socket::connect_ex`].
    ///
    /// Source: Python `socket.connect_ex`.
    pub fn connect_ex(&self, addr: impl Address) -> Result<Errno> {
        self.socket.connect_ex(addr)
    }

    /// The stream of a socket that [`connect_ex`](Self::connect_ex) has connected, or is
    /// connecting: until that is done, operations answer `EAGAIN` or `ENOTCONN`.
    #[must_use]
    pub fn into_stream(self) -> TcpStream {
        TcpStream::over(self.socket)
    }
}
