//! Receiving.

use std::io;

use sockrates_core::{Deadline, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result};

use crate::Socket;
use crate::sys::{self, Interest};
use crate::wait::Wait;

mod sender;

/// Receiving. What has no deadline of its own takes the socket's mode.
impl Socket {
    /// Receives what has arrived: on a stream at least one byte, or 0 at its end; on a datagram
    /// socket one message, of which `truncated` tells whether its tail is lost.
    ///
    /// With an empty `buf` it makes no system call and consumes nothing, not even a datagram, as
    /// in Python.
    ///
    /// # Errors
    /// `EAGAIN` in non-blocking mode where nothing has arrived; [`Error::TimedOut`];
    /// `ECONNRESET`; `ENOTCONN`; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `recv`; Python `socket.recv_into`.
    #[doc(alias = "recv_into")]
    #[inline]
    pub fn recv(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        if !self.is_stream() && !buf.is_empty() {
            return self.recv_message(buf);
        }
        match self.recv_bytes(buf) {
            Ok(len) => Ok(Recv { len, peer: (), truncated: false }),
            Err(error) => Err(error),
        }
    }

    /// Receives from a stream and tells how many bytes came.
    ///
    /// Whatever is not the plain case, data that is there, is elsewhere, so that this is inlined:
    /// some processors make each return after a system call cost more than what is done here.
    #[doc(hidden)]
    #[inline]
    pub fn recv_bytes(&self, buf: &mut [u8]) -> Result<usize> {
        if buf.is_empty() {
            return self.recv_nothing();
        }
        match sys::recv_bytes(self.inner(), buf, self.first_flag()) {
            Ok(len @ 1..) => Ok(len),
            first => self.recv_bytes_rest(buf, first),
        }
    }

    #[cold]
    fn recv_nothing(&self) -> Result<usize> {
        self.check_open(Op::Recv).map(|()| 0)
    }

    #[cold]
    #[inline(never)]
    fn recv_bytes_rest(&self, buf: &mut [u8], first: io::Result<usize>) -> Result<usize> {
        let len = first.or_else(|error| {
            self.resume(plain(Deadline::NEVER), error, &mut |flag| {
                sys::recv_bytes(self.inner(), buf, flag)
            })
        })?;
        if len == 0 { self.recv_nothing() } else { Ok(len) }
    }

    /// Receives one message, where it is no stream, also into no room.
    #[doc(hidden)]
    #[inline]
    pub fn recv_message(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        let Some(trunc) = sys::MSG_TRUNC_LENGTH else {
            return self.recv_datagram(&mut RecvBuf::new(buf), Deadline::NEVER);
        };
        self.check_unjoined()?;
        let told = match sys::recv_bytes(self.inner(), buf, self.first_flag() | trunc) {
            Ok(told @ 1..) => told,
            first => return self.recv_message_rest(buf, trunc, first),
        };
        let len = told.min(buf.len());
        Ok(Recv { len, peer: (), truncated: told > len })
    }

    #[cold]
    #[inline(never)]
    fn recv_message_rest(
        &self,
        buf: &mut [u8],
        trunc: i32,
        first: io::Result<usize>,
    ) -> Result<Recv<()>> {
        let told = first.or_else(|error| {
            self.resume(plain(Deadline::NEVER), error, &mut |flag| {
                sys::recv_bytes(self.inner(), buf, flag | trunc)
            })
        })?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        let len = told.min(buf.len());
        Ok(Recv { len, peer: (), truncated: told > len })
    }

    /// Receives as `flags` say.
    ///
    /// With an empty `buf` it makes no system call and consumes nothing, as [`recv`](Self::recv);
    /// but with [`RecvFlags::TRUNC`], which asks for a datagram's length, it does.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by).
    pub fn recv_with(&self, buf: &mut [u8], flags: RecvFlags) -> Result<Recv<()>> {
        if buf.is_empty() && !flags.contains(RecvFlags::TRUNC) {
            self.check_open(Op::Recv)?;
            return Ok(Recv { len: 0, peer: (), truncated: false });
        }
        self.recv_by(&mut RecvBuf::new(buf), flags, Deadline::NEVER)
    }

