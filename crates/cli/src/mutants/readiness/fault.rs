//! What a mutant does wrong.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockrates_core::{Endpoint, Ready, Result};
use sockrates_harness::{Caps, Readiness, Trigger};

use crate::subjects::readiness::epoll_set::EpollSet;

/// What is ready: a key and for what, of each end.
pub(super) type Events = Vec<(u64, Ready)>;

/// One fault: what is wrong is overridden, the rest is epoll's.
///
/// Its value is the memory of one back end's fault.
pub(super) trait Fault: Default + Send + Sync + 'static {
    /// The mutant's name.
    const NAME: &'static str;
    /// The fault, in one line.
    const SAYS: &'static str;
    /// The clauses that must fail, all of them.
    const FAILS: &'static [&'static str];
    /// What epoll can do and the mutant does not declare.
    const LACKS: Caps = Caps::NONE;

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        right.register(asked)
    }

    fn modify(&self, right: &Right, asked: Asked) -> Result<()> {
        right.modify(asked)
    }

    fn unregister(&self, right: &Right, end: End) -> Result<()> {
        right.unregister(end)
    }

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let mut events = right.wait(timeout)?.events;
        self.tell(right, &mut events);
        events.retain(|(_, ready)| *ready != Ready::default());
        Ok(events)
    }

    /// Changes what a wait tells.
    fn tell(&self, _right: &Right, _events: &mut Events) {}

    fn wake(&self, right: &Right) -> Result<()> {
        right.wake()
    }

    fn as_endpoint<'a>(&'a self, right: &'a Right) -> Result<&'a dyn Endpoint> {
        right.as_endpoint()
    }
}

/// An end, known by its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct End(pub(super) Option<i64>);

impl Endpoint for End {
    fn fileno(&self) -> Option<i64> {
        self.0
    }
}

/// What was asked of the back end.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) end: End,
    pub(super) interest: Ready,
    pub(super) trigger: Trigger,
    pub(super) key: u64,
}

/// What a wait brought.
pub(super) struct Told {
    /// Whether it was woken.
    pub(super) woken: bool,
    pub(super) events: Events,
}

/// The back end without the fault, and a list of what it watches.
pub(super) struct Right {
    set: EpollSet,
    watched: Mutex<Vec<Asked>>,
}

impl Right {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self { set: EpollSet::new()?, watched: Mutex::default() })
    }

    pub(super) fn register(&self, asked: Asked) -> Result<()> {
        let Asked { end, interest, trigger, key } = asked;
        self.set.register(&end, interest, trigger, key)?;
        let mut watched = self.watched();
        // A closed end leaves the set by itself.
        watched.retain(|other| other.end != end);
        watched.push(asked);
        Ok(())
    }

    pub(super) fn modify(&self, asked: Asked) -> Result<()> {
        let Asked { end, interest, trigger, key } = asked;
        self.set.modify(&end, interest, trigger, key)?;
        for other in self.watched().iter_mut().filter(|other| other.end == end) {
            *other = asked;
        }
        Ok(())
    }

    pub(super) fn unregister(&self, end: End) -> Result<()> {
        self.set.unregister(&end)?;
        self.watched().retain(|other| other.end != end);
        Ok(())
    }

    pub(super) fn wait(&self, timeout: Option<Duration>) -> Result<Told> {
        let (woken, events) = self.set.wait_or_wake(timeout)?;
        Ok(Told { woken, events })
    }

    pub(super) fn now(&self) -> Result<Told> {
        self.wait(Some(Duration::ZERO))
    }

    pub(super) fn wake(&self) -> Result<()> {
        self.set.wake()
    }

    pub(super) fn as_endpoint(&self) -> Result<&dyn Endpoint> {
        self.set.as_endpoint()
    }

    /// What is watched, in the order in which it was registered.
    pub(super) fn list(&self) -> Vec<Asked> {
        self.watched().clone()
    }

    /// What was asked of `end`.
    pub(super) fn of_end(&self, end: End) -> Option<Asked> {
        self.watched().iter().copied().find(|asked| asked.end == end)
    }

    /// What is watched under `key`.
    pub(super) fn of_key(&self, key: u64) -> Option<Asked> {
        self.watched().iter().copied().find(|asked| asked.key == key)
    }

    fn watched(&self) -> MutexGuard<'_, Vec<Asked>> {
        locked(&self.watched)
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
