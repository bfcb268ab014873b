//! Where connections arrive.

use std::net::SocketAddr;

use sockrates_core::{Addr, Deadline, Listener, Result};
use sockrates_socket::{
    Address, Family, ServerOptions, Socket, Type, create_server_at, first_of, inet, ip_options,
    typed,
};

use crate::TcpStream;

/// Takes TCP connections as they arrive.
///
/// An accepted stream is in the process's default mode; it never inherits the listener's.
///
/// ```
/// use sockrates_core::Deadline;
/// use sockrates_tcp::TcpListener;
/// use std::time::Duration;
///
/// let listener = TcpListener::bind(("127.0.0.1", 0))?;
/// let soon = Deadline::after(Duration::from_millis(5));
/// assert!(listener.accept_by(soon).unwrap_err().is_timeout()); // nobody came
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Stopping
/// [`close`](Self::close) from another thread ends a blocked `accept` with `EBADF`.
pub struct TcpListener {
    socket: Socket,
}

typed!(TcpListener, Type::STREAM);
ip_options!(TcpListener);

impl TcpListener {
    /// Listens on `addr`, whose port 0 lets the system choose one; of a host name's addresses on
    /// the first that can be bound. An address of connections that linger may be taken again, one
    /// of a live listener may not.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` for a port that needs privileges; as in
    /// [`sockrates_socket::create_server`].
    ///
    /// # Platform notes
    /// `::` takes IPv6 alone on every system; [`bind_with`](Self::bind_with) can ask for
    /// both.
    ///
    /// Source: Python `socket.create_server`.
    #[doc(alias = "create_server")]
    pub fn bind(addr: impl Address) -> Result<Self> {
        Self::bind_by(addr, Deadline::NEVER)
    }

    /// Listens on `addr`, the name of a host looked up by `deadline`.
    ///
    /// # Errors
    /// As in [`bind`](Self::bind); [`sockrates_core::Error::TimedOut`].
    pub fn bind_by(addr: impl Address, deadline: Deadline) -> Result<Self> {
        Self::bind_with_by(addr, &ServerOptions::default(), deadline)
    }

    /// Listens on `addr` with a backlog, a port that is shared, one family or both. The family that
    /// `options` ask for is the one that a host is looked up in.
    ///
    /// # Errors
    /// As in [`bind`](Self::bind); [`Error::Invalid`] for dual stack on an IPv4 address.
    ///
    /// [`Error::Invalid`]: sockrates_core::Error::Invalid
    pub fn bind_with(addr: impl Address, options: &ServerOptions) -> Result<Self> {
        Self::bind_with_by(addr, options, Deadline::NEVER)
    }

    /// Listens on `addr` as `options` say, the name of a host looked up by `deadline`.
    ///
    /// # Errors
    /// As in [`bind_with`](Self::bind_with); [`sockrates_core::Error::TimedOut`].
    pub fn bind_with_by(
        addr: impl Address,
        options: &ServerOptions,
        deadline: Deadline,
    ) -> Result<Self> {
        let both = if options.dual_stack { Family::INET6 } else { Family::UNSPEC };
        let family = options.family.unwrap_or(both);
        let listen = |addr: &Addr| create_server_at(addr, options);
        Ok(Self::over(first_of(&addr.local_candidates(family, deadline)?, listen)?))
    }

    pub(crate) fn over(socket: Socket) -> Self {
        Self { socket }
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    /// As in [`Socket::accept`].
    ///
    /// Source: POSIX.1-2024 `accept`.
    pub fn accept(&self) -> Result<(TcpStream, SocketAddr)> {
        self.accept_by(Deadline::NEVER)
    }

    /// The next connection by `deadline`, or by the mode's timeout where that is earlier.
    ///
    /// # Errors
    /// As in [`accept`](Self::accept).
    pub fn accept_by(&self, deadline: Deadline) -> Result<(TcpStream, SocketAddr)> {
        let (socket, from) = self.socket.accept_by(deadline)?;
        Ok((TcpStream::over(socket), inet(from)?))
    }

    /// The connections, one after the other, for ever; what `accept` fails with is passed on.
    pub fn incoming(&self) -> impl Iterator<Item = Result<(TcpStream, SocketAddr)>> {
        std::iter::repeat_with(|| self.accept())
    }
}

impl Listener for TcpListener {
    type Conn = TcpStream;

    fn accept(&self, deadline: Deadline) -> Result<(TcpStream, Addr)> {
        let (stream, from) = self.accept_by(deadline)?;
        Ok((stream, from.into()))
    }

    fn local_addr(&self) -> Result<Addr> {
        self.socket.local_addr()
    }
}

impl From<std::net::TcpListener> for TcpListener {
    fn from(listener: std::net::TcpListener) -> Self {
        Self::over(socket2::Socket::from(listener).into())
    }
}

impl From<TcpListener> for std::net::TcpListener {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(listener: TcpListener) -> Self {
        socket2::Socket::from(listener).into()
    }
}
