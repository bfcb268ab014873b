//! select, poll and epoll of libc by hand, and polling, whose registering is unsafe.

#![expect(unsafe_code, reason = "calls libc directly, which is what is measured")]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::{mem, ptr};

use polling::{Event, Events, PollMode, Poller};

use crate::peer::readiness::{Ends, Wait};

/// `select(2)`: a set that is kept, and a copy of it for each wait.
pub(crate) struct RawSelect {
    kept: libc::fd_set,
    ends: Vec<RawFd>,
    highest: RawFd,
}

impl RawSelect {
    /// # Panics
    /// Where a number is too high for a set.
    #[must_use]
    pub(crate) fn new(ends: &Ends) -> Self {
        let ends: Vec<_> = ends.near().iter().map(AsRawFd::as_raw_fd).collect();
        let highest = ends.iter().copied().max().unwrap_or(-1);
        assert!(highest < libc::FD_SETSIZE as RawFd, "too high for select: {highest}");
        // SAFETY: a set is an array of numbers, and all zeroes is the empty one.
        let mut kept = unsafe { mem::zeroed() };
        for &fd in &ends {
            // SAFETY: the number is below FD_SETSIZE.
            unsafe { libc::FD_SET(fd, &raw mut kept) };
        }
        Self { kept, ends, highest }
    }
}

impl Wait for RawSelect {
    fn wait(&mut self) -> usize {
        let mut found = self.kept;
        let none = ptr::null_mut();
        // SAFETY: the set lives through the call, and the other pointers are null.
        let count =
            unsafe { libc::select(self.highest + 1, &raw mut found, none, none, ptr::null_mut()) };
        assert_eq!(count, 1, "select");
        // SAFETY: the numbers are below FD_SETSIZE.
        let is_ready = |fd: &RawFd| unsafe { libc::FD_ISSET(*fd, &raw const found) };
        self.ends.iter().position(is_ready).expect("one that is ready")
    }
}

/// `poll(2)`.
pub(crate) struct RawPoll(Vec<libc::pollfd>);

impl RawPoll {
    #[must_use]
    pub(crate) fn new(ends: &Ends) -> Self {
        let near = ends.near().iter().map(AsRawFd::as_raw_fd);
        Self(near.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 }).collect())
    }
}

impl Wait for RawPoll {
    fn wait(&mut self) -> usize {
        let len = self.0.len() as libc::nfds_t;
        // SAFETY: the pointer and the length are those of a list that is borrowed exclusively.
        let count = unsafe { libc::poll(self.0.as_mut_ptr(), len, -1) };
        assert_eq!(count, 1, "poll");
        self.0.iter().position(|fd| fd.revents != 0).expect("one that is ready")
    }
}

/// `epoll(7)`, level-triggered.
pub(crate) struct RawEpoll {
    epoll: OwnedFd,
    events: Vec<libc::epoll_event>,
}

impl RawEpoll {
    /// # Panics
    /// Where there is no descriptor for it.
    #[must_use]
    pub(crate) fn new(ends: &Ends) -> Self {
        // SAFETY: takes no pointer.
        let epoll = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        assert!(epoll >= 0, "epoll_create1: {}", io::Error::last_os_error());
        for (fd, number) in ends.near().iter().map(AsRawFd::as_raw_fd).zip(0..) {
            let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: number };
            // SAFETY: the pointer is to an event that lives through the call.
            let added = unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, fd, &raw mut event) };
            assert_eq!(added, 0, "epoll_ctl: {}", io::Error::last_os_error());
        }
        // SAFETY: it is open, and nobody else's.
        let epoll = unsafe { OwnedFd::from_raw_fd(epoll) };
        Self { epoll, events: vec![libc::epoll_event { events: 0, u64: 0 }; 1024] }
    }
}

impl Wait for RawEpoll {
    fn wait(&mut self) -> usize {
        let (epoll, room) = (self.epoll.as_raw_fd(), self.events.len() as libc::c_int);
        // SAFETY: the pointer and the length are those of a list that is borrowed exclusively.
        let count = unsafe { libc::epoll_wait(epoll, self.events.as_mut_ptr(), room, -1) };
        assert_eq!(count, 1, "epoll_wait");
        self.events[0].u64 as usize
    }
}

/// polling's poller.
pub(crate) struct Polling {
    poller: Poller,
    events: Events,
    ends: Ends,
    mode: PollMode,
}

impl Polling {
    /// In the mode `Oneshot`, which is its usual one, each end is set again after each event.
    ///
    /// # Panics
    /// Where there is no descriptor for it.
    #[must_use]
    pub(crate) fn new(ends: &Ends, mode: PollMode) -> Self {
        let poller = Poller::new().expect("a poller");
        for (number, end) in ends.near().iter().enumerate() {
            // SAFETY: the poller is dropped before the ends are, of which it holds a share.
            unsafe { poller.add_with_mode(end, Event::readable(number), mode) }.expect("add");
        }
        Self { poller, events: Events::new(), ends: ends.clone(), mode }
    }
}

impl Wait for Polling {
    fn wait(&mut self) -> usize {
        self.events.clear();
        let count = self.poller.wait(&mut self.events, None).expect("wait");
        assert_eq!(count, 1, "wait");
        let number = self.events.iter().next().expect("one that is ready").key;
        if self.mode == PollMode::Oneshot {
            let again = Event::readable(number);
            self.poller.modify(&self.ends.near()[number], again).expect("modify");
        }
        number
    }
}
