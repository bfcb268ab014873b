//! Connecting.

use std::io;

use socket2::SockAddr;
use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Op, Result};

use crate::address::to_system;
use crate::sys::{self, Interest};
use crate::wait::pause;
use crate::{Address, Family, Socket};

/// Connecting.
impl Socket {
    /// Connects to `addr`, or, on a datagram socket, makes it the peer.
    ///
    /// In non-blocking mode a connection that takes time goes on in the background: the error is
    /// `EINPROGRESS`, the socket is writable once the attempt has ended, and
    /// [`take_error`](Self::take_error) tells how.
    ///
    /// # Errors
    /// `ECONNREFUSED`; `EINPROGRESS`, then `EALREADY`; `EISCONN`; [`Error::TimedOut`], after which
    /// the attempt goes on and the next call is `EALREADY`; `ENETUNREACH`; `EADDRNOTAVAIL`; those
    /// of the [`Address`]; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// Where the queue of a local listener is full, Linux waits for room in blocking mode and
    /// answers `EAGAIN` in every other, without anything going on in the background. A timeout is
    /// kept all the same: room is looked for every 1 to 32 ms. Python fails at once.
    ///
    /// After a connect that a timeout waited for, Linux lets one more succeed, whomever it names,
    /// and do nothing; the third is `EISCONN`. As in Python, that is told as it is. In blocking
    /// mode the second is `EISCONN`, after a signal and a [`Deadline`] too.
    ///
    /// Source: POSIX.1-2024 `connect`; Linux `connect(2)`; Python `socket.connect`.
    pub fn connect(&self, addr: impl Address) -> Result<()> {
        let deadline = self.mode().deadline(Deadline::NEVER);
        let addr = addr.resolve(self.family(), deadline)?;
        self.connect_by(&addr, deadline)
    }

    /// Connects by `deadline`, or by the mode's timeout where that is earlier. In non-blocking mode
    /// it never waits, whatever the deadline.
    ///
    /// # Errors
    /// As in [`connect`](Self::connect).
    pub fn connect_by(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let mode = self.mode();
        self.connect_as(addr, mode != Mode::NonBlocking, || mode.deadline(deadline))
    }

    /// Connects in the socket's mode and returns the error number: [`Errno::SUCCESS`], or what
    /// [`connect`](Self::connect) would have failed with.
    ///
    /// A timeout is `EAGAIN`, as in Python; the next call is then `EALREADY`.
    ///
    /// ```
    /// use sockrates_core::Errno;
    /// use sockrates_socket::{Family, Socket, Type};
    ///
    /// let unused = Socket::new(Family::INET, Type::STREAM, None)?;
    /// unused.bind(("127.0.0.1", 0))?;
    ///
    /// let client = Socket::new(Family::INET, Type::STREAM, None)?;
    /// assert_eq!(client.connect_ex(unused.local_addr()?)?, Errno::ECONNREFUSED);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Only what is no error number: those of the [`Address`].
    ///
    /// Source: Python `socket.connect_ex`.
    pub fn connect_ex(&self, addr: impl Address) -> Result<Errno> {
        let deadline = self.mode().deadline(Deadline::NEVER);
        let addr = addr.resolve(self.family(), deadline)?;
        match self.connect_by(&addr, deadline) {
            Ok(()) => Ok(Errno::SUCCESS),
            Err(Error::Os { errno, .. }) => Ok(errno),
            Err(Error::TimedOut { .. }) => Ok(Errno::EAGAIN),
            Err(other) => Err(other),
        }
    }

    /// Connects by `deadline` whatever the mode.
    pub(crate) fn connect_waiting(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        self.connect_as(addr, true, || deadline)
    }

    /// Reads and clears the pending error; [`Errno::SUCCESS`] where there is none.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `getsockopt`, `SO_ERROR`.
    #[doc(alias = "SO_ERROR")]
    pub fn take_error(&self) -> Result<Errno> {
        let pending = self.check(Op::GetOption, self.inner().take_error())?;
        let code = pending.and_then(|error| error.raw_os_error());
        Ok(code.map_or_else(|| self.take_late(), Errno::from_code))
    }

