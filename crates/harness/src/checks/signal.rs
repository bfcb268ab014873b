//! Signals sent on purpose, where the system has them: to a thread that is blocked, and for a pipe
//! that is broken.

use crate::Stop;

#[cfg(unix)]
mod unix;

/// Runs `work` on a thread and interrupts it a thousand times a second, at most `most` times, until
/// it ends; then runs `then`, and waits for it. Tells what it returned, and whether it took fewer
/// interruptions than `most`.
///
/// # Errors
/// [`Stop::Lacks`] where the system has no signals.
pub(crate) fn interrupt<B: Send>(
    most: u32,
    work: impl FnOnce() -> B + Send,
    then: impl FnOnce(),
) -> Result<(B, bool), Stop> {
    #[cfg(unix)]
    return Ok(unix::interrupt(most, work, then));
    #[cfg(not(unix))]
    return lacking((most, work, then));
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
