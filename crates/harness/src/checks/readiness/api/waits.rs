//! How long a wait lasts.

use std::time::{Duration, Instant};

use sockrates_core::{Errno, Error, Ready};

use crate::checks::readiness::{KEY, NOTHING, arrived, sum, tells};
use crate::checks::signal;
use crate::expect::{ensure, holds, isolated, saw};
use crate::{Case, Conn, Observation, Poller, Stop};

/// How long a wait is to last in which nothing happens.
const WAIT: Duration = Duration::from_millis(10);

/// How much longer the quickest of [`TRIES`] may last.
const SLACK: Duration = Duration::from_millis(50);

/// How often what has to be quick is tried: a busy machine makes some of them late, not all.
const TRIES: usize = 5;

/// Longer than any case may take.
const HOUR: Duration = Duration::from_secs(3600);

/// Timeouts between what systems count in: microseconds, milliseconds, ticks.
const ODD: [Duration; 5] = [
    Duration::from_micros(1),
    Duration::from_micros(300),
    Duration::from_nanos(999_999),
    Duration::from_micros(1_500),
    Duration::from_nanos(2_999_999),
];

/// Enough rounds to see a wait that is too short in spite of a machine that is late.
const ROUNDS: usize = 6;

/// Enough interruptions to show what is done about them.
const SOME: u32 = 5;

/// So many interruptions that they take longer than the wait.
const MANY: u32 = 100;

/// How long an interrupted wait is to last.
const INTERRUPTED: Duration = Duration::from_millis(30);

/// How early a first interruption has to come.
const EARLY: Duration = Duration::from_millis(15);

/// How long after its end a wait cannot be blocked any more.
const LATE: Duration = Duration::from_millis(10);

/// A pair, and what watches b for something to receive.
fn watched(case: &Case<'_>) -> Result<(Conn, Conn, Poller), Stop> {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    Ok((a, b, poller))
}

pub(super) fn zero(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case)?;
    let quickest = quickest(|| {
        let (took, told) = poller.timed_wait(Some(Duration::ZERO))?;
        tells("an end where nothing has arrived", NOTHING, sum(&told))?;
        Ok(took)
    })?;
    ensure(quickest < SLACK, "a look that does not wait", "a look that waits 50 ms or more")?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("an end with data", Ready::READ, sum(&poller.now()?))?;
    holds()
}

/// The shortest time that `try_once` tells. It is tried as often in any case: what is too short
/// shows in the quickest, too.
fn quickest(try_once: impl Fn() -> Result<Duration, Stop>) -> Result<Duration, Stop> {
    let mut quickest = Duration::MAX;
    for _ in 0..TRIES {
        quickest = quickest.min(try_once()?);
    }
    Ok(quickest)
}

pub(super) fn none(case: &Case<'_>) -> Observation {
    let (a, _b, poller) = watched(case)?;
    let soon = case.soon();
    let (told, sent) = case.while_blocked(|| poller.wait(None), || a.send_all(b"x", soon));
    sent?;
    tells("an end with data", Ready::READ, sum(&told?))?;
    holds()
}

pub(super) fn timeout(case: &Case<'_>) -> Observation {
    let (_a, _b, poller) = watched(case)?;
    let late = quickest(|| {
        let (took, told) = poller.timed_wait(Some(WAIT))?;
        tells("an end where nothing has arrived", NOTHING, sum(&told))?;
        ensure(took >= WAIT, "a wait that lasts its timeout", "a wait that ends before")?;
        Ok(took - WAIT)
    })?;
    let permitted = "a wait that ends at its timeout";
    ensure(late < SLACK, permitted, "a wait that ends 50 ms later or more")?;
    holds()
}

pub(super) fn rounding(case: &Case<'_>) -> Observation {
    let (_a, _b, poller) = watched(case)?;
    for _ in 0..ROUNDS {
        for timeout in ODD {
            let (took, told) = poller.timed_wait(Some(timeout))?;
            tells("an end where nothing has arrived", NOTHING, sum(&told))?;
            let observed = || format!("a wait of {timeout:?} ends before");
            ensure(took >= timeout, "a wait lasts its timeout at least", observed())?;
        }
    }
    holds()
}

pub(super) fn empty(case: &Case<'_>) -> Observation {
    let poller = case.poller()?;
    ensure(poller.now()?.is_empty(), "nothing is told", "something is told")?;
    for _ in 0..TRIES {
        let (took, told) = poller.timed_wait(Some(WAIT))?;
        ensure(told.is_empty(), "nothing is told", "something is told")?;
        ensure(took >= WAIT, "a wait that lasts its timeout", "a wait that ends before")?;
    }
    holds()
}

pub(super) fn arrival(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case)?;
    let late = quickest(|| {
        let wait = || (poller.wait(Some(HOUR)), Instant::now());
        let send = || (Instant::now(), a.send_all(b"x", case.soon()));
        let ((told, ended), (sent, done)) = case.while_blocked(wait, send);
        done?;
        tells("an end with data", Ready::READ, sum(&told?))?;
        b.recv_exact(1, case.soon())?;
        Ok(ended.saturating_duration_since(sent))
    })?;
    let permitted = "a wait that ends when something arrives";
    ensure(late < SLACK, permitted, "a wait that ends 50 ms later or more")?;
    holds()
}

pub(super) fn longest(case: &Case<'_>) -> Observation {
    let (a, _b, poller) = watched(case)?;
    let soon = case.soon();
    let wait = || poller.wait(Some(Duration::MAX));
    let (told, sent) = case.while_blocked(wait, || a.send_all(b"x", soon));
    sent?;
    tells("an end with data", Ready::READ, sum(&told?))?;
    holds()
}

pub(super) fn interrupted(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, _b, poller) = watched(case)?;
    let (soon, patience) = (case.soon(), case.patience());
    let mut sent = Ok(());
    let wait = || poller.wait(Some(patience));
    let told = signal::interrupt(SOME, wait, || sent = a.send_all(b"x", soon))?.value;
    sent?;
    if is_interrupted(&told) {
        return saw("EINTR");
    }
    tells("an end with data, after the signals,", Ready::READ, sum(&told?))?;
    holds()
}

pub(super) fn interrupted_timeout(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (_a, _b, poller) = watched(case)?;
    // On a busy machine the signals may pause for so long that a wait ends between them.
    for _ in 0..TRIES {
        let wait = || poller.timed_wait(Some(INTERRUPTED));
        let (_, interrupted) = signal::interrupt_wait(MANY, EARLY, wait)?;
        if is_interrupted(&interrupted.value) {
            return saw("EINTR");
        }
        let (took, told) = interrupted.value?;
        tells("an end where nothing has arrived", NOTHING, sum(&told))?;
        let permitted = "interruptions neither shorten nor lengthen the wait";
        ensure(took >= INTERRUPTED, permitted, "it ends before its timeout")?;
        let on_time = interrupted.last.is_none_or(|last| last < INTERRUPTED + LATE);
        ensure(on_time, permitted, "each interruption starts the timeout anew")?;
    }
    holds()
}

fn is_interrupted<T>(result: &sockrates_core::Result<T>) -> bool {
    matches!(result, Err(Error::Os { errno: Errno::EINTR, .. }))
}
