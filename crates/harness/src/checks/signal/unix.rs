//! Signals as POSIX has them.

#![expect(unsafe_code, reason = "the standard library has no signals")]

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Once, mpsc};
use std::time::{Duration, Instant};

use libc::c_int;

use super::Interrupted;
use crate::thread_state;

/// How far apart the interruptions are.
const APART: Duration = Duration::from_millis(1);

pub(super) fn interrupt<B: Send>(
    most: u32,
    work: impl FnOnce() -> B + Send,
    then: impl FnOnce(),
) -> Interrupted<B> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        handle(libc::SIGUSR1, count_interruption);
    });
    let (mut times, mut first, mut last) = (0, None, None);
    let value = std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let thread = scope.spawn(move || {
            // The receivers only go away with the scope, after this thread.
            let _ = tell.send((Thread::current(), thread_state::current(), Instant::now()));
            let value = work();
            let _ = end.send(());
            value
        });
        if let Ok((target, id, start)) = told.recv() {
            while times < most && ended.recv_timeout(APART).is_err() {
                let blocked = start.elapsed();
                if times == 0 || id.is_some() {
                    thread_state::await_blocked(id.clone(), || thread.is_finished());
                }
                let before = INTERRUPTIONS.load(Ordering::SeqCst);
                // SAFETY: the thread has not been joined, so its id still names it.
                unsafe { target.interrupt() };
                while INTERRUPTIONS.load(Ordering::SeqCst) == before && !thread.is_finished() {
                    std::thread::yield_now();
                }
                if INTERRUPTIONS.load(Ordering::SeqCst) > before {
                    first = first.or(Some(start.elapsed()));
                    last = Some(blocked);
                    times += 1;
                }
            }
        }
        then();
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    Interrupted { value, times, first, last }
}

pub(super) fn count_broken_pipes<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = BROKEN_PIPES.load(Ordering::SeqCst);
    let old = handle(libc::SIGPIPE, count_broken_pipe);
    let value = work();
    restore(libc::SIGPIPE, &old);
    (value, BROKEN_PIPES.load(Ordering::SeqCst) - before)
}

static BROKEN_PIPES: AtomicUsize = AtomicUsize::new(0);
static INTERRUPTIONS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count_broken_pipe(_: c_int) {
    BROKEN_PIPES.fetch_add(1, Ordering::SeqCst);
}

extern "C" fn count_interruption(_: c_int) {
    INTERRUPTIONS.fetch_add(1, Ordering::SeqCst);
}

/// A thread that a storm strikes. Whoever keeps one forgets it before the thread ends.
pub(crate) struct Target(Thread);

impl Target {
    /// The calling thread, with a handler for what strikes it.
    pub(crate) fn current() -> Self {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(|| {
            handle(libc::SIGUSR2, ignore);
        });
        Self(Thread::current())
    }

    /// Interrupts it.
    pub(crate) fn strike(&self) {
        // SAFETY: the thread has not ended, as whoever keeps a target promises; and if that were
        // broken after a thread was detached, nothing but its id is used.
        unsafe { libc::pthread_kill(self.0.0, libc::SIGUSR2) };
    }
}

extern "C" fn ignore(_: c_int) {}

/// A thread to interrupt.
struct Thread(libc::pthread_t);

// SAFETY: the id of a thread means the same on every thread of the process.
unsafe impl Send for Thread {}

impl Thread {
    fn current() -> Self {
        // SAFETY: it has no preconditions.
        Self(unsafe { libc::pthread_self() })
    }

    /// # Safety
    /// The thread has not been joined.
    unsafe fn interrupt(&self) {
        // SAFETY: the caller's promise. A thread that has ended is no error that matters here.
        unsafe { libc::pthread_kill(self.0, libc::SIGUSR1) };
    }
}

/// Has `signal` call `handler`, which must be safe to run at any point, and calls that it
/// interrupts fail with `EINTR` (no `SA_RESTART`). Returns what was done before.
fn handle(signal: c_int, handler: extern "C" fn(c_int)) -> libc::sigaction {
    // SAFETY: all zeros is a value of this plain C structure: no flags, the default handler.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    // SAFETY: the pointer is to a signal set that is ours.
    unsafe { libc::sigemptyset(&raw mut action.sa_mask) };
    let mut old = MaybeUninit::zeroed();
    // SAFETY: both pointers are to live structures of the right type.
    let failed = unsafe { libc::sigaction(signal, &raw const action, old.as_mut_ptr()) };
    assert_eq!(failed, 0, "the system takes a handler for signal {signal}");
    // SAFETY: the system has filled it, and all zeros would be a value too.
    unsafe { old.assume_init() }
}

fn restore(signal: c_int, old: &libc::sigaction) {
    // SAFETY: the structure is the one that the system gave.
    unsafe { libc::sigaction(signal, ptr::from_ref(old), ptr::null_mut()) };
}
