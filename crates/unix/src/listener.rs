//! Where local connections arrive.

use sockrates_core::{Addr, Deadline, Listener, Result};
use sockrates_socket::{Family, Socket, Type, typed};

use crate::{UnixAddress, UnixStream};

/// Takes local connections as they arrive.
///
/// An accepted stream is in the process's default mode; it never inherits the listener's. The file
/// of a path stays when the listener is gone: remove it, or a stale one with
/// [`remove_stale`](crate::remove_stale).
///
/// ```
/// use sockrates_core::Addr;
/// use sockrates_unix::{UnixListener, UnixStream};
///
/// # #[cfg(target_os = "linux")] {
/// let listener = UnixListener::bind(Addr::Unnamed)?; // the system chooses an abstract name
/// let client = UnixStream::connect(listener.local_addr()?)?;
/// let (server, from) = listener.accept()?;
/// assert_eq!(from, Addr::Unnamed); // clients need no name
/// assert_eq!(server.peer_credentials()?.pid as u32, std::process::id());
/// # }
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Stopping
/// [`close`](Self::close) from another thread ends a blocked `accept` with `EBADF`.
pub struct UnixListener {
    socket: Socket,
}

typed!(UnixListener, Type::STREAM, unix);

impl UnixListener {
    /// Listens on `addr`.
    ///
    /// # Errors
    /// `EADDRINUSE` where there is such a file, whether anybody listens or not; `ENOENT` without
    /// its directory; `EACCES` without permission to write there; [`Error::Invalid`] for a path
    /// that is too long.
    ///
    /// [`Error::Invalid`]: sockrates_core::Error::Invalid
    ///
    /// Source: POSIX.1-2024 `bind`, `listen`; Linux `unix(7)`.
    pub fn bind(addr: impl UnixAddress) -> Result<Self> {
        Self::bind_with(addr, None)
    }

    /// Listens on `addr` with room for `backlog` connections that nobody has accepted yet; `None`
    /// as in [`Socket::listen`].
    ///
    /// # Errors
    /// As in [`bind`](Self::bind).
    pub fn bind_with(addr: impl UnixAddress, backlog: impl Into<Option<i32>>) -> Result<Self> {
        Ok(Self { socket: listening(Type::STREAM, &addr.to_addr()?, backlog.into())? })
    }

    /// The next connection, and the address it comes from: [`Addr::Unnamed`] unless the client
    /// was bound.
    ///
    /// # Errors
    /// As in [`Socket::accept`].
    ///
    /// Source: POSIX.1-2024 `accept`.
    pub fn accept(&self) -> Result<(UnixStream, Addr)> {
        self.accept_by(Deadline::NEVER)
    }

    /// The next connection by `deadline`, or by the mode's timeout where that is earlier.
    ///
    /// # Errors
    /// As in [`accept`](Self::accept).
    pub fn accept_by(&self, deadline: Deadline) -> Result<(UnixStream, Addr)> {
        let (socket, from) = self.socket.accept_by(deadline)?;
        Ok((UnixStream::over(socket), from))
    }

    /// The connections, one after the other, for ever; what `accept` fails with is passed on.
    pub fn incoming(&self) -> impl Iterator<Item = Result<(UnixStream, Addr)>> {
        std::iter::repeat_with(|| self.accept())
    }
}

/// A socket of this type that listens at `addr`.
pub(crate) fn listening(socket_type: Type, addr: &Addr, backlog: Option<i32>) -> Result<Socket> {
    let socket = Socket::new(Family::UNIX, socket_type, None)?;
    socket.bind(addr)?;
    socket.listen(backlog)?;
    Ok(socket)
}

impl Listener for UnixListener {
    type Conn = UnixStream;

    fn accept(&self, deadline: Deadline) -> Result<(UnixStream, Addr)> {
        self.accept_by(deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.socket.local_addr()
    }
}

impl From<std::os::unix::net::UnixListener> for UnixListener {
    fn from(listener: std::os::unix::net::UnixListener) -> Self {
        Self { socket: socket2::Socket::from(listener).into() }
    }
}

impl From<UnixListener> for std::os::unix::net::UnixListener {
    /// It keeps the `O_NONBLOCK` of its mode: `set_blocking(true)` first makes it wait.
    fn from(listener: UnixListener) -> Self {
        socket2::Socket::from(listener).into()
    }
}
