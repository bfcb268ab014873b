//! The engine: try first, wait only where the system says so, one absolute deadline.
//!
//! An operation with data ready costs one system call and no clock reading. Only what would have
//! to wait computes its deadline, once, and polls; an interruption by a signal goes on with the
//! time that is left, however often it comes.
//!
//! | mode | the call | where it would wait |
//! |---|---|---|
//! | blocking | waits in the kernel | |
//! | blocking, with a deadline | `MSG_DONTWAIT` | polls to the deadline |
//! | timeout | `MSG_DONTWAIT`, `O_NONBLOCK` | polls to the deadline |
//! | non-blocking | `MSG_DONTWAIT`, `O_NONBLOCK` | `EAGAIN` |
//!
//! With [`Socket::set_spin`] the call is `MSG_DONTWAIT` in blocking mode too, and where it would
//! wait, it is made so many times more before.
//!
//! `SO_RCVTIMEO` and `SO_SNDTIMEO` are never used: they count per call, and what they fail with
//! differs by platform.
//!
//! Source: POSIX.1-2024 `recv`, `poll`; Python, PEP 475.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Ready, Result};

use crate::Socket;
use crate::sys::{self, Interest};

/// One operation: what it is called, what it waits for, for how long.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    pub(crate) op: Op,
    pub(crate) interest: Interest,
    pub(crate) deadline: Deadline,
    /// Whether this one operation never waits.
    pub(crate) never: bool,
}

impl Socket {
    /// Calls until the call succeeds, fails, or may not wait any longer. The call is given the
    /// flag that keeps it from waiting in the kernel, where it must not.
    #[inline]
    pub(crate) fn run<T>(
        &self,
        wait: Wait,
        mut call: impl FnMut(&socket2::Socket, i32) -> io::Result<T>,
    ) -> Result<T> {
        let kernel_waits = self.waits_in_kernel() && wait.deadline.is_never() && !wait.never;
        let flag = if kernel_waits { 0 } else { sys::MSG_DONTWAIT };
        match call(self.inner(), flag) {
            Ok(done) => Ok(done),
            Err(error) => self.resume(wait, error, &mut |flag| call(self.inner(), flag)),
        }
    }

    /// The flag of the first call of an operation that has no deadline of its own.
    #[inline]
    pub(crate) fn first_flag(&self) -> i32 {
        if self.waits_in_kernel() { 0 } else { sys::MSG_DONTWAIT }
    }

    /// The rest of an operation whose first call failed with `error`.
    #[cold]
    #[inline(never)]
    pub(crate) fn resume<T>(
        &self,
        wait: Wait,
        mut error: io::Error,
        call: &mut dyn FnMut(i32) -> io::Result<T>,
    ) -> Result<T> {
        let mode = self.mode();
        let kernel_waits = mode == Mode::Blocking && wait.deadline.is_never() && !wait.never;
        let flag = if kernel_waits { 0 } else { sys::MSG_DONTWAIT };
        let mut tries = if wait.op == Op::Accept { 0 } else { self.spin() };
        // Where the kernel is to wait, the call that follows the tries does.
        let mut untold = kernel_waits && tries > 0;
        let mut until = None;
        let mut fruitless = 0;
        loop {
            let failed = self.failed(wait.op, &error);
            let errno = failed.errno().unwrap_or(Errno::SUCCESS);
            let interrupted = errno == Errno::EINTR;
            if !interrupted && (!errno.would_block() || wait.never || mode == Mode::NonBlocking) {
                return Err(failed);
            }
            let until = *until.get_or_insert_with(|| mode.deadline(wait.deadline));
            let mut flag = flag;
            if interrupted {
                // Where every call is interrupted, the deadline still ends it.
                if until.has_passed() {
                    return Err(Error::TimedOut { op: wait.op, done: 0 });
                }
            } else if tries > 0 && !(tries % TRIES_A_CLOCK == 0 && until.has_passed()) {
                tries -= 1;
                flag = sys::MSG_DONTWAIT;
            } else if untold {
                untold = false;
            } else {
                tries = 0;
                pause(fruitless, until);
                let start = Instant::now();
                self.await_ready(wait.op, wait.interest, until)?;
                // Readiness that had to be waited for was another thread's: no reason to pause.
                fruitless = if start.elapsed() < PAUSE_MIN { fruitless + 1 } else { 0 };
            }
            match call(flag) {
                Ok(done) => return Ok(done),
                Err(next) => error = next,
            }
        }
    }

