//! One end of a local connection.

use sockrates_core::{Addr, Deadline, Result};
use sockrates_socket::{Family, Socket, Type, endpoint, socketpair, stream, typed};

use crate::UnixAddress;
use crate::passing::passing;

/// One end of a local connection: a stream of bytes, and of descriptors beside them.
///
/// Every method takes `&self`: one thread may receive while another sends, and a third closes.
/// It is a [`Transport`](sockrates_core::Transport), so that [`Framed`](sockrates_core::Framed)
/// takes it, and `std::io`'s `Read` and `Write`.
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
stream!(UnixStream);
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
