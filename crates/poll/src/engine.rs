//! The system's call behind a selector.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use rustix::io::Errno;

use crate::fd_set::{self, FdSet};
use crate::{Backend, Interest, Poll, PollEvents, Ready, select};
#[cfg(any(target_os = "linux", target_os = "android"))]
use crate::{Epoll, EpollEvents, EpollReady};

#[derive(Debug)]
pub(crate) enum Engine {
    Select(Box<Sets>),
    Poll(Poll),
    #[cfg(any(target_os = "linux", target_os = "android"))]
    Epoll(Epoll, EpollReady),
}

/// What an engine found: the descriptor, and which registration of it where the engine knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) fd: RawFd,
    pub(crate) generation: Option<u32>,
    pub(crate) ready: Ready,
    /// Whether a receive that brings less than there was room for may have left some.
    pub(crate) lasting: bool,
}

impl Engine {
    pub(crate) fn new(backend: Backend) -> io::Result<Self> {
        Ok(match backend {
            Backend::Select => Self::Select(Box::new(Sets::new())),
            Backend::Poll => Self::Poll(Poll::new()),
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Backend::Epoll => Self::Epoll(Epoll::new()?, EpollReady::new(READY_MAX)),
        })
    }

    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::Select(_) => Backend::Select,
            Self::Poll(_) => Backend::Poll,
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Self::Epoll(..) => Backend::Epoll,
        }
    }

    /// Puts in a descriptor that is not in.
    pub(crate) fn register(
        &mut self,
        fd: BorrowedFd<'_>,
        interest: Interest,
        generation: u32,
    ) -> io::Result<()> {
        // Only epoll is told which registration it is.
        let _ = generation;
        match self {
            Self::Select(sets) => {
                fd_set::check(fd.as_raw_fd())?;
                check_open(fd)?;
                sets.enter(fd.as_raw_fd(), interest);
                Ok(())
            }
            Self::Poll(poll) => {
                check_open(fd)?;
                poll.register(fd, poll_events(interest))
            }
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Self::Epoll(epoll, _) => {
                epoll.register(fd, epoll_events(interest), epoll_data(fd.as_raw_fd(), generation))
            }
        }
    }

    /// Changes what is waited for of a descriptor that is in.
    pub(crate) fn modify(
        &mut self,
        fd: RawFd,
        interest: Interest,
        generation: u32,
    ) -> io::Result<()> {
        // As above.
        let _ = generation;
        match self {
            Self::Select(sets) => {
                sets.enter(fd, interest);
                Ok(())
            }
            Self::Poll(poll) => poll.modify(&fd, poll_events(interest)),
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Self::Epoll(epoll, _) => {
                epoll.modify(&fd, epoll_events(interest), epoll_data(fd, generation))
            }
        }
    }

    /// Takes a descriptor out; tells whether it is known to be out. One that was closed is out of
    /// the kernel's set, unless a duplicate keeps it there.
    pub(crate) fn unregister(&mut self, fd: RawFd) -> bool {
        match self {
            Self::Select(sets) => {
                sets.remove(fd);
                true
            }
            Self::Poll(poll) => poll.unregister(&fd).is_ok(),
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Self::Epoll(epoll, _) => epoll.unregister(&fd).is_ok(),
        }
    }

    /// Puts everything into a set of its own again, and so leaves behind what can't be taken out.
    pub(crate) fn renew<'a>(
        &mut self,
        entries: impl Iterator<Item = (BorrowedFd<'a>, Interest, u32)>,
    ) -> io::Result<()> {
        let mut renewed = Self::new(self.backend())?;
        for (fd, interest, generation) in entries {
            match renewed.register(fd, interest, generation) {
                // It was closed, and perhaps is a file by now: as silent as before.
                Err(error) if is_closed(&error) => {}
                other => other?,
            }
        }
        *self = renewed;
        Ok(())
    }

    /// Waits, and tells what is ready.
    #[inline]
    pub(crate) fn wait(
        &mut self,
        timeout: Option<Duration>,
        mut tell: impl FnMut(Told),
    ) -> io::Result<()> {
        match self {
            Self::Select(sets) => sets.wait(timeout, &mut tell),
            Self::Poll(poll) => wait_for_poll(poll, timeout, &mut tell),
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Self::Epoll(epoll, ready) => {
                epoll.poll(ready, timeout)?;
                for (data, events) in ready.iter() {
                    let (fd, generation) = (data as u32 as RawFd, Some((data >> 32) as u32));
                    let lasting = events.intersects(EpollEvents::RDHUP | EpollEvents::PRI);
                    tell(Told { fd, generation, ready: epoll_ready(events), lasting });
                }
                Ok(())
            }
        }
    }
}