    /// Waits until the socket is ready.
    ///
    /// # Errors
    /// [`Error::TimedOut`] once `until` has passed; the errno of `poll`.
    pub(crate) fn await_ready(&self, op: Op, interest: Interest, until: Deadline) -> Result<()> {
        loop {
            let left = until.remaining();
            if left.is_some_and(|left| left.is_zero()) {
                return Err(self.or_closed(Error::TimedOut { op, done: 0 }));
            }
            match sys::poll(self.inner(), interest, left) {
                Ok(Ready { read: false, write: false, error: false, hangup: false }) => {}
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(op, &error)),
            }
        }
    }

    /// Runs a call that has no flag to keep it from waiting, on a socket that may block, so that
    /// it does not wait.
    ///
    /// The socket is non-blocking for the moment of this one call. Blocking operations of this
    /// process that meet that moment see `EAGAIN` and wait by polling, as in [`Socket::resume`];
    /// one moment at a time, so that none ends another's.
    pub(crate) fn without_waiting<T>(
        &self,
        call: impl FnOnce(&socket2::Socket) -> io::Result<T>,
    ) -> io::Result<T> {
        if !self.blocks() {
            return call(self.inner());
        }
        let _one = MOMENT.lock().unwrap_or_else(PoisonError::into_inner);
        self.inner().set_nonblocking(true)?;
        let done = call(self.inner());
        // The mode may have been set since it was looked at, though not since the lock was taken.
        self.inner().set_nonblocking(!self.blocks())?;
        done
    }
}

/// Sleeps a moment where readiness has come to nothing again and again, so that waiting never turns
/// into spinning: a datagram socket that was shut down is ready for ever and brings nothing. The
/// first few times cost nothing, for another thread may have been quicker.
pub(crate) fn pause(fruitless: u32, until: Deadline) {
    if let Some(doublings) = fruitless.checked_sub(FRUITLESS_FREE) {
        let moment = PAUSE_MIN.saturating_mul(1 << doublings.min(PAUSE_DOUBLINGS));
        sys::pause(until.remaining().map_or(moment, |left| left.min(moment)));
    }
}

/// How many tries go by between two looks at the clock: some microseconds.
const TRIES_A_CLOCK: u32 = 16;

const FRUITLESS_FREE: u32 = 4;
const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_DOUBLINGS: u32 = 5;

