//! Wakes.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Ready, Result};

use crate::checks::readiness::{KEY, arrived, sum, tells};
use crate::expect::{ensure, holds};
use crate::{Case, Observation, Poller, Stop};

/// How long a wait lasts that nobody wakes.
const WAIT: Duration = Duration::from_millis(10);

/// How many threads wake at a time, and how often each.
const THREADS: usize = 4;
const WAKES: usize = 100;

pub(super) fn wake(case: &Case<'_>) -> Observation {
    let (poller, patience) = (case.poller()?, case.patience());
    let wait = || poller.timed_wait(Some(patience));
    let (waited, woken) = case.while_blocked(wait, || poller.wake());
    woken?;
    ended(waited?.0, patience)?;
    holds()
}

pub(super) fn wake_before(case: &Case<'_>) -> Observation {
    let poller = case.poller()?;
    for _ in 0..2 {
        poller.wake()?;
        is_woken(case, &poller)?;
    }
    holds()
}

pub(super) fn wake_nothing(case: &Case<'_>) -> Observation {
    let (_a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    poller.wake()?;
    let told = poller.wait(Some(case.patience()))?;
    ensure(told.is_empty(), "a wake tells nothing", "something is told")?;
    holds()
}

pub(super) fn wake_ready(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    poller.wake()?;
    let mut told = poller.wait(Some(case.patience()))?;
    if told.is_empty() {
        told = poller.now()?;
    }
    tells("an end with data, beside a wake,", Ready::READ, sum(&told))?;
    holds()
}

pub(super) fn wake_once(case: &Case<'_>) -> Observation {
    let poller = case.poller()?;
    // More than once, for on a busy machine a wait that ends too early may seem to last.
    for _ in 0..3 {
        for _ in 0..WAKES {
            poller.wake()?;
        }
        is_woken(case, &poller)?;
        let (took, _) = poller.timed_wait(Some(WAIT))?;
        ensure(took >= WAIT, "the next wait lasts its timeout", "the next wait ends before")?;
    }
    holds()
}

/// Wakes by threads that have ended before the wait, by threads during a wait, and by threads that
/// wake at any moment of a loop of waits.
pub(super) fn wake_threads(case: &Case<'_>) -> Observation {
    let (poller, patience) = (case.poller()?, case.patience());
    let count = AtomicUsize::new(0);
    wake_from_threads(&poller, &count)?;
    is_woken(case, &poller)?;
    let wait = || poller.timed_wait(Some(patience));
    let (waited, woken) = case.while_blocked(wait, || wake_from_threads(&poller, &count));
    woken?;
    ended(waited?.0, patience)?;
    std::thread::scope(|scope| {
        let wakers = scope.spawn(|| wake_from_threads(&poller, &count));
        let mut seen = is_over(&count);
        while !seen {
            let (took, _) = poller.timed_wait(Some(patience))?;
            // The count is raised before the wake: a wait that begins below it is woken.
            ended(took, patience)?;
            seen = is_over(&count);
        }
        let woken = wakers.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        woken?;
        holds()
    })
}

/// Whether all the wakes of three rounds are done.
fn is_over(count: &AtomicUsize) -> bool {
    count.load(SeqCst) == 3 * THREADS * WAKES
}

fn wake_from_threads(poller: &Poller, count: &AtomicUsize) -> Result<()> {
    std::thread::scope(|scope| {
        let wake = || {
            (0..WAKES).try_for_each(|_| {
                count.fetch_add(1, SeqCst);
                poller.wake()
            })
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(wake)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

fn is_woken(case: &Case<'_>, poller: &Poller) -> Result<(), Stop> {
    let patience = case.patience();
    let (took, _) = poller.timed_wait(Some(patience))?;
    ended(took, patience)
}

/// A wait was ended by a wake, and not by its timeout.
fn ended(took: Duration, patience: Duration) -> Result<(), Stop> {
    ensure(took < patience, "a wake ends the wait", "the wait goes on until its timeout")
}
