//! `sockrates_poll::select`, asked about a list.

use std::io;
use std::os::fd::{AsFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockrates_core::{Endpoint, Errno, Error, Op, Ready, Result};
use sockrates_harness::{Readiness, Trigger};
use sockrates_poll::{Waker, select};

use super::{descriptor, failed, number, unsupported};

pub(super) struct SelectList {
    list: Mutex<Vec<Watched>>,
    waker: Waker,
}

#[derive(Clone, Copy)]
struct Watched {
    fd: RawFd,
    interest: Ready,
    key: u64,
}

impl SelectList {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { list: Mutex::default(), waker: Waker::new()? })
    }

    fn list(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readiness for SelectList {
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
        let (fd, mut list) = (number(end)?, self.list());
        if list.iter().any(|watched| watched.fd == fd) {
            return Err(Error::os(Op::Wait, Errno::EEXIST));
        }
        list.push(Watched { fd, interest, key });
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
        let (fd, mut list) = (number(end)?, self.list());
        let watched = list.iter_mut().find(|watched| watched.fd == fd);
        *watched.ok_or(Error::os(Op::Wait, Errno::ENOENT))? = Watched { fd, interest, key };
        Ok(())
    }

    fn unregister(&self, end: &dyn Endpoint) -> Result<()> {
        let (fd, mut list) = (number(end)?, self.list());
        let place = list.iter().position(|watched| watched.fd == fd);
        list.remove(place.ok_or(Error::os(Op::Wait, Errno::ENOENT))?);
        Ok(())
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        let list = self.list().clone();
        let wanted = |side: fn(&Ready) -> bool| {
            let wanted =
                list.iter().enumerate().filter(move |(_, watched)| side(&watched.interest));
            wanted.map(|(place, watched)| (place, descriptor(watched.fd))).unzip()
        };
        let (readers, mut read): (Vec<_>, Vec<_>) = wanted(|interest| interest.read);
        let (writers, write): (Vec<_>, Vec<_>) = wanted(|interest| interest.write);
        read.push(self.waker.as_fd());
        let found = select(&read, &write, &[], timeout).map_err(failed)?;
        let mut ready = vec![Ready::default(); list.len()];
        for at in found.read {
            match readers.get(at) {
                Some(place) => ready[*place].read = true,
                None => self.waker.clear(),
            }
        }
        for at in found.write {
            ready[writers[at]].write = true;
        }
        let told = list.iter().zip(ready).filter(|(_, ready)| *ready != Ready::default());
        Ok(told.map(|(watched, ready)| (watched.key, ready)).collect())
    }

    fn wake(&self) -> Result<()> {
        self.waker.wake();
        Ok(())
    }
}
