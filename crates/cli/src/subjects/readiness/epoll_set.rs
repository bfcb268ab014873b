//! `sockrates_poll::Epoll`.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use sockrates_core::{Endpoint, Ready, Result};
use sockrates_harness::{Caps, Readiness, Trigger};
use sockrates_poll::{Epoll, EpollEvents, EpollReady, Waker};

use super::{descriptor, failed, number};

/// What it can do.
pub(crate) const CAPS: Caps = Caps::EDGE
    .and(Caps::ONESHOT)
    .and(Caps::EXCLUSIVE)
    .and(Caps::WAKE)
    .and(Caps::NESTING)
    .and(Caps::HANGUP)
    .and(Caps::LIVE);

/// The key of the waker, which the judge uses for nothing.
const WAKER: u64 = u64::MAX;

/// How many are told at a time: fewer than there are where there are many, so that it shows that
/// the others come next.
const AT_ONCE: usize = 16;

pub(crate) struct EpollSet {
    epoll: Epoll,
    waker: Waker,
}

impl EpollSet {
    pub(crate) fn new() -> io::Result<Self> {
        let (epoll, waker) = (Epoll::new()?, Waker::new()?);
        epoll.register(&waker, EpollEvents::IN, WAKER)?;
        Ok(Self { epoll, waker })
    }

    /// Waits, and tells whether it was woken, and what is ready.
    pub(crate) fn wait_or_wake(
        &self,
        timeout: Option<Duration>,
    ) -> Result<(bool, Vec<(u64, Ready)>)> {
        let mut found = EpollReady::new(AT_ONCE);
        self.epoll.poll(&mut found, timeout).map_err(failed)?;
        let (mut woken, mut told) = (false, Vec::with_capacity(found.len()));
        for (key, events) in found.iter() {
            if key == WAKER {
                self.waker.clear();
                woken = true;
            } else {
                told.push((key, ready(events)));
            }
        }
        Ok((woken, told))
    }
}

impl Readiness for EpollSet {
    fn register(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        let end = descriptor(number(end)?);
        self.epoll.register(end, events(interest, trigger), key).map_err(failed)
    }

    fn modify(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        self.epoll.modify(&number(end)?, events(interest, trigger), key).map_err(failed)
    }

    fn unregister(&self, end: &dyn Endpoint) -> Result<()> {
        self.epoll.unregister(&number(end)?).map_err(failed)
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        Ok(self.wait_or_wake(timeout)?.1)
    }

    fn wake(&self) -> Result<()> {
        self.waker.wake();
        Ok(())
    }

    fn as_endpoint(&self) -> Result<&dyn Endpoint> {
        Ok(self)
    }
}

impl Endpoint for EpollSet {
    fn fileno(&self) -> Option<i64> {
        Some(self.epoll.as_raw_fd().into())
    }
}

fn events(interest: Ready, trigger: Trigger) -> EpollEvents {
    let read = if interest.read { EpollEvents::IN } else { EpollEvents::NONE };
    let write = if interest.write { EpollEvents::OUT } else { EpollEvents::NONE };
    let how = match trigger {
        Trigger::Level => EpollEvents::NONE,
        Trigger::Edge => EpollEvents::ET,
        Trigger::OneShot => EpollEvents::ONESHOT,
        Trigger::Exclusive => EpollEvents::EXCLUSIVE,
    };
    read | write | how
}

fn ready(events: EpollEvents) -> Ready {
    Ready {
        read: events.contains(EpollEvents::IN),
        write: events.contains(EpollEvents::OUT),
        error: events.contains(EpollEvents::ERR),
        hangup: events.contains(EpollEvents::HUP),
    }
}
