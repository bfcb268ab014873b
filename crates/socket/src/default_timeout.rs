//! The timeout that new sockets start with, for the whole process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sockrates_core::{Deadline, Mode, Result};

static DEFAULT: AtomicU64 = AtomicU64::new(BLOCKING);

/// Sets the timeout that sockets of this process start with from now on: `None` waits as long as
/// it takes, zero never waits.
///
/// New, accepted, adopted and paired sockets take it; a listener's own timeout is never
/// inherited. A duplicate takes the timeout of its original.
///
/// ```standalone_crate
/// use std::time::Duration;
/// sockrates_socket::set_default_timeout(Some(Duration::from_secs(5)))?;
/// assert_eq!(sockrates_socket::default_timeout(), Some(Duration::from_secs(5)));
/// # sockrates_socket::set_default_timeout(None)?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Invalid`](sockrates_core::Error::Invalid) where it is over [`Mode::TIMEOUT_MAX`].
///
/// Source: Python `socket.setdefaulttimeout`.
#[doc(alias = "setdefaulttimeout")]
pub fn set_default_timeout(timeout: Option<Duration>) -> Result<()> {
    DEFAULT.store(encode(Mode::from_timeout(timeout)?), Ordering::Relaxed);
    Ok(())
}

/// The timeout that sockets of this process start with; `None`, unless set, waits as long as it
/// takes.
///
/// Source: Python `socket.getdefaulttimeout`.
#[doc(alias = "getdefaulttimeout")]
#[must_use]
pub fn default_timeout() -> Option<Duration> {
    default_mode().timeout()
}

pub(crate) fn default_mode() -> Mode {
    decode(DEFAULT.load(Ordering::Relaxed))
}

/// The earlier of `deadline` and the default timeout from now, where that is one.
pub(crate) fn default_limit(deadline: Deadline) -> Deadline {
    default_mode().deadline(deadline)
}

/// A mode as one number, so that reading it takes no lock: nanoseconds, 0 for never waiting, and
/// a number that no timeout reaches for waiting as long as it takes.
pub(crate) fn encode(mode: Mode) -> u64 {
    match mode {
        Mode::Blocking => BLOCKING,
        Mode::NonBlocking => 0,
        // No timeout is longer than `Mode::TIMEOUT_MAX`, which `from_timeout` sees to; one made by
        // hand counts as the longest.
        Mode::Timeout(some) => {
            let most = Mode::TIMEOUT_MAX.as_nanos();
            some.as_nanos().clamp(1, most).try_into().unwrap_or(i64::MAX as u64)
        }
    }
}

#[inline]
pub(crate) fn decode(nanos: u64) -> Mode {
    match nanos {
        BLOCKING | SPINNING => Mode::Blocking,
        0 => Mode::NonBlocking,
        some => Mode::Timeout(Duration::from_nanos(some)),
    }
}

pub(crate) const BLOCKING: u64 = u64::MAX;

/// As [`BLOCKING`], but that the tries of [`Socket::set_spin`](crate::Socket::set_spin) come before
/// the kernel waits. A number of its own, so that the one question that every operation asks of the
/// mode tells the two apart.
pub(crate) const SPINNING: u64 = u64::MAX - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_survive_their_encoding() {
        for mode in [
            Mode::Blocking,
            Mode::NonBlocking,
            Mode::Timeout(Duration::from_nanos(1)),
            Mode::Timeout(Mode::TIMEOUT_MAX),
        ] {
            assert_eq!(decode(encode(mode)), mode);
        }
    }
}
