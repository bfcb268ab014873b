//! Threads that are known to wait in the kernel, without sleeping for it.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// Runs `work` on a thread and returns once that thread waits in the kernel (or has ended).
///
/// Linux tells by `/proc` whether a thread waits, and in which call. Elsewhere it returns as soon
/// as the thread runs; what it tests then holds for either order.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    let (started, starts) = mpsc::channel();
    let handle = scope.spawn(move || {
        started.send(thread_id()).unwrap();
        work()
    });
    let id = starts.recv().unwrap();
    let limit = Instant::now() + Duration::from_secs(20);
    while cfg!(target_os = "linux") && !handle.is_finished() && !waits(id) {
        if Instant::now() > limit {
            give_up(&format!("thread {id} never waits, but does {:?}", call(id)));
        }
        thread::yield_now();
    }
    handle
}

/// What the thread brought, within 30 s.
pub(crate) fn outcome<T>(waiting: ScopedJoinHandle<'_, T>) -> T {
    let limit = Instant::now() + Duration::from_secs(30);
    while !waiting.is_finished() {
        if Instant::now() > limit {
            give_up("the thread still waits");
        }
        thread::yield_now();
    }
    waiting.join().unwrap()
}

/// Ends the process: a thread cannot be stopped, and the test shall fail, not hang.
fn give_up(why: &str) -> ! {
    let _ = writeln!(io::stderr(), "FAILED {:?}: {why}", thread::current().name());
    std::process::abort();
}

fn thread_id() -> libc::c_long {
    #[cfg(target_os = "linux")]
    // SAFETY: takes nothing, gives a number.
    #[expect(unsafe_code, reason = "std has no number of a thread")]
    let id = unsafe { libc::syscall(libc::SYS_gettid) };
    #[cfg(not(target_os = "linux"))]
    let id = 0;
    id
}

/// Whether the thread is in one of the calls that wait for a socket.
fn waits(id: libc::c_long) -> bool {
    #[cfg(target_os = "linux")]
    {
        let waiting = [
            libc::SYS_recvfrom,
            libc::SYS_recvmsg,
            libc::SYS_recvmmsg,
            libc::SYS_sendto,
            libc::SYS_sendmsg,
            libc::SYS_sendfile,
            libc::SYS_accept4,
            libc::SYS_connect,
            libc::SYS_ppoll,
        ];
        let number = call(id).and_then(|call| call.split(' ').next()?.parse().ok());
        number.is_some_and(|number| waiting.contains(&number))
    }
    #[cfg(not(target_os = "linux"))]
    return id == 0;
}

/// The call that the thread waits in, in `/proc`'s words; `running` where it does not wait.
fn call(id: libc::c_long) -> Option<String> {
    std::fs::read_to_string(format!("/proc/self/task/{id}/syscall")).ok()
}
