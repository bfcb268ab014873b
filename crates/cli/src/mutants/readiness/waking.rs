//! Back ends that wake wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Ready, Result};
use sockrates_harness::Mutant;

use super::fault::{Events, Fault, Right, locked};
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<WakeIgnored>(),
        mutant::<WakeLostBefore>(),
        mutant::<WakeLostDuring>(),
        mutant::<WakeCounts>(),
        mutant::<WakeTold>(),
        mutant::<WakeEats>(),
    ]
}

#[derive(Default)]
struct WakeIgnored;

impl Fault for WakeIgnored {
    const NAME: &'static str = "wake-ignored";
    const SAYS: &'static str = "a wake does nothing, and succeeds";
    const FAILS: &'static [&'static str] = &[
        "readiness.api.wake",
        "readiness.api.wake-before",
        "readiness.api.wake-once",
        "readiness.api.wake-threads",
    ];

    fn wake(&self, _right: &Right) -> Result<()> {
        Ok(())
    }
}

/// Whether a wait goes on.
#[derive(Default)]
struct WakeLostBefore(AtomicBool);

impl Fault for WakeLostBefore {
    const NAME: &'static str = "wake-lost-before";
    const SAYS: &'static str = "a wake before the wait is lost";
    const FAILS: &'static [&'static str] =
        &["readiness.api.wake-before", "readiness.api.wake-once", "readiness.api.wake-threads"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        self.0.store(true, SeqCst);
        let told = right.wait(timeout);
        self.0.store(false, SeqCst);
        Ok(told?.events)
    }

    fn wake(&self, right: &Right) -> Result<()> {
        if self.0.load(SeqCst) { right.wake() } else { Ok(()) }
    }
}

/// Whether the next wait is to end at once.
#[derive(Default)]
struct WakeLostDuring(AtomicBool);

impl Fault for WakeLostDuring {
    const NAME: &'static str = "wake-lost-during";
    const SAYS: &'static str = "a wake is noticed before a wait, and not during it";
    const FAILS: &'static [&'static str] = &["readiness.api.wake", "readiness.api.wake-threads"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let woken = self.0.swap(false, SeqCst);
        Ok(right.wait(if woken { Some(Duration::ZERO) } else { timeout })?.events)
    }

    fn wake(&self, _right: &Right) -> Result<()> {
        self.0.store(true, SeqCst);
        Ok(())
    }
}

/// How many wakes are left.
#[derive(Default)]
struct WakeCounts(AtomicUsize);

impl Fault for WakeCounts {
    const NAME: &'static str = "wake-counts";
    const SAYS: &'static str = "each wake ends a wait of its own";
    const FAILS: &'static [&'static str] = &["readiness.api.wake-once"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let told = right.wait(timeout)?;
        if told.woken && self.0.fetch_sub(1, SeqCst) > 1 {
            right.wake()?;
        }
        Ok(told.events)
    }

    fn wake(&self, right: &Right) -> Result<()> {
        self.0.fetch_add(1, SeqCst);
        right.wake()
    }
}

#[derive(Default)]
struct WakeTold;

impl Fault for WakeTold {
    const NAME: &'static str = "wake-told";
    const SAYS: &'static str = "a wake is told like an end that is ready";
    const FAILS: &'static [&'static str] = &["readiness.api.wake-nothing"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut told = right.wait(timeout)?;
        if told.woken {
            told.events.push((u64::MAX, Ready::READ));
        }
        Ok(told.events)
    }
}

/// What was ready at a wake.
#[derive(Default)]
struct WakeEats(Mutex<Vec<u64>>);

impl Fault for WakeEats {
    const NAME: &'static str = "wake-eats";
    const SAYS: &'static str = "what is ready at a wake counts as told, now and later";
    const FAILS: &'static [&'static str] = &["readiness.api.wake-ready"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut told = right.wait(timeout)?;
        let mut eaten = locked(&self.0);
        if told.woken {
            eaten.extend(told.events.iter().map(|(key, _)| *key));
        }
        told.events.retain(|(key, _)| !eaten.contains(key));
        Ok(told.events)
    }
}