/// Held while a blocking socket is non-blocking for one call, and while a mode is set.
pub(crate) static MOMENT: Mutex<()> = Mutex::new(());

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::{Type, socketpair};

    const SHORT: Duration = Duration::from_millis(20);

    fn wait(deadline: Deadline) -> Wait {
        Wait { op: Op::Recv, interest: Interest::Read, deadline, never: false }
    }

    /// A socket that is always ready to be read, whatever a receive then says.
    fn ready() -> (Socket, Socket) {
        let (socket, peer) = socketpair(Type::STREAM).unwrap();
        peer.send_all(b"ready").unwrap();
        (socket, peer)
    }

    #[test]
    fn readiness_that_comes_to_nothing_neither_spins_nor_prolongs_the_deadline() {
        let (socket, _peer) = ready();
        socket.set_timeout(Some(SHORT)).unwrap();
        for errno in [Errno::EAGAIN, Errno::EINTR] {
            let start = Instant::now();
            let mut calls = 0;
            let outcome = socket.run(wait(Deadline::NEVER), |_, _| {
                assert!(start.elapsed() < SHORT + Duration::from_secs(20), "it goes on for ever");
                calls += 1;
                Err::<(), _>(io::Error::from_raw_os_error(errno.code()))
            });
            assert!(outcome.unwrap_err().is_timeout());
            assert!(start.elapsed() >= SHORT);
            assert!(errno == Errno::EINTR || calls < 100, "{calls} calls are a spin");
        }
    }

    #[test]
    fn only_a_blocking_call_without_a_deadline_waits_in_the_kernel() {
        let (socket, _peer) = ready();
        let soon = Deadline::after(SHORT);
        for (mode, deadline, never, waits) in [
            (Mode::Blocking, Deadline::NEVER, false, true),
            (Mode::Blocking, soon, false, false),
            (Mode::Blocking, Deadline::NEVER, true, false),
            (Mode::Timeout(SHORT), Deadline::NEVER, false, false),
            (Mode::NonBlocking, Deadline::NEVER, false, false),
        ] {
            socket.set_mode(mode).unwrap();
            let flag = socket.run(Wait { never, ..wait(deadline) }, |_, flag| Ok(flag)).unwrap();
            assert_eq!(flag == 0, waits, "{mode:?}, {deadline:?}, {never}");
        }
    }

    #[test]
    fn what_may_not_wait_says_so_at_once() {
        let (socket, _peer) = ready();
        let mut calls = 0;
        let hasty = Wait { never: true, ..wait(Deadline::NEVER) };
        let outcome = socket.run(hasty, |_, _| {
            calls += 1;
            Err::<(), _>(io::Error::from_raw_os_error(Errno::EAGAIN.code()))
        });
        assert_eq!((outcome.unwrap_err().errno(), calls), (Some(Errno::EAGAIN), 1));
    }

    /// The flags of the calls of an operation that always has to wait, but for one call that
    /// succeeds: that with the number `last`.
    fn flags(socket: &Socket, wait: Wait, last: usize) -> (Result<()>, Vec<i32>) {
        let mut flags = Vec::new();
        let outcome = socket.run(wait, |_, flag| {
            flags.push(flag);
            match flags.len() {
                calls if calls == last => Ok(()),
                _ => Err(io::Error::from_raw_os_error(Errno::EAGAIN.code())),
            }
        });
        (outcome, flags)
    }

    #[test]
    fn as_many_tries_as_asked_for_come_before_the_wait() {
        const TRY: i32 = sys::MSG_DONTWAIT;
        let (socket, _peer) = ready();
        let (once, never) = (wait(Deadline::NEVER), Wait { never: true, ..wait(Deadline::NEVER) });
        let soon = wait(Deadline::after(Duration::from_secs(60)));
        let accept = Wait { op: Op::Accept, ..once };
        for (mode, wait, last, expected) in [
            (Mode::Blocking, once, 1, &[TRY][..]),
            (Mode::Blocking, once, 3, &[TRY, TRY, TRY]),
            (Mode::Blocking, once, 5, &[TRY, TRY, TRY, TRY, 0]),
            // A call that was to wait and did not: the descriptor was non-blocking for a moment.
            (Mode::Blocking, once, 7, &[TRY, TRY, TRY, TRY, 0, 0, 0]),
            (Mode::Blocking, soon, 6, &[TRY; 6]),
            (Mode::Blocking, accept, 3, &[TRY, 0, 0]),
            (Mode::Timeout(Duration::from_secs(60)), once, 6, &[TRY; 6]),
            (Mode::Timeout(Duration::from_secs(60)), never, 0, &[TRY]),
            (Mode::Blocking, never, 0, &[TRY]),
            (Mode::NonBlocking, once, 0, &[TRY]),
        ] {
            // Whichever of the two is set last.
            for spin_first in [true, false] {
                socket.set_spin(if spin_first { 3 } else { 0 });
                socket.set_mode(mode).unwrap();
                socket.set_spin(3);
                let (outcome, flags) = flags(&socket, wait, last);
                assert_eq!(flags, expected, "{mode:?}, {last}");
                assert_eq!(outcome.is_ok(), last > 0, "{outcome:?}");
                assert_eq!((socket.mode(), socket.dup().unwrap().spin()), (mode, 3));
            }
        }
        socket.set_blocking(true).unwrap();
        socket.set_spin(0);
        assert_eq!(flags(&socket, once, 2).1, [0, 0], "off again");
    }

    #[test]
    fn tries_end_at_the_deadline_however_many_they_are() {
        let (socket, _peer) = ready();
        socket.set_spin(u32::MAX);
        for mode in [Mode::Timeout(SHORT), Mode::Blocking] {
            socket.set_mode(mode).unwrap();
            let start = Instant::now();
            let deadline =
                if mode == Mode::Blocking { Deadline::after(SHORT) } else { Deadline::NEVER };
            let (outcome, flags) = flags(&socket, wait(deadline), 0);
            assert!(outcome.unwrap_err().is_timeout());
            assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + Duration::from_secs(20));
            assert!(flags.len() > 100, "{} tries in all that time", flags.len());
        }
    }
}
