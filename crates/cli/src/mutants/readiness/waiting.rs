//! Back ends that wait too long, or not long enough.

use std::time::{Duration, Instant};

use sockrates_core::{Error, Op, Result};
use sockrates_harness::{Mutant, Readiness};

use super::fault::{Events, Fault, Right};
use super::faulty::mutant;
use crate::subjects::readiness::epoll_set::EpollSet;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<ZeroWaits>(),
        mutant::<NoneIsZero>(),
        mutant::<RoundedToZero>(),
        mutant::<RoundedDown>(),
        mutant::<HalfAsLong>(),
        mutant::<Coarse>(),
        mutant::<EmptyReturns>(),
        mutant::<SleepsThrough>(),
        mutant::<LooksNowAndThen>(),
        mutant::<Wraps>(),
    ]
}

/// Sleeps, as a back end does that watches nothing.
fn sleep(time: Option<Duration>) -> Result<()> {
    let nothing = EpollSet::new().map_err(|error| Error::from_io(Op::Wait, &error))?;
    nothing.wait(time).map(drop)
}

#[derive(Default)]
struct ZeroWaits;

impl Fault for ZeroWaits {
    const NAME: &'static str = "zero-waits";
    const SAYS: &'static str = "a timeout of zero is rounded up to a tick of 60 ms";
    const FAILS: &'static [&'static str] = &["readiness.api.zero"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let tick = Duration::from_millis(60);
        let timeout = timeout.map(|some| if some.is_zero() { tick } else { some });
        Ok(right.wait(timeout)?.events)
    }
}

#[derive(Default)]
struct NoneIsZero;

impl Fault for NoneIsZero {
    const NAME: &'static str = "none-is-zero";
    const SAYS: &'static str = "no timeout counts as a timeout of zero";
    const FAILS: &'static [&'static str] = &["readiness.api.none"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        Ok(right.wait(Some(timeout.unwrap_or_default()))?.events)
    }
}

#[derive(Default)]
struct RoundedToZero;

impl Fault for RoundedToZero {
    const NAME: &'static str = "rounded-to-zero";
    const SAYS: &'static str = "a timeout below a millisecond counts as zero";
    const FAILS: &'static [&'static str] = &["readiness.api.rounding"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let short = |some: &Duration| *some < Duration::from_millis(1);
        let timeout =
            if timeout.as_ref().is_some_and(short) { Some(Duration::ZERO) } else { timeout };
        Ok(right.wait(timeout)?.events)
    }
}

#[derive(Default)]
struct RoundedDown;

impl Fault for RoundedDown {
    const NAME: &'static str = "rounded-down";
    const SAYS: &'static str = "of a timeout over a millisecond, the part of one is cut off";
    const FAILS: &'static [&'static str] = &["readiness.api.rounding"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let cut = |some: Duration| match some.as_millis() {
            0 => some,
            millis => u64::try_from(millis).map_or(some, Duration::from_millis),
        };
        Ok(right.wait(timeout.map(cut))?.events)
    }
}

#[derive(Default)]
struct HalfAsLong;

impl Fault for HalfAsLong {
    const NAME: &'static str = "half-as-long";
    const SAYS: &'static str = "a wait ends after half its timeout";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.timeout",
        "readiness.api.rounding",
        "readiness.api.empty",
        "readiness.api.interrupted-timeout",
        "readiness.api.wake-once",
    ];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        Ok(right.wait(timeout.map(|some| some / 2))?.events)
    }
}

#[derive(Default)]
struct Coarse;

impl Fault for Coarse {
    const NAME: &'static str = "coarse";
    const SAYS: &'static str = "a timeout of 10 to 25 ms is rounded up to a tick of 100 ms";
    const FAILS: &'static [&'static str] = &["readiness.api.timeout"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let coarse = |some: Duration| match some.as_millis() {
            10..=25 => Duration::from_millis(100),
            _ => some,
        };
        let timeout = timeout.map(coarse);
        Ok(right.wait(timeout)?.events)
    }
}

#[derive(Default)]
struct EmptyReturns;

impl Fault for EmptyReturns {
    const NAME: &'static str = "empty-returns";
    const SAYS: &'static str = "with nothing to watch a wait returns at once";
    const FAILS: &'static [&'static str] =
        &["readiness.api.empty", "readiness.api.live-registered", "readiness.api.wake-once"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let timeout = if right.list().is_empty() { Some(Duration::ZERO) } else { timeout };
        Ok(right.wait(timeout)?.events)
    }
}

#[derive(Default)]
struct SleepsThrough;

impl Fault for SleepsThrough {
    const NAME: &'static str = "sleeps-through";
    const SAYS: &'static str = "what comes during a wait is told at its timeout";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.arrival",
        "readiness.api.longest",
        "readiness.api.none",
        "readiness.api.wake",
        "readiness.api.wake-threads",
    ];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let told = right.now()?;
        if told.woken || !told.events.is_empty() || timeout == Some(Duration::ZERO) {
            return Ok(told.events);
        }
        sleep(timeout)?;
        Ok(right.now()?.events)
    }
}

#[derive(Default)]
struct LooksNowAndThen;

impl Fault for LooksNowAndThen {
    const NAME: &'static str = "looks-now-and-then";
    const SAYS: &'static str = "a wait looks every 400 ms whether something has come";
    const FAILS: &'static [&'static str] = &["readiness.api.arrival"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let end = timeout.and_then(|some| Instant::now().checked_add(some));
        loop {
            let told = right.now()?;
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if told.woken || !told.events.is_empty() || left == Some(Duration::ZERO) {
                return Ok(told.events);
            }
            let tick = Duration::from_millis(400);
            sleep(Some(left.map_or(tick, |left| left.min(tick))))?;
        }
    }
}

#[derive(Default)]
struct Wraps;

impl Fault for Wraps {
    const NAME: &'static str = "wraps";
    const SAYS: &'static str = "a timeout of more milliseconds than 32 bits hold does not wait";
    const FAILS: &'static [&'static str] = &["readiness.api.longest"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let fits = |some: Duration| match u32::try_from(some.as_millis()) {
            Ok(_) => some,
            Err(_) => Duration::ZERO,
        };
        Ok(right.wait(timeout.map(fits))?.events)
    }
}
