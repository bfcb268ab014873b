//! Signals without end, for a thread that has to bear them.
#![expect(unsafe_code, reason = "sets a signal handler and signals a thread")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Runs `work` on a thread that is signalled again and again, with a handler that interrupts
/// system calls (no `SA_RESTART`), until it ends. Tells how many signals it got too.
pub(crate) fn under<T: Send>(work: impl FnOnce() -> T + Send) -> (T, usize) {
    handle();
    let before = caught();
    let outcome = thread::scope(|scope| {
        let (started, starts) = mpsc::channel();
        let working = scope.spawn(move || {
            // SAFETY: takes nothing, gives this thread's handle.
            started.send(unsafe { libc::pthread_self() } as usize).unwrap();
            work()
        });
        let target = starts.recv().unwrap();
        while !working.is_finished() {
            // SAFETY: the thread is not joined yet, so that its handle stands.
            unsafe { libc::pthread_kill(target as libc::pthread_t, libc::SIGUSR1) };
            thread::yield_now();
        }
        working.join().unwrap()
    });
    (outcome, caught() - before)
}

/// How many signals were caught so far.
pub(crate) fn caught() -> usize {
    CAUGHT.load(Ordering::Relaxed)
}

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_: libc::c_int) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

fn handle() {
    // SAFETY: a sigaction is plain numbers, for which zero is a value: no flag, no mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = count as extern "C" fn(libc::c_int) as usize;
    // SAFETY: the handler only counts, which a signal handler may.
    let set = unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) };
    assert_eq!(set, 0);
}
