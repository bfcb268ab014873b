//! One deadline for a wait, however often signals interrupt it.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::io::Errno;

/// Calls `once` with the time it may wait, until it tells that something is ready, fails, or the
/// timeout is over; tells how many are ready.
///
/// No clock is read where there is no timeout, or where it is zero.
pub(crate) fn wait(
    timeout: Option<Duration>,
    mut once: impl FnMut(Option<&Timespec>) -> rustix::io::Result<usize>,
) -> io::Result<usize> {
    let deadline = match timeout {
        None => None,
        Some(Duration::ZERO) => return look(once),
        // A deadline that the clock cannot count to (584 years) is none.
        Some(timeout) => Instant::now().checked_add(timeout),
    };
    let mut left = timeout;
    loop {
        let limit = deadline.and(left).map(spec);
        match once(limit.as_ref()) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(count) => return Ok(count),
            Err(error) => return Err(error.into()),
        }
        if let Some(deadline) = deadline {
            let rest = deadline.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(0);
            }
            left = Some(rest);
        }
    }
}

/// The same for a call that waits at every descriptor: it looks first.
///
/// Poll and select enter the caller into the queue of each descriptor and take it out again, which
/// costs twice as much as only looking, at any number of them. Where nothing is ready, the second
/// call finds it at the price of a wait that is idle anyway.
pub(crate) fn look_then_wait(
    timeout: Option<Duration>,
    mut once: impl FnMut(Option<&Timespec>) -> rustix::io::Result<usize>,
) -> io::Result<usize> {
    match look(&mut once)? {
        0 if timeout == Some(Duration::ZERO) => Ok(0),
        0 => wait(timeout, once),
        count => Ok(count),
    }
}

fn look(mut once: impl FnMut(Option<&Timespec>) -> rustix::io::Result<usize>) -> io::Result<usize> {
    loop {
        match once(Some(&spec(Duration::ZERO))) {
            Err(Errno::INTR) => {}
            other => return Ok(other?),
        }
    }
}

/// The longest single wait: 24 days, what 31 bits of milliseconds hold. A longer one is repeated.
const STEP_MAX: Duration = Duration::from_millis(i32::MAX as u64);

fn spec(limit: Duration) -> Timespec {
    let limit = limit.min(STEP_MAX);
    Timespec { tv_sec: limit.as_secs() as _, tv_nsec: limit.subsec_nanos() as _ }
}
