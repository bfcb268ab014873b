//! Sending.

use std::io::{self, IoSlice};
use std::net::SocketAddr;

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Op, Result, SendFlags};

use crate::address::to_system;
use crate::sys::{self, Interest};
use crate::wait::Wait;
use crate::{Address, Socket, Type};

/// Sending. What has no deadline of its own takes the socket's mode. No send raises `SIGPIPE`.
impl Socket {
    /// Sends to the connected peer: on a stream as much as fits, which it returns, at least one
    /// byte; a datagram whole.
    ///
    /// # Errors
    /// `EAGAIN` in non-blocking mode without room; [`Error::TimedOut`]; `EPIPE` or `ECONNRESET`
    /// where the peer is gone; `EMSGSIZE` for a datagram over the maximum; `EDESTADDRREQ` or
    /// `ENOTCONN` without a peer; `EOPNOTSUPP` for [`SendFlags::OOB`] on a datagram socket; `EBADF`
    /// on a closed socket.
    ///
    /// Source: POSIX.1-2024 `send`; Python `socket.send`.
    ///
    /// [`Error::TimedOut`]: sockrates_core::Error::TimedOut
    #[inline]
    pub fn send(&self, bytes: &[u8]) -> Result<usize> {
        // What is not the plain case, room for it, is elsewhere, so that this is inlined.
        match sys::send_bytes(self.inner(), bytes, self.first_flag()) {
            Ok(sent) => Ok(sent),
            Err(error) => self.send_again(bytes, error),
        }
    }

    #[cold]
    #[inline(never)]
    fn send_again(&self, bytes: &[u8], error: io::Error) -> Result<usize> {
        self.resume(plain(Deadline::NEVER), error, &mut |flag| {
            sys::send_bytes(self.inner(), bytes, flag)
        })
    }

    /// Sends as `flags` say.
    ///
    /// # Errors
    /// As in [`send`](Self::send).
    pub fn send_with(&self, bytes: &[u8], flags: SendFlags) -> Result<usize> {
        self.send_by(&[IoSlice::new(bytes)], None, flags, Deadline::NEVER)
    }

    /// Sends to `to`.
    ///
    /// # Errors
    /// As in [`send`](Self::send), and those of the [`Address`]. On a connected stream the system
    /// ignores the address or answers `EISCONN`.
    ///
    /// Source: POSIX.1-2024 `sendto`; Python `socket.sendto`.
    #[doc(alias = "sendto")]
    #[inline]
    pub fn send_to(&self, bytes: &[u8], to: impl Address) -> Result<usize> {
        let Some(to) = to.known() else {
            return self.send_to_with(bytes, to, SendFlags::NONE);
        };
        match sys::send_to(self.inner(), bytes, &to, self.first_flag()) {
            Ok(sent) => Ok(sent),
            Err(error) => self.send_to_again(bytes, &to, error),
        }
    }

    #[cold]
    #[inline(never)]
    fn send_to_again(&self, bytes: &[u8], to: &SocketAddr, error: io::Error) -> Result<usize> {
        self.resume(plain(Deadline::NEVER), error, &mut |flag| {
            sys::send_to(self.inner(), bytes, to, flag)
        })
    }

    /// Sends to `to` as `flags` say.
    ///
    /// # Errors
    /// As in [`send_to`](Self::send_to).
    pub fn send_to_with(&self, bytes: &[u8], to: impl Address, flags: SendFlags) -> Result<usize> {
        let deadline = self.mode().deadline(Deadline::NEVER);
        let to = to.resolve(self.family(), deadline)?;
        self.send_by(&[IoSlice::new(bytes)], Some(&to), flags, deadline)
    }

    /// Sends once by `deadline`, or by the mode's timeout where that is earlier, the
    /// concatenation of `slices` to `to`; `None` is the connected peer. In non-blocking mode it
    /// never waits, whatever the deadline.
    ///
    /// # Errors
    /// As in [`send`](Self::send); `EMSGSIZE` for a datagram of more than 1024 slices. On a stream
    /// slices after the 1024th are not sent, which the number of bytes tells.
    #[inline]
    pub fn send_by(
        &self,
        slices: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        match (slices, to) {
            ([bytes], None) if flags.is_empty() => self.send_plain(bytes, deadline),
            ([bytes], Some(Addr::Inet(to))) if flags.is_empty() => {
                let wait = plain(deadline);
                self.run(wait, |socket, flag| sys::send_to(socket, bytes, to, flag))
            }
            _ => self.send_other(slices, to, flags, deadline),
        }
    }

    /// Sends all of `bytes` to the connected peer, with at least one system call, also for an
    /// empty slice.
    ///
    /// # Errors
    /// As in [`send_all_by`](Self::send_all_by).
    ///
    /// Source: Python `socket.sendall`, which does not tell how much was sent.
    #[doc(alias = "sendall")]
    pub fn send_all(&self, bytes: &[u8]) -> Result<()> {
        self.send_all_by(bytes, Deadline::NEVER)
    }

