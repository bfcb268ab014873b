//! `sockrates_poll::Poll`.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockrates_core::{Endpoint, Ready, Result};
use sockrates_harness::{Readiness, Trigger};
use sockrates_poll::{Poll, PollEvents, Waker};

use super::{descriptor, failed, number, unsupported};

pub(super) struct PollSet {
    watched: Mutex<Watched>,
    waker: Waker,
}

struct Watched {
    poll: Poll,
    keys: HashMap<RawFd, u64>,
}

impl PollSet {
    pub(super) fn new() -> io::Result<Self> {
        let (mut poll, waker) = (Poll::new(), Waker::new()?);
        poll.register(&waker, PollEvents::IN)?;
        Ok(Self { watched: Mutex::new(Watched { poll, keys: HashMap::new() }), waker })
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readiness for PollSet {
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
        let (fd, mut watched) = (number(end)?, self.watched());
        watched.poll.register(descriptor(fd), events(interest)).map_err(failed)?;
        watched.keys.insert(fd, key);
        Ok(())
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
        let (fd, mut watched) = (number(end)?, self.watched());
        watched.poll.modify(&fd, events(interest)).map_err(failed)?;
        watched.keys.insert(fd, key);
        Ok(())
    }

    fn unregister(&self, end: &dyn Endpoint) -> Result<()> {
        let (fd, mut watched) = (number(end)?, self.watched());
        watched.poll.unregister(&fd).map_err(failed)?;
        watched.keys.remove(&fd);
        Ok(())
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        let Watched { poll, keys } = &mut *self.watched();
        let found = poll.poll(timeout).map_err(failed)?;
        if found.iter().any(|(fd, _)| *fd == self.waker.as_raw_fd()) {
            self.waker.clear();
        }
        let told = found.into_iter().filter_map(|(fd, events)| Some((*keys.get(&fd)?, events)));
        Ok(told.map(|(key, events)| (key, ready(events))).collect())
    }

    fn wake(&self) -> Result<()> {
        self.waker.wake();
        Ok(())
    }
}

fn events(interest: Ready) -> PollEvents {
    let read = if interest.read { PollEvents::IN } else { PollEvents::NONE };
    let write = if interest.write { PollEvents::OUT } else { PollEvents::NONE };
    read | write
}

fn ready(events: PollEvents) -> Ready {
    Ready {
        read: events.contains(PollEvents::IN),
        write: events.contains(PollEvents::OUT),
        error: events.intersects(PollEvents::ERR | PollEvents::NVAL),
        hangup: events.contains(PollEvents::HUP),
    }
}
