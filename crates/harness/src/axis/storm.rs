//! Signals for whoever works in the subject, as long as the work lasts.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::checks::signal::Target;

/// How far apart the signals for one thread are.
const APART: Duration = Duration::from_micros(300);

/// How many signals one operation gets at the most, and all of a case: both must end.
const PER_OPERATION: u32 = 300;
const PER_CASE: u32 = 3000;

/// A thread that signals those that are exposed.
pub(super) struct Storm {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    exposed: Vec<Victim>,
    /// The number of the last that was exposed.
    last: u64,
    sent: u32,
    over: bool,
}

struct Victim {
    number: u64,
    target: Target,
    left: u32,
}

/// The calling thread is exposed until this is dropped.
pub(crate) struct Exposed<'a> {
    storm: &'a Storm,
    number: u64,
}

impl Storm {
    pub(super) fn begin() -> Self {
        let shared = Arc::<Shared>::default();
        let clouds = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("storm".to_owned());
        // A case without a storm is what a machine without threads gets.
        let thread = thread.spawn(move || clouds.rage()).ok();
        Self { shared, thread }
    }

    pub(super) fn expose(&self) -> Exposed<'_> {
        let mut state = self.shared.lock();
        state.last += 1;
        let number = state.last;
        state.exposed.push(Victim { number, target: Target::current(), left: PER_OPERATION });
        self.shared.changed.notify_one();
        Exposed { storm: self, number }
    }
}

impl Drop for Exposed<'_> {
    fn drop(&mut self) {
        let mut state = self.storm.shared.lock();
        state.exposed.retain(|victim| victim.number != self.number);
    }
}

impl Drop for Storm {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has no reason to panic, and nothing depends on it any more.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rage(&self) {
        let mut state = self.lock();
        while !state.over {
            // Whoever is in the list is alive: it takes itself out first, under the same lock.
            if !state.strike() {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let waited = self.changed.wait_timeout_while(state, APART, |state| !state.over);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    /// Whether there was somebody to strike.
    fn strike(&mut self) -> bool {
        let mut struck = false;
        for victim in self.exposed.iter_mut().filter(|victim| victim.left > 0) {
            if self.sent == PER_CASE {
                break;
            }
            victim.left -= 1;
            self.sent += 1;
            struck = true;
            victim.target.strike();
        }
        struck
    }
}
