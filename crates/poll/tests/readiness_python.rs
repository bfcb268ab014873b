//! What select, poll, epoll and the selectors tell, scene by scene, beside CPython.
#![cfg(target_os = "linux")]

mod ends;
mod python;
#[path = "readiness/registrations.rs"]
mod registrations;
#[path = "readiness/scenes.rs"]
mod scenes;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use sockrates_poll::{
    Backend, Epoll, EpollEvents, EpollReady, Interest, Poll, PollEvents, Ready, Selector, select,
};

const NOW: Option<Duration> = Some(Duration::ZERO);

#[test]
fn each_mechanism_tells_what_it_tells_in_cpython() {
    assert!(ends::allow(1024), "the limit of open files is below 1025");
    let mut cells = Cells::default();
    scenes::all(&mut cells);
    registrations::all(&mut cells);
    as_written_down(&cells.0);
    if let Some(theirs) = python::run(include_str!("readiness/readiness.py")) {
        python::compare(&cells.0, &theirs);
    }
}

/// The table of Python's semantics, so that it holds where no CPython is.
#[track_caller]
fn as_written_down(cells: &BTreeMap<String, String>) {
    let (inp, pri, out, err, hup, nval, rdhup) = (1, 2, 4, 8, 16, 32, 0x2000);
    for (cell, bits) in [
        ("idle poll", out),
        ("data poll", inp | out),
        ("urgent poll", inp | pri | out),
        ("peer has ended poll", inp | out | rdhup),
        ("both ended epoll", inp | out | rdhup | hup),
        ("reset epoll", inp | out | rdhup | hup | err),
        ("unconnected poll", out | hup),
        ("closed poll", nval),
        ("datagram refused poll", out | err),
        ("asked for nothing, hung up poll", hup),
    ] {
        assert_eq!(cells.get(cell), Some(&bits.to_string()), "{cell}");
    }
}

/// One answer a cell.
#[derive(Default)]
struct Cells(BTreeMap<String, String>);

impl Cells {
    fn put(&mut self, scene: &str, mechanism: &str, what: impl ToString) {
        let before = self.0.insert(format!("{scene} {mechanism}"), what.to_string());
        assert_eq!(before, None, "{scene} {mechanism} is there twice");
    }

    /// Asks every mechanism about a descriptor.
    fn look(&mut self, scene: &str, fd: impl AsFd) {
        let fd = fd.as_fd();
        self.put(scene, "select", told(by_select(fd)));
        self.put(scene, "poll", told(by_poll(fd)));
        self.put(scene, "epoll", told(by_epoll(fd)));
        for backend in Backend::ALL {
            for (letters, interest) in
                [("r", Interest::READ), ("w", Interest::WRITE), ("rw", Interest::BOTH)]
            {
                let what = told(by_selector(*backend, fd, interest));
                self.put(scene, &format!("{backend:?} {letters}"), what);
            }
        }
    }
}

/// An answer or an error, in the words of the script.
fn told<T: ToString>(outcome: io::Result<T>) -> String {
    let error = match outcome {
        Ok(what) => return what.to_string(),
        Err(error) => error,
    };
    match (error.raw_os_error(), error.kind()) {
        (Some(errno), _) => format!("errno {errno}"),
        (None, io::ErrorKind::InvalidInput) => "refused".to_owned(),
        (None, io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => "no such key".to_owned(),
        _ => panic!("{error:?}"),
    }
}

fn by_select(fd: BorrowedFd<'_>) -> io::Result<String> {
    let found = select(&[fd], &[fd], &[fd], NOW)?;
    let lists = [("r", found.read), ("w", found.write), ("x", found.except)];
    Ok(lists.iter().filter(|(_, list)| *list == [0]).map(|(letter, _)| *letter).collect())
}

fn by_poll(fd: BorrowedFd<'_>) -> io::Result<u16> {
    let mut poll = Poll::new();
    let every = PollEvents::IN | PollEvents::PRI | PollEvents::OUT | PollEvents::RDHUP;
    poll.register(fd, every)?;
    polled(&mut poll)
}

fn polled(poll: &mut Poll) -> io::Result<u16> {
    Ok(poll.poll(NOW)?.iter().map(|(_, events)| events.bits()).sum())
}

fn by_epoll(fd: BorrowedFd<'_>) -> io::Result<u32> {
    let epoll = Epoll::new()?;
    let every = EpollEvents::IN | EpollEvents::PRI | EpollEvents::OUT | EpollEvents::RDHUP;
    epoll.register(fd, every, 0)?;
    epolled(&epoll)
}

fn epolled(epoll: &Epoll) -> io::Result<u32> {
    let mut ready = EpollReady::new(8);
    epoll.poll(&mut ready, NOW)?;
    Ok(ready.iter().map(|(_, events)| events.bits()).sum())
}

fn by_selector(backend: Backend, fd: BorrowedFd<'_>, interest: Interest) -> io::Result<u32> {
    let mut selector = Selector::with(backend)?;
    selector.register(fd, interest, ())?;
    selected(&mut selector)
}

/// Python's `EVENT_READ` is 1, `EVENT_WRITE` 2.
fn selected(selector: &mut Selector<()>) -> io::Result<u32> {
    selector.select(NOW)?;
    let found = std::iter::from_fn(|| selector.next_ready().map(|(_, ready)| ready));
    Ok(found
        .map(|Ready { readable, writable, .. }| u32::from(readable) + 2 * u32::from(writable))
        .sum())
}
