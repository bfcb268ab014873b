//! One deadline for a wait, however often signals interrupt it.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::io::Errno;

/// Calls `once` with the time it may wait, until it tells that something is ready, fails, or the
/// timeout is over; tells how many are ready.
///
/// No clock is read where there is no timeout, or where it is zero.
#[inline]
pub(crate) fn wait(
    timeout: Option<Duration>,
    mut once: impl FnMut(Option<&Timespec>) -> rustix::io::Result<usize>,
) -> io::Result<usize> {
    match timeout {
        None => loop {
            match once(None) {
                Ok(0) | Err(Errno::INTR) => {}
                other => return Ok(other?),
            }
        },
        Some(Duration::ZERO) => look(once),
        Some(timeout) => wait_for(timeout, once),
    }
}

fn wait_for(
    timeout: Duration,
    mut once: impl FnMut(Option<&Timespec>) -> rustix::io::Result<usize>,
) -> io::Result<usize> {
    // A deadline that the clock cannot count to (584 years) is none.
    let Some(deadline) = Instant::now().checked_add(timeout) else { return wait(None, once) };
    let mut left = timeout;
    loop {
        match once(Some(&spec(left))) {
            Ok(0) | Err(Errno::INTR) => {}
            other => return Ok(other?),
        }
        left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(0);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits that the calls of a wait were given, where each call has that outcome.
    fn limits(
        timeout: Option<Duration>,
        outcomes: &[rustix::io::Result<usize>],
    ) -> (Vec<Option<Duration>>, usize) {
        let mut limits = Vec::new();
        let mut outcomes = outcomes.iter();
        let count = wait(timeout, |limit| {
            let limit = limit.map(|limit| {
                Duration::new(limit.tv_sec.unsigned_abs(), u32::try_from(limit.tv_nsec).unwrap())
            });
            limits.push(limit);
            *outcomes.next().expect("a call too many")
        });
        (limits, count.unwrap())
    }

    #[test]
    fn a_limit_is_exact_and_never_nothing() {
        for nanos in [1, 999, 999_999, 1_500_000_001] {
            let timeout = Some(Duration::from_nanos(nanos));
            assert_eq!(limits(timeout, &[Ok(3)]), (vec![timeout], 3));
        }
        assert_eq!(limits(None, &[Err(Errno::INTR), Ok(1)]), (vec![None, None], 1));
    }

    #[test]
    fn zero_calls_once_but_for_signals() {
        let zero = Some(Duration::ZERO);
        assert_eq!(limits(zero, &[Ok(0)]), (vec![zero], 0));
        assert_eq!(limits(zero, &[Err(Errno::INTR), Ok(1)]), (vec![zero; 2], 1));
        let mut calls = 0;
        let count = look_then_wait(zero, |_| {
            calls += 1;
            Ok(0)
        });
        assert_eq!((count.unwrap(), calls), (0, 1));
    }

    #[test]
    fn after_a_signal_less_is_left() {
        let hour = Duration::from_secs(3600);
        let (limits, _) = limits(Some(hour), &[Err(Errno::INTR), Err(Errno::INTR), Ok(1)]);
        assert!(limits[0] == Some(hour) && limits[1] < limits[0] && limits[2] < limits[1]);
    }

    #[test]
    fn a_long_wait_goes_in_steps() {
        for long in [Duration::from_secs(1 << 40), Duration::MAX] {
            let (limits, _) = limits(Some(long), &[Ok(0), Ok(1)]);
            assert!(limits[0] == Some(STEP_MAX) || limits == [None, None], "{limits:?}");
        }
    }

    #[test]
    fn an_error_of_the_system_keeps_its_number() {
        let error = wait(None, |_| Err(Errno::INVAL)).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::INVAL.raw_os_error()));
    }
}