/// Apart from what waits by epoll, which is the quicker for it.
#[inline(never)]
fn wait_for_poll(
    poll: &mut Poll,
    timeout: Option<Duration>,
    tell: &mut dyn FnMut(Told),
) -> io::Result<()> {
    let count = poll.wait(timeout)?;
    for (fd, events) in poll.ready().take(count) {
        tell(Told { fd, generation: None, ready: poll_ready(events), lasting: false });
    }
    Ok(())
}

/// The sets that select is asked about.
#[derive(Debug)]
pub(crate) struct Sets([FdSet; 3]);

impl Sets {
    fn new() -> Self {
        Self([FdSet::new(), FdSet::new(), FdSet::new()])
    }

    fn enter(&mut self, fd: RawFd, interest: Interest) {
        let [read, write, _] = &mut self.0;
        read.set(fd, interest.is_readable());
        write.set(fd, interest.is_writable());
    }

    fn remove(&mut self, fd: RawFd) {
        for set in &mut self.0 {
            set.set(fd, false);
        }
    }

    /// Apart from what waits by epoll, which is the quicker for it.
    #[inline(never)]
    fn wait(&self, timeout: Option<Duration>, tell: &mut dyn FnMut(Told)) -> io::Result<()> {
        let ([read, write, _], count) = select::wait(&self.0, timeout)?;
        if count == 0 {
            return Ok(());
        }
        let (readable, writable) = (read.members(), write.members());
        let mut found = |fd| {
            let (readable, writable) = (readable.contain(fd), writable.contain(fd));
            let ready = Ready { readable, writable, ..Ready::default() };
            tell(Told { fd, generation: None, ready, lasting: false });
        };
        read.iter().for_each(&mut found);
        write.iter().filter(|fd| !readable.contain(*fd)).for_each(&mut found);
        Ok(())
    }
}

/// How many one wait on an epoll tells; the kernel tells the others first the next time.
#[cfg(any(target_os = "linux", target_os = "android"))]
const READY_MAX: usize = 1024;

fn is_closed(error: &io::Error) -> bool {
    [Errno::BADF, Errno::PERM]
        .map(|errno| Some(errno.raw_os_error()))
        .contains(&error.raw_os_error())
}

fn check_open(fd: BorrowedFd<'_>) -> io::Result<()> {
    rustix::io::fcntl_getfd(fd)?;
    Ok(())
}

fn poll_events(interest: Interest) -> PollEvents {
    let read = if interest.is_readable() { PollEvents::IN } else { PollEvents::NONE };
    read | if interest.is_writable() { PollEvents::OUT } else { PollEvents::NONE }
}

fn poll_ready(events: PollEvents) -> Ready {
    Ready {
        readable: events != PollEvents::OUT,
        writable: events != PollEvents::IN,
        error: events.intersects(PollEvents::ERR | PollEvents::NVAL),
        hangup: events.contains(PollEvents::HUP),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn epoll_events(interest: Interest) -> EpollEvents {
    let given = |when, events| if when { events } else { EpollEvents::NONE };
    given(interest.is_readable(), EpollEvents::IN)
        | given(interest.is_writable(), EpollEvents::OUT)
        | given(interest.is_edge(), EpollEvents::ET)
        // After which a short receive is not the last.
        | given(interest.is_edge() && interest.is_readable(), EpollEvents::RDHUP | EpollEvents::PRI)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn epoll_ready(events: EpollEvents) -> Ready {
    Ready {
        readable: events != EpollEvents::OUT,
        writable: events != EpollEvents::IN,
        error: events.contains(EpollEvents::ERR),
        hangup: events.contains(EpollEvents::HUP),
    }
}

/// What an epoll keeps of a registration: the number, and which one it is.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn epoll_data(fd: RawFd, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(fd.unsigned_abs())
}
