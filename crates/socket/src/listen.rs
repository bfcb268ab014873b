//! Naming, listening, accepting, shutting down.

use std::io;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Op, Result, Shutdown};

use crate::address::{from_system, to_system};
use crate::default_timeout::default_mode;
use crate::sys::{self, Interest};
use crate::wait::Wait;
use crate::{Address, Family, Socket};

/// Naming, listening, accepting, shutting down.
impl Socket {
    /// Gives the socket a local address. Port 0 lets the system choose one, which
    /// [`local_addr`](Self::local_addr) tells.
    ///
    /// # Errors
    /// `EADDRINUSE`; `EADDRNOTAVAIL` for an address of another machine; `EINVAL` where it is bound
    /// already; `EACCES` for a port that needs privileges; those of the [`Address`].
    ///
    /// # Platform notes
    /// On Linux [`Addr::Unnamed`] has the system choose an abstract name for an `AF_UNIX` socket.
    ///
    /// Source: POSIX.1-2024 `bind`; Python `socket.bind`.
    pub fn bind(&self, addr: impl Address) -> Result<()> {
        let deadline = self.mode().deadline(Deadline::NEVER);
        let addr = addr.resolve(self.family(), deadline)?;
        if addr == Addr::Unnamed && self.local_addr()? != Addr::Unnamed {
            // Linux leaves a bound socket as it is, and says that it has bound it.
            return Err(Error::os(Op::Bind, Errno::EINVAL));
        }
        self.check(Op::Bind, self.inner().bind(&to_system(&addr)?))
    }

    /// Makes it a listener with room for `backlog` connections that nobody has accepted yet; a
    /// negative number counts as 0, and `None` is what fits most: 128, or the system's most where
    /// that is less.
    ///
    /// # Errors
    /// `EOPNOTSUPP` on a datagram socket; `EADDRINUSE`; `EDESTADDRREQ` on an unbound `AF_UNIX`
    /// socket. An unbound IP socket the system binds to a free port.
    ///
    /// # Platform notes
    /// Linux queues one connection more than `backlog`, and silently lowers it to
    /// `net.core.somaxconn`.
    ///
    /// Source: POSIX.1-2024 `listen`; Python `socket.listen`.
    pub fn listen(&self, backlog: impl Into<Option<i32>>) -> Result<()> {
        let backlog = backlog.into().unwrap_or(sys::SOMAXCONN.min(128)).max(0);
        self.check(Op::Listen, self.inner().listen(backlog))
    }

    /// The next connection, closed on `exec`, and the address it comes from.
    ///
    /// It starts in the process's [default mode](crate::default_timeout), never in the
    /// listener's.
    ///
    /// # Errors
    /// `EAGAIN` in non-blocking mode without a client; [`Error::TimedOut`]; `EINVAL` where it does
    /// not listen; `EOPNOTSUPP` on a datagram socket; `EMFILE`, where the client stays in the
    /// queue; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// A client that has given up before: on Linux it is accepted, and the first receive fails with
    /// `ECONNRESET`; on the BSDs and macOS accepting may fail with `ECONNABORTED`. Accept the next.
    ///
    /// Source: POSIX.1-2024 `accept4`; Python `socket.accept`, PEP 446.
    pub fn accept(&self) -> Result<(Self, Addr)> {
        self.accept_by(Deadline::NEVER)
    }

    /// The next connection by `deadline`, or by the mode's timeout where that is earlier. In
    /// non-blocking mode it never waits, whatever the deadline.
    ///
    /// # Errors
    /// As in [`accept`](Self::accept).
    ///
    /// # Platform notes
    /// No system takes a flag for "this accept must not wait". With a deadline in blocking mode it
    /// waits for a client by polling, and the listener is non-blocking for the moment of the call
    /// itself, lest another thread or process be faster and leave it waiting. Only another process
    /// that shares the listener can notice, by an `EAGAIN`.
    pub fn accept_by(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let wait = Wait { op: Op::Accept, interest: Interest::Read, deadline, never: false };
        let may_block = self.mode() == Mode::Blocking && !deadline.is_never();
        let (inner, peer) = if may_block {
            self.run(wait, |_, _| self.or_shut(self.without_waiting(socket2::Socket::accept)))?
        } else {
            self.run(wait, |socket, _| self.or_shut(socket.accept()))?
        };
        self.check_open(Op::Accept)?;
        let kind = (self.family(), self.socket_type(), self.protocol());
        let mode = default_mode();
        let made = if sys::ACCEPTED_BLOCK {
            Self::dress(inner, kind, mode)
        } else {
            inner.set_nonblocking(mode != Mode::Blocking).map(|()| Self::wear(inner, kind, mode))
        };
        let made = made.map_err(|error| Error::from_io(Op::Accept, &error))?;
        Ok((made, from_system(&peer)))
    }

    /// The outcome of an accept. Where it may not wait, Linux says of a local listener that was
    /// shut down that nobody is there yet; where it may, `EINVAL`.
    fn or_shut<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        match outcome {
            Err(error)
                if error.kind() == io::ErrorKind::WouldBlock && self.family() == Family::UNIX =>
            {
                let look = sys::poll(self.inner(), Interest::Read, Some(Duration::ZERO));
                let shut = look.is_ok_and(|ready| ready.hangup);
                Err(if shut { io::Error::from_raw_os_error(Errno::EINVAL.code()) } else { error })
            }
            other => other,
        }
    }

    /// The local address; the wildcard address and port 0 where it is not bound.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `getsockname`; Python `socket.getsockname`.
    #[doc(alias = "getsockname")]
    pub fn local_addr(&self) -> Result<Addr> {
        Ok(from_system(&self.check(Op::LocalAddr, self.inner().local_addr())?))
    }

    /// The address of the connected peer.
    ///
    /// # Errors
    /// `ENOTCONN` where there is none; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `getpeername`; Python `socket.getpeername`.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<Addr> {
        Ok(from_system(&self.check(Op::PeerAddr, self.inner().peer_addr())?))
    }

    /// Shuts down one side of the connection, or both, for every handle of the socket. It wakes
    /// the operations that wait on that side.
    ///
    /// # Errors
    /// `ENOTCONN` where it is not connected; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `shutdown`; Python `socket.shutdown`.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        let how = match how {
            Shutdown::Read => std::net::Shutdown::Read,
            Shutdown::Write => std::net::Shutdown::Write,
            Shutdown::Both => std::net::Shutdown::Both,
        };
        self.check(Op::Shutdown, self.inner().shutdown(how))
    }

    /// Shuts down as the system's number `how` says: `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
    ///
    /// # Errors
    /// [`Error::Os`] with `EINVAL` for another number; else as in [`shutdown`](Self::shutdown).
    pub fn shutdown_code(&self, how: i32) -> Result<()> {
        self.check_open(Op::Shutdown)?;
        match how {
            sys::SHUT_RD => self.shutdown(Shutdown::Read),
            sys::SHUT_WR => self.shutdown(Shutdown::Write),
            sys::SHUT_RDWR => self.shutdown(Shutdown::Both),
            _ => Err(Error::os(Op::Shutdown, Errno::EINVAL)),
        }
    }
}
