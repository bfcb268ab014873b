//! Signals sent on purpose, where the system has them: to a thread that is blocked, and for a pipe
//! that is broken.

use std::time::{Duration, Instant};

use crate::Stop;
use crate::expect::inconclusive;

/// How often what waits may end before it could be interrupted.
const ATTEMPTS: usize = 20;

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(crate) use unix::Target;

/// A thread that no storm strikes, for the system has no signals.
#[cfg(not(unix))]
pub(crate) struct Target;

#[cfg(not(unix))]
impl Target {
    pub(crate) fn current() -> Self {
        Self
    }

    pub(crate) fn strike(&self) {}
}

/// What came of work that signals interrupted.
pub(crate) struct Interrupted<B> {
    /// What it returned.
    pub(crate) value: B,
    /// How many times it was interrupted before it ended.
    pub(crate) times: u32,
    /// How long after its start it had been interrupted for the first time, if it was.
    pub(crate) first: Option<Duration>,
    /// How long after its start it was still blocked when it was interrupted for the last time.
    pub(crate) last: Option<Duration>,
}

/// Runs `work` on a thread and interrupts it whenever it is blocked, at most a thousand times a
/// second and `most` times in all, until it ends; then runs `then`, and waits for it.
///
/// # Errors
/// [`Stop::Lacks`] where the system has no signals.
pub(crate) fn interrupt<B: Send>(
    most: u32,
    work: impl FnOnce() -> B + Send,
    then: impl FnOnce(),
) -> Result<Interrupted<B>, Stop> {
    #[cfg(unix)]
    return Ok(unix::interrupt(most, work, then));
    #[cfg(not(unix))]
    return lacking((most, work, then));
}

/// Interrupts `wait`, which ends by itself after a while, and tells how long it took. One that
/// could not be interrupted `early` enough, so that its end may have come first, is started anew.
///
/// # Errors
/// [`Stop::Lacks`] where the system has no signals; [`Stop::Inconclusive`] where the machine is too
/// busy.
pub(crate) fn interrupt_wait<B: Send>(
    most: u32,
    early: Duration,
    wait: impl Fn() -> B + Sync,
) -> Result<(Duration, Interrupted<B>), Stop> {
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        let interrupted = interrupt(most, &wait, || ())?;
        if interrupted.first.is_some_and(|first| first < early) {
            return Ok((start.elapsed(), interrupted));
        }
    }
    inconclusive("the machine is too busy to interrupt what waits before it ends")
}

/// Runs `work` and tells how often the system signalled a broken pipe meanwhile, which without a
/// handler ends the process.
///
/// # Errors
/// [`Stop::Lacks`] where the system has no signals.
pub(crate) fn count_broken_pipes<T>(work: impl FnOnce() -> T) -> Result<(T, usize), Stop> {
    #[cfg(unix)]
    return Ok(unix::count_broken_pipes(work));
    #[cfg(not(unix))]
    return lacking(work);
}

#[cfg(not(unix))]
fn lacking<A, T>(_: A) -> Result<T, Stop> {
    Err(Stop::Lacks("signals"))
}
