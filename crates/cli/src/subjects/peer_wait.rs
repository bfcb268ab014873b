//! How the peers wait: `SO_RCVTIMEO` and `SO_SNDTIMEO`, which is all that `std` and `socket2` have.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::SockRef;
use sockrates_core::{Deadline, Error, Mode, Op, Result};

/// The shortest timeout that there is; zero would mean none.
pub(super) const SHORTEST: Duration = Duration::from_micros(1);

/// A tick of the kernel's clock, by which it counts these timeouts: the longest that there is. The
/// tick that has begun counts as a whole one, so that without one more it would be over too early.
const TICK: Duration = Duration::from_millis(10);

/// A peer's mode, for neither library keeps one that it could be asked for.
pub(super) struct Waits(Mutex<Mode>);

/// Which of the two timeouts an operation takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Read,
    Write,
}

impl Waits {
    pub(super) fn new(mode: Mode) -> Self {
        Self(Mutex::new(mode))
    }

    pub(super) fn mode(&self) -> Mode {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_mode(&self, socket: &impl AsFd, mode: Mode) -> Result<()> {
        let socket = SockRef::from(socket);
        let timeout = positive(mode);
        socket
            .set_nonblocking(mode == Mode::NonBlocking)
            .and_then(|()| socket.set_read_timeout(timeout))
            .and_then(|()| socket.set_write_timeout(timeout))
            .map_err(|error| Error::from_io(Op::SetMode, &error))?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mode;
        Ok(())
    }

    /// Calls with the socket's timeout set to what is left of `deadline`. Both libraries tell a
    /// timeout as `EAGAIN`; `never` says that the call is one that does not wait, so that this is
    /// what it means.
    pub(super) fn run<T>(
        &self,
        socket: &impl AsFd,
        (op, side): (Op, Side),
        deadline: Deadline,
        never: bool,
        call: impl FnOnce() -> io::Result<T>,
    ) -> Result<T> {
        let mode = self.mode();
        let waits = mode != Mode::NonBlocking && !never;
        let left = mode.deadline(deadline).remaining().filter(|_| !deadline.is_never() && waits);
        let outcome = match left {
            None => call(),
            Some(Duration::ZERO) if side == Side::Write || is_empty(socket) => {
                return Err(Error::TimedOut { op, done: 0 });
            }
            Some(left) => {
                let failed = |error| Error::from_io(op, &error);
                arm(socket, side, Some(left + TICK)).map_err(failed)?;
                let outcome = call();
                arm(socket, side, positive(mode)).map_err(failed)?;
                outcome
            }
        };
        outcome.map_err(|error| {
            let error = Error::from_io(op, &error);
            let times_out = left.is_some() || matches!(mode, Mode::Timeout(_));
            match error.would_block() && times_out && waits {
                true => Error::TimedOut { op, done: 0 },
                false => error,
            }
        })
    }
}

/// Whether there is nothing to receive now (a send cannot be asked, and is not tried). The shortest
/// timeout is a tick of the kernel's clock, in which more may arrive: too long for a deadline that
/// has passed.
fn is_empty(socket: &impl AsFd) -> bool {
    let look = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    let looked = SockRef::from(socket).recv_with_flags(&mut [MaybeUninit::uninit()], look);
    looked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

fn arm(socket: &impl AsFd, side: Side, timeout: Option<Duration>) -> io::Result<()> {
    let socket = SockRef::from(socket);
    match side {
        Side::Read => socket.set_read_timeout(timeout),
        Side::Write => socket.set_write_timeout(timeout),
    }
}

fn positive(mode: Mode) -> Option<Duration> {
    match mode {
        Mode::Timeout(some) => Some(some + TICK),
        Mode::Blocking | Mode::NonBlocking => None,
    }
}