    /// Sends all of `bytes` to the connected peer, to one deadline.
    ///
    /// # Errors
    /// As in [`send`](Self::send). The error's [`done`](sockrates_core::Error::done) tells how
    /// much was sent: go on with `&bytes[done..]`.
    pub fn send_all_by(&self, bytes: &[u8], deadline: Deadline) -> Result<()> {
        self.send_whole(bytes.len(), deadline, |done, wait| {
            self.run(wait, |socket, flag| sys::send_bytes(socket, &bytes[done..], flag))
        })
    }

    /// Calls `send`, which is told how many bytes have gone, until all `len` have; once at least.
    #[inline]
    pub(crate) fn send_whole(
        &self,
        len: usize,
        deadline: Deadline,
        mut send: impl FnMut(usize, Wait) -> Result<usize>,
    ) -> Result<()> {
        // What there is room for costs no clock reading. Where the kernel may wait, it does: there
        // is no deadline to read.
        let never = !self.waits_in_kernel() || !deadline.is_never();
        match send(0, Wait { never, ..plain(deadline) }) {
            Ok(sent) if sent == len => Ok(()),
            first => self.send_rest(len, first, deadline, &mut send),
        }
    }

    /// Calls `send` until it has sent what the `first` call has left.
    #[cold]
    fn send_rest(
        &self,
        len: usize,
        first: Result<usize>,
        deadline: Deadline,
        send: &mut dyn FnMut(usize, Wait) -> Result<usize>,
    ) -> Result<()> {
        let mut done = match first {
            Ok(sent) => sent,
            Err(error) if error.would_block() => 0,
            Err(error) => return Err(error.during(Op::SendAll, 0)),
        };
        let deadline = self.mode().deadline(deadline);
        loop {
            match send(done, plain(deadline)) {
                Ok(sent) => done += sent,
                Err(error) => return Err(error.during(Op::SendAll, done)),
            }
            if done == len {
                return Ok(());
            }
            // A peer that always takes a little must not keep it going for ever.
            if deadline.has_passed() && self.mode() != Mode::NonBlocking {
                return Err(Error::TimedOut { op: Op::SendAll, done });
            }
        }
    }

    #[inline]
    fn send_plain(&self, bytes: &[u8], deadline: Deadline) -> Result<usize> {
        self.run(plain(deadline), |socket, flag| sys::send_bytes(socket, bytes, flag))
    }

    /// What is no plain send of one slice to the connected peer.
    fn send_other(
        &self,
        slices: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if flags.contains(SendFlags::OOB) && self.socket_type() == Type::DGRAM {
            // Linux refuses it over IPv4 and ignores it over IPv6.
            return Err(Error::os(Op::Send, Errno::EOPNOTSUPP));
        }
        let never = flags.contains(SendFlags::DONTWAIT);
        let wait = Wait { never, ..plain(deadline) };
        let flags = system_flags(flags) | sys::MSG_NOSIGNAL;
        let slices = if self.is_stream() { first_slices(slices) } else { slices };
        let to = match to {
            Some(Addr::Unnamed) if self.is_stream() => None,
            Some(addr) => Some(to_system(addr)?),
            None => None,
        };
        self.run(wait, |socket, flag| match (slices, &to) {
            ([bytes], Some(to)) => socket.send_to_with_flags(bytes, to, flag | flags),
            (_, Some(to)) => socket.send_to_vectored_with_flags(slices, to, flag | flags),
            ([bytes], None) => socket.send_with_flags(bytes, flag | flags),
            (_, None) => socket.send_vectored_with_flags(slices, flag | flags),
        })
    }
}

/// What a send without flags waits for.
#[inline]
pub(crate) fn plain(deadline: Deadline) -> Wait {
    Wait { op: Op::Send, interest: Interest::Write, deadline, never: false }
}

/// As many slices as one call takes, without the empty ones before the first byte.
pub(crate) fn first_slices<'a, 'b>(slices: &'a [IoSlice<'b>]) -> &'a [IoSlice<'b>] {
    let empty = slices.iter().take_while(|slice| slice.is_empty()).count();
    let rest = &slices[empty..];
    &rest[..rest.len().min(sys::SLICES_MAX)]
}

pub(crate) fn system_flags(flags: SendFlags) -> i32 {
    let has = |flag, number| if flags.contains(flag) { number } else { 0 };
    has(SendFlags::OOB, sys::MSG_OOB)
        | has(SendFlags::MORE, sys::MSG_MORE)
        | has(SendFlags::DONTROUTE, sys::MSG_DONTROUTE)
}