    /// Dissolves a datagram socket's association, so that it receives from anyone again.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on a local connection; `EBADF` on a closed socket.
    ///
    /// # Platform notes
    /// The BSDs and macOS dissolve it and answer `EAFNOSUPPORT` all the same, which is no error
    /// here. On a connected TCP socket Linux resets the connection.
    ///
    /// Source: POSIX.1-2024 `connect`, on `AF_UNSPEC`.
    pub fn disconnect(&self) -> Result<()> {
        if self.is_local_connection() {
            return Err(Error::Unsupported { op: Op::Disconnect });
        }
        match self.check(Op::Disconnect, sys::disconnect(self.inner())) {
            Err(error)
                if error.errno() == Some(Errno::EAFNOSUPPORT) && !cfg!(target_os = "linux") =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// Connects, waiting where `waits`; the deadline is computed once it is needed.
    fn connect_as(&self, addr: &Addr, waits: bool, deadline: impl Fn() -> Deadline) -> Result<()> {
        self.check_open(Op::Connect)?;
        let addr = to_system(addr)?;
        let kernel_waits = waits && self.mode() == Mode::Blocking && deadline().is_never();
        let call = || match kernel_waits {
            true => self.inner().connect(&addr),
            false => self.without_waiting(|socket| socket.connect(&addr)),
        };
        let Err(error) = call() else { return self.check_open(Op::Connect) };
        let failed = self.failed(Op::Connect, &error);
        if self.family() == Family::UNIX {
            return self.connect_local(failed, waits, deadline, &call);
        }
        // An interrupted attempt goes on in the background: calling again would be EALREADY.
        let going_on = match failed.errno() {
            Some(Errno::EINTR) => true,
            Some(errno) => errno.in_progress(),
            None => false,
        };
        if !going_on {
            return Err(failed);
        }
        if !waits {
            return Err(self.or_closed(Error::os(Op::Connect, Errno::EINPROGRESS)));
        }
        self.await_ready(Op::Connect, Interest::Write, deadline())?;
        match self.check(Op::Connect, self.inner().take_error())? {
            None if self.mode() == Mode::Blocking => self.settle(&addr),
            None => Ok(()),
            Some(error) if is_connected(&error) => Ok(()),
            Some(error) => Err(self.failed(Op::Connect, &error)),
        }
    }

    /// Asks for the connection that has come about in the background, so that a blocking socket is
    /// the same after a signal or a deadline as without. In timeout mode it is not asked for: there
    /// CPython's codes hold.
    fn settle(&self, addr: &SockAddr) -> Result<()> {
        match self.inner().connect(addr) {
            Err(error) if !is_connected(&error) => Err(self.failed(Op::Connect, &error)),
            _ => self.check_open(Op::Connect),
        }
    }

    /// The rest of connecting a local socket, whose first call `failed`. It is connected by a call
    /// or not at all: after a signal, or where the listener's queue was full, it has to be called
    /// again. No readiness tells that there is room.
    #[cold]
    fn connect_local(
        &self,
        mut failed: Error,
        waits: bool,
        deadline: impl Fn() -> Deadline,
        call: &dyn Fn() -> io::Result<()>,
    ) -> Result<()> {
        let mut until = None;
        for turn in 0.. {
            let errno = failed.errno().unwrap_or(Errno::SUCCESS);
            if errno != Errno::EINTR && !(waits && errno.would_block()) {
                return Err(failed);
            }
            let until = *until.get_or_insert_with(&deadline);
            if until.has_passed() {
                return Err(self.or_closed(Error::TimedOut { op: Op::Connect, done: 0 }));
            }
            if errno.would_block() {
                pause(turn, until);
            }
            self.check_open(Op::Connect)?;
            match call() {
                Ok(()) => return self.check_open(Op::Connect),
                Err(error) => failed = self.failed(Op::Connect, &error),
            }
        }
        Err(failed)
    }
}

fn is_connected(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::EISCONN.code())
}
