//! The back ends of `sockrates-poll`, each as itself and under its selector, watching the sockets
//! of `sockrates-tcp`.

use std::io;
use std::os::fd::{BorrowedFd, RawFd};

use sockrates_core::{Endpoint, Errno, Error, Op, Result};
use sockrates_harness::catalogue::deviations::HANGUPS;
use sockrates_harness::{Caps, Deviation, Readiness, ReadinessSubject, Subject, TransportSubject};
use sockrates_poll::Backend;

use super::tcp::Tcp;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) mod epoll_set;
mod poll_set;
mod select_list;
mod selector;

/// Every back end that this system has.
pub(super) fn all() -> Vec<Subject> {
    let mut all = vec![Watcher::SELECT, Watcher::POLL];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    all.push(Watcher::EPOLL);
    all.extend(Backend::ALL.iter().map(|backend| Watcher::selector(*backend)));
    all.into_iter().map(Subject::readiness).collect()
}

/// A back end.
struct Watcher {
    name: &'static str,
    says: &'static str,
    caps: Caps,
    make: fn() -> io::Result<Box<dyn Readiness>>,
    deviations: &'static [Deviation],
}

impl Watcher {
    const SELECT: Self = Self {
        name: "select",
        says: "select(2) by sockrates-poll, watching the sockets of tcp-v4",
        caps: Caps::WAKE,
        make: || Ok(Box::new(select_list::SelectList::new()?)),
        deviations: &[],
    };

    const POLL: Self = Self {
        name: "poll",
        says: "poll(2) by sockrates-poll, watching the sockets of tcp-v4",
        caps: Caps::WAKE.and(Caps::HANGUP),
        make: || Ok(Box::new(poll_set::PollSet::new()?)),
        deviations: &[HANGUPS[0], REPLACES],
    };

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const EPOLL: Self = Self {
        name: "epoll",
        says: "epoll(7) by sockrates-poll, watching the sockets of tcp-v4",
        caps: epoll_set::CAPS,
        make: || Ok(Box::new(epoll_set::EpollSet::new()?)),
        deviations: &HANGUPS,
    };

    fn selector(backend: Backend) -> Self {
        let hangups = Caps::WAKE.and(Caps::HANGUP);
        match backend {
            Backend::Select => Self {
                name: "selector-select",
                says: "the Selector of sockrates-poll on select(2), watching the sockets of tcp-v4",
                caps: Caps::WAKE,
                make: || Ok(Box::new(selector::Selected::new(Backend::Select)?)),
                deviations: &[],
            },
            Backend::Poll => Self {
                name: "selector-poll",
                says: "the Selector of sockrates-poll on poll(2), watching the sockets of tcp-v4",
                caps: hangups,
                make: || Ok(Box::new(selector::Selected::new(Backend::Poll)?)),
                deviations: &HANGUPS,
            },
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Backend::Epoll => Self {
                name: "selector-epoll",
                says: "the Selector of sockrates-poll on epoll(7), watching the sockets of tcp-v4",
                caps: hangups,
                make: || Ok(Box::new(selector::Selected::new(Backend::Epoll)?)),
                deviations: &HANGUPS,
            },
        }
    }
}

/// What Python's poll objects do too.
const REPLACES: Deviation = Deviation {
    clause: "readiness.api.twice",
    os: "",
    sees: "replaced",
    reason: "as in Python's select.poll, registering a descriptor that is registered is no error \
             and gives it the new events",
};

impl ReadinessSubject for Watcher {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        self.says
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn readiness(&self) -> Result<Box<dyn Readiness>> {
        (self.make)().map_err(failed)
    }

    fn sockets(&self) -> &dyn TransportSubject {
        sockets()
    }

    fn deviations(&self) -> &[Deviation] {
        self.deviations
    }
}

/// The sockets that are watched.
pub(crate) fn sockets() -> &'static dyn TransportSubject {
    &Tcp::V4
}

/// An error of a back end in the judge's words: where it is no error number of the system, the one
/// that has its meaning.
fn failed(error: io::Error) -> Error {
    match (error.raw_os_error(), error.kind()) {
        (None, io::ErrorKind::AlreadyExists) => Error::os(Op::Wait, Errno::EEXIST),
        (None, io::ErrorKind::NotFound) => Error::os(Op::Wait, Errno::ENOENT),
        _ => Error::from_io(Op::Wait, &error),
    }
}

fn unsupported<T>() -> Result<T> {
    Err(Error::Unsupported { op: Op::Wait })
}

/// The number of an end's descriptor.
fn number(end: &dyn Endpoint) -> Result<RawFd> {
    let number = end.fileno().and_then(|number| RawFd::try_from(number).ok());
    number.filter(|number| *number >= 0).ok_or(Error::os(Op::Wait, Errno::EBADF))
}

/// The descriptor of an end, to be asked about.
pub(crate) fn descriptor_of(end: &dyn Endpoint) -> Option<BorrowedFd<'_>> {
    number(end).ok().map(descriptor)
}

/// The descriptor of that number, to be asked about.
#[expect(unsafe_code, reason = "the judge knows ends by their numbers")]
fn descriptor<'a>(number: RawFd) -> BorrowedFd<'a> {
    // SAFETY: it is not -1, and is given only to calls that ask about it: what they do with a
    // number that is not open is what is judged.
    unsafe { BorrowedFd::borrow_raw(number) }
}
