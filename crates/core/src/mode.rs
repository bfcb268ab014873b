//! A socket's mode: what an operation does when it would have to wait.

use std::time::Duration;

use crate::{Deadline, Error};

/// What an operation does when it would have to wait: Python's timeout `None`, `0.0` and `x`.
///
/// ```
/// use sockrates_core::Mode;
/// use std::time::Duration;
///
/// assert_eq!(Mode::from_secs(None)?, Mode::Blocking);
/// assert_eq!(Mode::from_secs(Some(0.0))?, Mode::NonBlocking);
/// assert_eq!(Mode::from_secs(Some(1.5))?, Mode::Timeout(Duration::from_millis(1500)));
/// assert!(Mode::from_secs(Some(-1.0)).is_err());
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// Source: Python `socket.settimeout`, "Notes on socket timeouts".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// Wait as long as it takes.
    #[default]
    Blocking,
    /// Never wait: fail with `EAGAIN`.
    NonBlocking,
    /// Wait this long for each operation as a whole, then fail with [`Error::TimedOut`].
    Timeout(Duration),
}

impl Mode {
    /// The longest timeout: 292 years, what 63 bits of nanoseconds hold.
    pub const TIMEOUT_MAX: Duration = Duration::from_nanos(i64::MAX as u64);

    /// The mode for a timeout: `None` blocks, zero never waits.
    ///
    /// # Errors
    /// [`Error::Invalid`] where `timeout` is over [`TIMEOUT_MAX`](Self::TIMEOUT_MAX).
    pub fn from_timeout(timeout: Option<Duration>) -> Result<Self, Error> {
        match timeout {
            None => Ok(Self::Blocking),
            Some(Duration::ZERO) => Ok(Self::NonBlocking),
            Some(long) if long > Self::TIMEOUT_MAX => Err(Error::invalid(
                "timeout",
                format!("{long:?}"),
                "the longest is 292 years; use None to wait for ever",
            )),
            Some(some) => Ok(Self::Timeout(some)),
        }
    }

    /// The mode for a timeout in seconds, as Python's `settimeout` takes it; a fraction of a
    /// nanosecond counts as a whole one, so that a tiny timeout never turns into "do not wait".
    ///
    /// # Errors
    /// [`Error::Invalid`] where it is negative, not a number, infinite or over
    /// [`TIMEOUT_MAX`](Self::TIMEOUT_MAX).
    pub fn from_secs(timeout: Option<f64>) -> Result<Self, Error> {
        let Some(secs) = timeout else { return Ok(Self::Blocking) };
        let refuse = |why| Err(Error::invalid("timeout", format!("{secs} s"), why));
        if secs.is_nan() {
            return refuse("not a number; use seconds of 0 or more");
        }
        if secs < 0.0 {
            return refuse("negative; use 0 to never wait, None to wait for ever");
        }
        if secs == 0.0 {
            return Ok(Self::NonBlocking);
        }
        match Duration::try_from_secs_f64(secs) {
            Ok(some) => Self::from_timeout(Some(some.max(Duration::from_nanos(1)))),
            Err(_) => refuse("the longest is 292 years; use None to wait for ever"),
        }
    }

    /// The timeout as Python's `gettimeout` tells it: `None` blocks, zero never waits.
    #[must_use]
    pub fn timeout(self) -> Option<Duration> {
        match self {
            Self::Blocking => None,
            Self::NonBlocking => Some(Duration::ZERO),
            Self::Timeout(some) => Some(some),
        }
    }

    /// Whether operations may wait, as Python's `getblocking` tells it: everything but
    /// [`NonBlocking`](Self::NonBlocking).
    #[must_use]
    pub fn is_blocking(self) -> bool {
        self != Self::NonBlocking
    }

    /// The deadline of an operation that starts now in this mode with `deadline` of its own: the
    /// earlier of the two.
    #[must_use]
    #[inline]
    pub fn deadline(self, deadline: Deadline) -> Deadline {
        match self {
            Self::Timeout(some) => Deadline::after(some).min(deadline),
            Self::Blocking | Self::NonBlocking => deadline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_timeouts_are_refused_by_name() {
        for (secs, word) in [
            (-1.0, "negative"),
            (f64::NAN, "not a number"),
            (f64::INFINITY, "292 years"),
            (1e18, "292"),
        ] {
            let text = Mode::from_secs(Some(secs)).unwrap_err().to_string();
            assert!(text.contains(word), "{text}");
        }
    }

    #[test]
    fn negative_zero_never_waits_and_a_tiny_timeout_still_does() {
        assert_eq!(Mode::from_secs(Some(-0.0)).unwrap(), Mode::NonBlocking);
        assert_eq!(Mode::from_secs(Some(1e-12)).unwrap(), Mode::Timeout(Duration::from_nanos(1)));
    }
}
