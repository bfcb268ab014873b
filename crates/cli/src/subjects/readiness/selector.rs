//! `sockrates_poll::Selector`, over each back end.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockrates_core::{Endpoint, Error, Ready, Result};
use sockrates_harness::{Readiness, Trigger};
use sockrates_poll::{Backend, Interest, Selector, Waker};

use super::{descriptor, failed, number, unsupported};

pub(super) struct Selected {
    selector: Mutex<Selector<u64>>,
    waker: Waker,
}

impl Selected {
    pub(super) fn new(backend: Backend) -> io::Result<Self> {
        let selector = Selector::with(backend)?;
        let waker = selector.waker();
        Ok(Self { selector: Mutex::new(selector), waker })
    }

    fn selector(&self) -> MutexGuard<'_, Selector<u64>> {
        self.selector.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readiness for Selected {
    fn register(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        if trigger != Trigger::Level {
            return unsupported();
        }
        let end = descriptor(number(end)?);
        self.selector().register(end, wanted(interest)?, key).map_err(failed)
    }

    fn modify(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        if trigger != Trigger::Level {
            return unsupported();
        }
        let (end, mut selector) = (number(end)?, self.selector());
        selector.modify(&end, wanted(interest)?).map_err(failed)?;
        if let Some(known) = selector.get_mut(&end) {
            *known.data = key;
        }
        Ok(())
    }

    fn unregister(&self, end: &dyn Endpoint) -> Result<()> {
        self.selector().unregister(&number(end)?).map_err(failed).map(drop)
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        let mut selector = self.selector();
        let count = selector.select(timeout).map_err(failed)?;
        let mut told = Vec::with_capacity(count);
        while let Some((key, ready)) = selector.next_ready() {
            let sockrates_poll::Ready { readable: read, writable: write, error, hangup } = ready;
            told.push((*key.data, Ready { read, write, error, hangup }));
        }
        Ok(told)
    }

    fn wake(&self) -> Result<()> {
        self.waker.wake();
        Ok(())
    }
}

/// There is no interest in nothing.
fn wanted(interest: Ready) -> Result<Interest> {
    match (interest.read, interest.write) {
        (true, true) => Ok(Interest::BOTH),
        (true, false) => Ok(Interest::READ),
        (false, true) => Ok(Interest::WRITE),
        (false, false) => Err(Error::invalid("interest", "none", "ask for read, write or both")),
    }
}
