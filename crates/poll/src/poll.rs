//! `poll(2)`.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use rustix::event::PollFd;
use rustix::io::Errno;

use crate::positions::Positions;
use crate::{PollEvents, sys, timeout};

/// A set of descriptors to poll, each with the events asked for.
///
/// It knows them by their numbers and keeps none open. One that was closed is told as
/// [`NVAL`](PollEvents::NVAL) by every poll until it is taken out.
///
/// ```
/// use sockrates_poll::{Poll, PollEvents};
/// use std::os::{fd::AsRawFd, unix::net::UnixStream};
///
/// let (a, b) = UnixStream::pair()?;
/// let mut poll = Poll::new();
/// poll.register(&a, PollEvents::IN | PollEvents::OUT)?;
/// assert_eq!(poll.poll(None)?, [(a.as_raw_fd(), PollEvents::OUT)]);
///
/// drop(b);
/// let all = PollEvents::IN | PollEvents::OUT | PollEvents::HUP;
/// assert_eq!(poll.poll(None)?, [(a.as_raw_fd(), all)]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Source: POSIX.1-2024 `poll`; Python `select.poll`.
#[derive(Default)]
pub struct Poll {
    fds: Vec<PollFd<'static>>,
    positions: Positions,
}

impl Poll {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a descriptor in; one that is in gets the new events, as in Python.
    ///
    /// # Errors
    /// `EBADF`: the number is negative.
    pub fn register(&mut self, fd: impl AsFd, events: PollEvents) -> io::Result<()> {
        let fd = fd.as_fd().as_raw_fd();
        let entry = PollFd::from_borrowed_fd(sys::by_number(fd)?, events.flags());
        match self.positions.get(fd) {
            Some(position) => self.fds[position] = entry,
            None => {
                self.positions.set(fd, self.fds.len());
                self.fds.push(entry);
            }
        }
        Ok(())
    }

    /// Changes the events of a descriptor.
    ///
    /// # Errors
    /// `ENOENT`: it is not in the set.
    pub fn modify(&mut self, fd: &impl AsRawFd, events: PollEvents) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        let position = self.positions.get(fd).ok_or(Errno::NOENT)?;
        self.fds[position] = PollFd::from_borrowed_fd(sys::by_number(fd)?, events.flags());
        Ok(())
    }

    /// Takes a descriptor out; it may be closed already.
    ///
    /// # Errors
    /// `NotFound`: it is not in the set.
    pub fn unregister(&mut self, fd: &impl AsRawFd) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        let position = self.positions.take(fd).ok_or_else(|| {
            let why = format!("descriptor {fd} is not in this set; register it first");
            io::Error::new(io::ErrorKind::NotFound, why)
        })?;
        self.fds.swap_remove(position);
        if let Some(moved) = self.fds.get(position) {
            self.positions.set(moved.as_fd().as_raw_fd(), position);
        }
        Ok(())
    }

    /// How many descriptors are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fds.len()
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fds.is_empty()
    }

    /// Waits until one is ready; tells which, and for what. An empty list: the time was over.
    ///
    /// # Errors
    /// `EINVAL`: there are more than the process may have open. `ENOMEM`.
    pub fn poll(&mut self, timeout: Option<Duration>) -> io::Result<Vec<(RawFd, PollEvents)>> {
        let mut ready = Vec::new();
        self.poll_into(&mut ready, timeout)?;
        Ok(ready)
    }

    /// The same into a list that is kept from wait to wait, whose content is replaced. Tells how
    /// many are ready.
    ///
    /// # Errors
    /// Those of [`poll`](Self::poll).
    pub fn poll_into(
        &mut self,
        ready: &mut Vec<(RawFd, PollEvents)>,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        ready.clear();
        let count = self.wait(timeout)?;
        ready.extend(self.ready().take(count));
        Ok(count)
    }

    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        timeout::look_then_wait(timeout, |limit| rustix::event::poll(&mut self.fds, limit))
    }

    /// What the last wait found.
    pub(crate) fn ready(&self) -> impl Iterator<Item = (RawFd, PollEvents)> {
        let told = self.fds.iter().map(|fd| (fd, PollEvents::from_bits(fd.revents().bits() as _)));
        told.filter(|(_, events)| !events.is_empty())
            .map(|(fd, events)| (fd.as_fd().as_raw_fd(), events))
    }
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fds.iter().map(|fd| fd.as_fd().as_raw_fd())).finish()
    }
}