    /// Receives into memory that need not be initialised.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by).
    pub fn recv_buf(&self, buf: &mut RecvBuf<'_>) -> Result<Recv<()>> {
        self.recv_by(buf, RecvFlags::NONE, Deadline::NEVER)
    }

    /// Looks at what a receive would bring and leaves it in the queue.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    ///
    /// Source: POSIX.1-2024 `recv`, `MSG_PEEK`.
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        self.recv_with(buf, RecvFlags::PEEK)
    }

    /// Receives once by `deadline`, or by the mode's timeout where that is earlier, into the room
    /// of `buf`. In non-blocking mode it never waits, whatever the deadline.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv). `EINVAL` for [`RecvFlags::TRUNC`] on a stream, and for
    /// [`RecvFlags::OOB`] without an urgent byte. With [`RecvFlags::WAITALL`] on a stream the
    /// error's [`done`](Error::done) bytes are in `buf`, and [`Error::Eof`] is not among the
    /// errors: what came before the end is returned.
    ///
    /// # Platform notes
    /// [`RecvFlags::TRUNC`] is [`Error::Unsupported`] but on Linux: elsewhere the system tells that
    /// a datagram was longer, which `truncated` says, and not how long.
    #[inline]
    pub fn recv_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        if !flags.is_empty() {
            return self.recv_flagged(buf, flags, deadline);
        }
        if !self.is_stream() {
            return self.recv_datagram(buf, deadline);
        }
        if buf.remaining() == 0 {
            self.check_open(Op::Recv)?;
            return Ok(Recv { len: 0, peer: (), truncated: false });
        }
        let len = self.run(plain(deadline), |socket, flag| sys::recv(socket, buf, flag))?;
        if len == 0 {
            self.check_open(Op::Recv)?;
        }
        Ok(Recv { len, peer: (), truncated: false })
    }

    /// Fills all of `buf` from a stream.
    ///
    /// # Errors
    /// As in [`recv_exact_by`](Self::recv_exact_by).
    pub fn recv_exact(&self, buf: &mut [u8]) -> Result<()> {
        self.recv_exact_by(buf, Deadline::NEVER)
    }

    /// Fills all of `buf` from a stream, to one deadline.
    ///
    /// # Errors
    /// [`Error::Eof`] where the stream ends before, else as in [`recv`](Self::recv). The error's
    /// [`done`](Error::done) bytes are in `buf`: go on with `&mut buf[done..]`.
    pub fn recv_exact_by(&self, buf: &mut [u8], deadline: Deadline) -> Result<()> {
        let want = buf.len();
        if want == 0 || !self.is_stream() {
            return self.recv_rest(buf, None, deadline);
        }
        // What is all there costs no clock reading, and no more than a receive.
        let never = !self.waits_in_kernel() || !deadline.is_never();
        let wait = Wait { never, ..plain(deadline) };
        let first = self.run(wait, |socket, flag| sys::recv_bytes(socket, buf, flag));
        match first {
            Ok(len) if len == want => Ok(()),
            first => self.recv_rest(buf, Some(first), deadline),
        }
    }

    /// Fills what the `first` receive has left of `buf`.
    #[cold]
    fn recv_rest(
        &self,
        buf: &mut [u8],
        first: Option<Result<usize>>,
        deadline: Deadline,
    ) -> Result<()> {
        let want = buf.len();
        if want == 0 {
            return self.check_open(Op::RecvExact);
        }
        let mut have = match first {
            None => 0,
            Some(Ok(0)) => {
                self.check_open(Op::RecvExact)?;
                return Err(Error::Eof { op: Op::RecvExact, have: 0, want: Some(want) });
            }
            Some(Ok(len)) => len,
            Some(Err(error)) if error.would_block() => 0,
            Some(Err(error)) => return Err(error.during(Op::RecvExact, 0)),
        };
        let deadline = self.mode().deadline(deadline);
        while have < want {
            let mut room = RecvBuf::new(&mut buf[have..]);
            match self.recv_by(&mut room, RecvFlags::NONE, deadline) {
                Ok(Recv { len: 0, .. }) => {
                    return Err(Error::Eof { op: Op::RecvExact, have, want: Some(want) });
                }
                Ok(Recv { len, .. }) => have += len,
                Err(error) => return Err(error.during(Op::RecvExact, have)),
            }
        }
        Ok(())
    }

    fn recv_datagram(&self, buf: &mut RecvBuf<'_>, deadline: Deadline) -> Result<Recv<()>> {
        self.check_unjoined()?;
        let room = buf.remaining();
        let receive = |socket: &_, flag| sys::recv_datagram(socket, buf, flag);
        let (told, truncated) = self.run(plain(deadline), receive)?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        Ok(Recv { len: told.min(room), peer: (), truncated })
    }

    /// What is no plain receive.
    #[cold]
    fn recv_flagged(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.check_unjoined()?;
        let wait = self.flagged(flags, deadline)?;
        let room = buf.remaining();
        let (told, truncated) = match (self.is_stream(), room) {
            (true, 0) => (0, false),
            (true, _) if fills(flags) => (self.recv_all(buf, flags, deadline)?, false),
            (true, _) => {
                let receive = |socket: &_, flag| sys::recv(socket, buf, flag | system_flags(flags));
                (self.run(wait, receive)?, false)
            }
            (false, _) => self.run(wait, |socket, flag| {
                sys::recv_datagram(socket, buf, flag | system_flags(flags))
            })?,
        };
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        let len = if flags.contains(RecvFlags::TRUNC) { told } else { told.min(room) };
        Ok(Recv { len, peer: (), truncated })
    }

    /// Fills `buf` from a stream, to one deadline; less only where the stream ends.
    fn recv_all(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let flags = flags.without(RecvFlags::WAITALL);
        let mut have = match self.recv_at_once(buf, flags, deadline)? {
            Some(0) => return Ok(0),
            Some(len) => len,
            None => 0,
        };
        if buf.remaining() == 0 {
            return Ok(have);
        }
        let deadline = self.mode().deadline(deadline);
        while buf.remaining() > 0 {
            match self.recv_by(buf, flags, deadline) {
                Ok(Recv { len: 0, .. }) => break,
                Ok(Recv { len, .. }) => have += len,
                Err(error) => return Err(error.during(Op::Recv, have)),
            }
        }
        Ok(have)
    }

    /// Receives what is there without waiting, so that what is all there costs no clock reading;
    /// `None` where nothing is. Where the kernel may wait, it does: there is no deadline to read.
    fn recv_at_once(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Option<usize>> {
        let never = !self.waits_in_kernel() || !deadline.is_never();
        let wait = Wait { never: never || flags.contains(RecvFlags::DONTWAIT), ..plain(deadline) };
        let receive = |socket: &_, flag| sys::recv(socket, buf, flag | system_flags(flags));
        match self.run(wait, receive) {
            Ok(0) => self.check_open(Op::Recv).map(|()| Some(0)),
            Ok(len) => Ok(Some(len)),
            Err(error) if error.would_block() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a receive with these flags waits for.
    pub(crate) fn flagged(&self, flags: RecvFlags, deadline: Deadline) -> Result<Wait> {
        if flags.contains(RecvFlags::TRUNC) {
            if self.is_stream() {
                return Err(Error::os(Op::Recv, Errno::EINVAL));
            }
            if sys::MSG_TRUNC_LENGTH.is_none() {
                return Err(Error::Unsupported { op: Op::Recv });
            }
        }
        let urgent = flags.contains(RecvFlags::OOB);
        let interest = if urgent { Interest::Urgent } else { Interest::Read };
        Ok(Wait { op: Op::Recv, interest, deadline, never: flags.contains(RecvFlags::DONTWAIT) })
    }
}

/// What a receive without flags waits for.
#[inline]
fn plain(deadline: Deadline) -> Wait {
    Wait { op: Op::Recv, interest: Interest::Read, deadline, never: false }
}

/// Whether a stream is to fill the whole buffer. Not when peeking: what stays in the queue cannot
/// be waited behind, and POSIX lets a peek return less.
pub(crate) fn fills(flags: RecvFlags) -> bool {
    flags.contains(RecvFlags::WAITALL) && !flags.contains(RecvFlags::PEEK)
}

/// The flags that go to the system as they are.
pub(crate) fn system_flags(flags: RecvFlags) -> i32 {
    let peek = if flags.contains(RecvFlags::PEEK) { sys::MSG_PEEK } else { 0 };
    peek | if flags.contains(RecvFlags::OOB) { sys::MSG_OOB } else { 0 }
}
