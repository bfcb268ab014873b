//! Where local connections arrive that keep messages apart.

use sockrates_core::{Addr, Deadline, Listener, Result};
use sockrates_socket::{Socket, Type, typed};

use crate::listener::listening;
use crate::{UnixAddress, UnixSeqpacket};

/// Takes local connections that keep messages apart.
///
/// An accepted socket is in the process's default mode; it never inherits the listener's. For the
/// rest see [`UnixListener`](crate::UnixListener).
///
/// ```
/// use sockrates_core::Addr;
/// use sockrates_unix::{UnixSeqpacket, UnixSeqpacketListener};
///
/// # #[cfg(target_os = "linux")] {
/// let listener = UnixSeqpacketListener::bind(Addr::Unnamed)?;
/// let client = UnixSeqpacket::connect(listener.local_addr()?)?;
/// client.send(b"hello")?;
/// let mut buf = [0; 64];
/// assert_eq!(listener.accept()?.0.recv(&mut buf)?.len, 5);
/// # }
/// # Ok::<(), sockrates_core::Error>(())
/// ```
pub struct UnixSeqpacketListener {
    socket: Socket,
}

typed!(UnixSeqpacketListener, Type::SEQPACKET, unix);

impl UnixSeqpacketListener {
    /// Listens on `addr`.
    ///
    /// # Errors
    /// As in [`UnixListener::bind`](crate::UnixListener::bind).
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
        Ok(Self { socket: listening(Type::SEQPACKET, &addr.to_addr()?, backlog.into())? })
    }

    /// The next connection, and the address it comes from: [`Addr::Unnamed`] unless the client
    /// was bound.
    ///
    /// # Errors
    /// As in [`Socket::accept`].
    ///
    /// Source: POSIX.1-2024 `accept`.
    pub fn accept(&self) -> Result<(UnixSeqpacket, Addr)> {
        self.accept_by(Deadline::NEVER)
    }

    /// The next connection by `deadline`, or by the mode's timeout where that is earlier.
    ///
    /// # Errors
    /// As in [`accept`](Self::accept).
    pub fn accept_by(&self, deadline: Deadline) -> Result<(UnixSeqpacket, Addr)> {
        let (socket, from) = self.socket.accept_by(deadline)?;
        Ok((UnixSeqpacket::try_from(socket)?, from))
    }

    /// The connections, one after the other, for ever; what `accept` fails with is passed on.
    pub fn incoming(&self) -> impl Iterator<Item = Result<(UnixSeqpacket, Addr)>> {
        std::iter::repeat_with(|| self.accept())
    }
}

impl Listener for UnixSeqpacketListener {
    type Conn = UnixSeqpacket;

    fn accept(&self, deadline: Deadline) -> Result<(UnixSeqpacket, Addr)> {
        self.accept_by(deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.socket.local_addr()
    }
}
