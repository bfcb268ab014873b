//! One end of a TCP connection.

use std::net::SocketAddr;

use sockrates_core::{Deadline, Result};
use sockrates_socket::{
    Address, Socket, Type, connect_to, endpoint, inet, ip_options, stream, tcp_options, typed,
};

/// One end of a TCP connection.
///
/// Every method takes `&self`: one thread may receive while another sends, and a third closes.
/// It is a [`Transport`](sockrates_core::Transport), so that [`Framed`](sockrates_core::Framed)
/// takes it, and `std::io`'s `Read` and `Write`.
///
/// ```
/// use sockrates_core::{Framed, framing::Lines};
/// use sockrates_tcp::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind(("127.0.0.1", 0))?;
/// let mut client = Framed::new(TcpStream::connect(listener.local_addr()?)?, Lines::lf(1024));
/// client.send(b"bye")?;
///
/// let mut server = Framed::new(listener.accept()?.0, Lines::lf(1024));
/// assert_eq!(server.next()?, Some(&b"bye"[..]));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct TcpStream {
    socket: Socket,
}

typed!(TcpStream, Type::STREAM);
endpoint!(TcpStream);
stream!(TcpStream);
ip_options!(TcpStream);
tcp_options!(TcpStream);

impl TcpStream {
    /// Connects to `addr`: a host's addresses are tried one after the other.
    ///
    /// # Errors
    /// As in [`connect_to`]; where several addresses were tried, with the error of each.
    ///
    /// Source: Python `socket.create_connection`.
    #[doc(alias = "create_connection")]
    pub fn connect(addr: impl Address) -> Result<Self> {
        Self::connect_by(addr, Deadline::NEVER)
    }

    /// Connects to `addr` by `deadline`, which bounds the look-up and every attempt together.
    ///
    /// # Errors
    /// As in [`connect`](Self::connect); [`sockrates_core::Error::TimedOut`].
    pub fn connect_by(addr: impl Address, deadline: Deadline) -> Result<Self> {
        Ok(Self::over(connect_to(addr, deadline)?))
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// The peer's address.
    ///
    /// # Errors
    /// `ENOTCONN` where there is none, also after a reset.
    ///
    /// Source: POSIX.1-2024 `getpeername`.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<SocketAddr> {
        inet(self.socket.peer_addr()?)
    }

    /// Closes with a reset: unsent data is dropped, and the peer learns that it was no orderly end.
    ///
    /// # Errors
    /// As in [`Socket::abort`].
    pub fn abort(&self) -> Result<()> {
        self.socket.abort()
    }
}

impl From<std::net::TcpStream> for TcpStream {
    fn from(stream: std::net::TcpStream) -> Self {
        Self::over(socket2::Socket::from(stream).into())
    }
}

impl From<TcpStream> for std::net::TcpStream {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(stream: TcpStream) -> Self {
        socket2::Socket::from(stream).into()
    }
}
