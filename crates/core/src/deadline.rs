//! How long an operation may wait: a mode for a socket, a deadline for one operation.

use std::fmt;
use std::time::{Duration, Instant};

/// The instant by which an operation must end, or never.
///
/// A deadline is absolute, on the monotonic clock: an operation of many calls (`send_all`, a frame
/// that arrives in pieces) is bounded as a whole, however often it is interrupted.
///
/// ```
/// use sockrates_core::Deadline;
/// use std::time::Duration;
///
/// let soon = Deadline::after(Duration::from_millis(20));
/// assert!(soon.remaining().unwrap() <= Duration::from_millis(20));
/// assert_eq!(Deadline::NEVER.remaining(), None);
/// assert_eq!(soon.min(Deadline::NEVER), soon); // never is later than any instant
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No deadline: wait as long as it takes.
    pub const NEVER: Self = Self(None);

    /// The deadline at `instant`. One that has passed makes an operation try once and not wait.
    #[must_use]
    pub fn at(instant: Instant) -> Self {
        Self(Some(instant))
    }

    /// The deadline `timeout` from now; [`NEVER`](Self::NEVER) where the clock cannot count so far
    /// (584 years).
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now().checked_add(timeout))
    }

    /// The instant, or `None` for never.
    #[must_use]
    pub fn instant(self) -> Option<Instant> {
        self.0
    }

    /// Whether there is no deadline.
    #[must_use]
    pub fn is_never(self) -> bool {
        self.0.is_none()
    }

    /// The time left: zero once it has passed, `None` for never.
    #[must_use]
    pub fn remaining(self) -> Option<Duration> {
        self.0.map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.0.is_some_and(|at| at <= Instant::now())
    }

    /// The earlier of the two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.min(b))),
            (one, other) => Self(one.or(other)),
        }
    }
}

impl From<Option<Duration>> for Deadline {
    /// The deadline that much from now; `None` is never.
    fn from(timeout: Option<Duration>) -> Self {
        timeout.map_or(Self::NEVER, Self::after)
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remaining() {
            None => f.write_str("no deadline"),
            Some(left) => write!(f, "{left:?} left"),
        }
    }
}
