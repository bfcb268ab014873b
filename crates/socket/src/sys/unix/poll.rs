//! Waiting for readiness, to the nanosecond where the system can.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use sockrates_core::Ready;

/// Waits until the socket is ready, for `limit` at most; `None` waits as long as it takes. Tells
/// nothing ready where time ran out. It never returns early for rounding.
pub(crate) fn poll(
    socket: &socket2::Socket,
    interest: Interest,
    limit: Option<Duration>,
) -> io::Result<Ready> {
    let mut fd = libc::pollfd { fd: socket.as_raw_fd(), events: interest.events(), revents: 0 };
    super::check(poll_one(&mut fd, limit))?;
    let has = |event| fd.revents & event != 0;
    if has(libc::POLLNVAL) {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    Ok(Ready {
        read: has(libc::POLLIN | libc::POLLPRI),
        write: has(libc::POLLOUT),
        error: has(libc::POLLERR),
        hangup: has(libc::POLLHUP),
    })
}

/// Sleeps for `moment`, or until a signal.
pub(crate) fn pause(moment: Duration) {
    // Polling nothing sleeps; an interruption only makes it shorter.
    let nothing = libc::pollfd { fd: -1, events: 0, revents: 0 };
    let _ = poll_one(&mut { nothing }, Some(moment));
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Input, a connection to accept, or the end.
    Read,
    /// Room to send, or the end of a connection attempt.
    Write,
    /// Urgent input.
    Urgent,
    /// Whatever is asked.
    Any(Ready),
}

impl Interest {
    fn events(self) -> libc::c_short {
        match self {
            Self::Read => libc::POLLIN,
            Self::Write => libc::POLLOUT,
            Self::Urgent => libc::POLLPRI,
            Self::Any(ready) => {
                let read = if ready.read { libc::POLLIN } else { 0 };
                read | if ready.write { libc::POLLOUT } else { 0 }
            }
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn poll_one(fd: &mut libc::pollfd, limit: Option<Duration>) -> libc::c_int {
    let limit = limit.map(|limit| {
        // SAFETY: a timespec is plain numbers, for which zero is a value; some targets pad it.
        let mut spec: libc::timespec = unsafe { std::mem::zeroed() };
        spec.tv_sec = limit.as_secs().try_into().unwrap_or(libc::time_t::MAX);
        // Below 10^9 by its contract, which every tv_nsec holds.
        spec.tv_nsec = limit.subsec_nanos() as _;
        spec
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: one pollfd and a timespec or null, both alive through the call; no signal mask.
    unsafe { libc::ppoll(fd, 1, limit, std::ptr::null()) }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn poll_one(fd: &mut libc::pollfd, limit: Option<Duration>) -> libc::c_int {
    let millis = limit.map_or(-1, |limit| {
        limit.as_nanos().div_ceil(1_000_000).try_into().unwrap_or(libc::c_int::MAX)
    });
    // SAFETY: one pollfd, alive through the call.
    unsafe { libc::poll(fd, 1, millis) }
}
