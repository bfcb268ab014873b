//! `epoll(7)`, of Linux.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::event::epoll;

use crate::{EpollEvents, sys, timeout};

/// An epoll: a set of descriptors in the kernel, whose wait costs as much as there are ready.
///
/// All its methods take `&self`: other threads may register, modify and wait while one waits, as
/// the kernel allows. It is a descriptor itself (`AsFd`), readable while anything in it is ready,
/// and may be put into another epoll, a poll or a select.
///
/// A descriptor leaves the set when its *last* duplicate is closed. Closed before that, it cannot
/// be unregistered any more (`EBADF`) and is still told: unregister first.
///
/// ```
/// use sockrates_poll::{Epoll, EpollEvents, EpollReady};
/// use std::{io::Write, os::unix::net::UnixStream};
///
/// let (mut a, b) = UnixStream::pair()?;
/// let epoll = Epoll::new()?;
/// epoll.register(&b, EpollEvents::IN | EpollEvents::RDHUP, 7)?;
/// a.write_all(b"x")?;
///
/// let mut ready = EpollReady::new(64);
/// epoll.poll(&mut ready, None)?;
/// assert!(ready.iter().eq([(7, EpollEvents::IN)]));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Source: Linux `epoll(7)`; Python `select.epoll`.
#[derive(Debug)]
pub struct Epoll(OwnedFd);

impl Epoll {
    /// An empty epoll, close-on-exec.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptor is left. `ENOMEM`.
    pub fn new() -> io::Result<Self> {
        Ok(Self(epoll::create(epoll::CreateFlags::CLOEXEC)?))
    }

    /// The epoll that this descriptor is, as Python's `epoll.fromfd`. Another kind of descriptor
    /// is found out at first use (`EINVAL`).
    #[must_use]
    pub fn from_fd(fd: OwnedFd) -> Self {
        Self(fd)
    }

    /// Puts a descriptor in; `data` is told with its events.
    ///
    /// # Errors
    /// `EEXIST`: it is in. `EPERM`: it can't be waited for, as a regular file. `EBADF`: it is not
    /// open. `EINVAL`: it is this epoll, or `EXCLUSIVE` stands with what it can't. `ELOOP`: epolls
    /// would hold one another in a circle, or more than five deep. `ENOSPC`, `ENOMEM`.
    pub fn register(&self, fd: impl AsFd, events: EpollEvents, data: u64) -> io::Result<()> {
        Ok(epoll::add(&self.0, fd, epoll::EventData::new_u64(data), events.flags())?)
    }

    /// Changes events and data of a descriptor, and arms it again after `ONESHOT`.
    ///
    /// # Errors
    /// `ENOENT`: it is not in. `EBADF`: it is not open. `EINVAL`: it was registered `EXCLUSIVE`, or
    /// is to become so.
    pub fn modify(&self, fd: &impl AsRawFd, events: EpollEvents, data: u64) -> io::Result<()> {
        let fd = sys::by_number(fd.as_raw_fd())?;
        Ok(epoll::modify(&self.0, fd, epoll::EventData::new_u64(data), events.flags())?)
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// `ENOENT`: it is not in. `EBADF`: it is not open.
    pub fn unregister(&self, fd: &impl AsRawFd) -> io::Result<()> {
        Ok(epoll::delete(&self.0, sys::by_number(fd.as_raw_fd())?)?)
    }

    /// Waits until one is ready, and replaces what is in `ready`. Tells how many there are, as many
    /// as `ready` holds at most; zero: the time was over. What did not fit comes with the next
    /// wait, before those that were told.
    ///
    /// # Errors
    /// `InvalidInput`: `ready` holds nothing. `EINVAL`: this is no epoll
    /// ([`from_fd`](Self::from_fd)).
    ///
    /// # Platform notes
    /// The kernel counts in milliseconds; the timeout is rounded up to them.
    #[inline]
    pub fn poll(&self, ready: &mut EpollReady, timeout: Option<Duration>) -> io::Result<usize> {
        ready.count = 0;
        let events = &mut ready.list.0[..];
        if events.is_empty() {
            let why = "room for 0 events, and at least 1 is needed; use EpollReady::new(1)";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        ready.count = timeout::wait(timeout, |limit| epoll::wait(&self.0, &mut *events, limit))?;
        Ok(ready.count)
    }
}

impl AsFd for Epoll {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Epoll {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl From<Epoll> for OwnedFd {
    fn from(epoll: Epoll) -> Self {
        epoll.0
    }
}

/// What an [`Epoll`] found: the data and events of each. Kept from wait to wait, so that a wait
/// allocates nothing.
pub struct EpollReady {
    list: sys::EpollList,
    count: usize,
}

impl EpollReady {
    /// The most that one wait may tell; more is taken for this.
    pub const MAX: usize = 65_536;

    /// Room for `max` at a time. Python's default is 1023; with 0 every wait fails.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { list: sys::EpollList::new(max.min(Self::MAX)), count: 0 }
    }

    /// Data and events of each that is ready.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (u64, EpollEvents)> {
        let told = self.list.first(self.count);
        told.map(|(data, flags)| (data, EpollEvents::from_bits(flags.bits())))
    }

    /// How many are ready.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Debug for EpollReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
