//! Threads that are known to wait in the kernel, without sleeping for it.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// Runs `work` on a thread and returns once that thread waits in the kernel for readiness.
///
/// Linux tells by `/proc` which call a thread is in. Elsewhere this returns at once; what it tests
/// then holds for either order.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    let (started, starts) = mpsc::channel();
    let handle = scope.spawn(move || {
        started.send(fs::read_link("/proc/thread-self").unwrap_or_default()).unwrap();
        work()
    });
    let thread = PathBuf::from("/proc").join(starts.recv().unwrap());
    let limit = Instant::now() + Duration::from_secs(20);
    while cfg!(target_os = "linux") && !handle.is_finished() && !waits(&thread) {
        assert!(Instant::now() < limit, "the thread never waits");
        thread::yield_now();
    }
    handle
}

/// Whether the thread is in one of the calls that wait for readiness, and not just passing through.
#[cfg(target_os = "linux")]
fn waits(thread: &std::path::Path) -> bool {
    let waiting = [libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_pwait];
    let call = fs::read_to_string(thread.join("syscall")).unwrap_or_default();
    let number = call.split(' ').next().and_then(|number| number.parse().ok());
    number.is_some_and(|number| waiting.contains(&number))
}

#[cfg(not(target_os = "linux"))]
fn waits(_: &std::path::Path) -> bool {
    true
}
