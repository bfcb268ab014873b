//! Descriptors, pairs: what only Unix has.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use sockrates_core::{Error, Mode, Op, Result};

use crate::default_timeout::default_mode;
use crate::{Family, Protocol, Socket, Type};

impl Socket {
    /// Adopts a descriptor: what kind of socket it is, it tells itself. A non-blocking one is
    /// [`Mode::NonBlocking`], any other takes the process's default mode.
    ///
    /// Others may hold the same socket, so that [`close`](Self::close) does not shut it down.
    ///
    /// # Errors
    /// `ENOTSOCK` for a descriptor that is no socket, such as a pipe; `EBADF` for none at all. The
    /// descriptor is closed then; `as_fd().try_clone_to_owned()` keeps one.
    ///
    /// Source: Python `socket.socket(fileno=...)`, which leaves a non-blocking socket non-blocking
    /// and says that it blocks.
    #[doc(alias = "fromfd")]
    pub fn adopt(fd: OwnedFd) -> Result<Self> {
        Self::adopt_socket(socket2::Socket::from(fd))
    }

    /// The descriptor, which is the caller's from now on; the socket is not closed.
    ///
    /// It keeps the `O_NONBLOCK` of its mode: it is non-blocking unless the mode is
    /// [`Mode::Blocking`].
    ///
    /// Source: Python `socket.detach`.
    #[must_use]
    pub fn detach(self) -> OwnedFd {
        self.into_inner().into()
    }

    /// The number of the descriptor, `None` once it is closed. It is to look at; to use it, take
    /// [`as_fd`](AsFd::as_fd).
    ///
    /// Source: Python `socket.fileno`.
    #[must_use]
    pub fn fileno(&self) -> Option<i64> {
        if self.is_closed() { None } else { Some(self.inner().as_raw_fd().into()) }
    }

    pub(crate) fn adopt_socket(inner: socket2::Socket) -> Result<Self> {
        let failed = |error| Error::from_io(Op::Socket, &error);
        let socket_type = inner.r#type().map_err(failed)?;
        let family = inner.local_addr().map_err(failed)?.domain();
        let nonblocking = inner.nonblocking().map_err(failed)?;
        let mode = if nonblocking { Mode::NonBlocking } else { default_mode() };
        let (family, socket_type) = (family.into(), i32::from(socket_type));
        let kind = (Family::from_code(family), Type::from_code(socket_type), protocol(&inner));
        let socket = Self::dress(inner, kind, mode).map_err(failed)?;
        *socket.shared() = true;
        Ok(socket)
    }
}

/// The protocol, where the system tells it.
fn protocol(inner: &socket2::Socket) -> Protocol {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    if let Ok(Some(protocol)) = inner.protocol() {
        return Protocol::from_code(protocol.into());
    }
    let _ = inner;
    Protocol::DEFAULT
}

/// A pair of connected sockets, each closed on `exec`, in the process's default mode.
///
/// ```
/// use sockrates_socket::{Type, socketpair};
///
/// let (left, right) = socketpair(Type::STREAM)?;
/// left.send_all(b"across")?;
/// let mut bytes = [0; 6];
/// right.recv_exact(&mut bytes)?;
/// assert_eq!(&bytes, b"across");
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// `EPROTONOSUPPORT` or `EINVAL` for a type that `AF_UNIX` has not; `EMFILE`.
///
/// # Platform notes
/// The family is `AF_UNIX`: no other makes pairs (Linux answers `EOPNOTSUPP`).
///
/// Source: POSIX.1-2024 `socketpair`; Python `socket.socketpair`.
pub fn socketpair(socket_type: Type) -> Result<(Socket, Socket)> {
    socketpair_of(Family::UNIX, socket_type, None)
}

/// A pair of connected sockets of this kind; flags of the type as in [`Socket::new`].
///
/// # Errors
/// `EOPNOTSUPP` for a family that makes no pairs, such as [`Family::INET`]; else as in
/// [`socketpair`].
pub fn socketpair_of(
    family: Family,
    socket_type: Type,
    protocol: Option<Protocol>,
) -> Result<(Socket, Socket)> {
    let (plain, mode) = Socket::without_flags(socket_type);
    let pair = socket2::Socket::pair(
        family.code().into(),
        plain.code().into(),
        protocol.map(|protocol| protocol.code().into()),
    );
    let (left, right) = pair.map_err(|error| Error::from_io(Op::Socket, &error))?;
    let protocol = protocol.unwrap_or(Protocol::DEFAULT);
    let dress = |inner| {
        let dressed = Socket::dress(inner, (family, plain, protocol), mode);
        dressed.map_err(|error| Error::from_io(Op::Socket, &error))
    };
    Ok((dress(left)?, dress(right)?))
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner().as_fd()
    }
}

impl AsRawFd for Socket {
    fn as_raw_fd(&self) -> RawFd {
        self.inner().as_raw_fd()
    }
}

impl TryFrom<OwnedFd> for Socket {
    type Error = Error;

    /// As [`Socket::adopt`].
    fn try_from(fd: OwnedFd) -> Result<Self> {
        Self::adopt(fd)
    }
}

impl From<Socket> for OwnedFd {
    /// As [`Socket::detach`].
    fn from(socket: Socket) -> Self {
        socket.detach()
    }
}

impl From<Socket> for socket2::Socket {
    /// As [`Socket::detach`].
    fn from(socket: Socket) -> Self {
        socket.into_inner()
    }
}

impl From<socket2::Socket> for Socket {
    /// As [`Socket::adopt`]; what is no socket is adopted too, and every operation on it fails with
    /// `ENOTSOCK`.
    fn from(inner: socket2::Socket) -> Self {
        let family = inner.local_addr().map_or(0, |addr| addr.domain().into());
        let socket_type = inner.r#type().map_or(0, Into::into);
        let nonblocking = inner.nonblocking().unwrap_or(false);
        let mode = if nonblocking { Mode::NonBlocking } else { default_mode() };
        if mode != Mode::Blocking {
            // Fails on what is no descriptor, where every operation fails.
            let _ = inner.set_nonblocking(true);
        }
        let kind = (Family::from_code(family), Type::from_code(socket_type), protocol(&inner));
        let socket = Self::wear(inner, kind, mode);
        *socket.shared() = true;
        socket
    }
}
