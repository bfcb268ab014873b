//! What a selector refuses, and descriptors that were closed under it.
#![cfg(unix)]

mod ends;

use std::io::ErrorKind;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ends::fails;
use sockrates_poll::{Backend, Interest, Selector};

const NOW: Option<Duration> = Some(Duration::ZERO);
const SOON: Option<Duration> = Some(Duration::from_secs(20));
const SHORT: Duration = Duration::from_millis(20);

fn all(test: impl Fn(Selector<u8>)) {
    for backend in Backend::ALL {
        test(Selector::with(*backend).unwrap());
    }
}

#[test]
fn twice_is_refused_and_changes_nothing() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        selector.register(&a, Interest::READ, 1).unwrap();
        let error = fails(selector.register(&a, Interest::WRITE, 2));
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        let number = a.as_raw_fd();
        let text = format!(
            "descriptor {number} is registered already; modify it, or unregister it before it is \
             closed"
        );
        assert_eq!(error.to_string(), text);
        let key = selector.unregister(&a).unwrap();
        assert_eq!((key.interest, key.data), (Interest::READ, 1));
    });
}

#[test]
fn what_is_not_registered_cannot_be_changed_nor_taken_out() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        let text = format!("descriptor {} is not registered; register it first", a.as_raw_fd());
        for error in [fails(selector.modify(&a, Interest::READ)), fails(selector.unregister(&a))] {
            assert_eq!((error.kind(), error.to_string()), (ErrorKind::NotFound, text.clone()));
        }
        assert_eq!(fails(selector.unregister(&-1)).kind(), ErrorKind::NotFound);
        assert!(selector.get_key(&a).is_none() && selector.get_mut(&-1).is_none());
    });
}

#[test]
fn a_closed_descriptor_is_refused() {
    all(|mut selector| {
        let error = fails(selector.register(ends::closed(700), Interest::READ, 0));
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        assert!(selector.is_empty());
    });
}

#[test]
fn select_refuses_what_its_sets_do_not_hold() {
    assert!(ends::allow(1100), "the limit of open files is below 1101");
    let (a, _b) = UnixStream::pair().unwrap();
    all(|mut selector| {
        let high = ends::numbered(&a, 1100);
        let outcome = selector.register(&high, Interest::WRITE, 0);
        if selector.backend() != Backend::Select {
            outcome.unwrap();
            assert_eq!(selector.select(NOW).unwrap(), 1);
            return;
        }
        let error = fails(outcome);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let text = "select holds descriptors below 1024, and this is 1100; use poll";
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn a_file_is_always_ready_or_refused() {
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    all(|mut selector| match selector.register(&file, Interest::READ, 0) {
        Ok(()) => assert_eq!(selector.select(NOW).unwrap(), 1),
        Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EPERM)),
    });
}

#[test]
fn one_closed_under_the_selector() {
    all(|mut selector| {
        let only = ends::numbered(UnixStream::pair().unwrap().0, 701);
        selector.register(&only, Interest::READ, 0).unwrap();
        drop(only);
        match selector.backend() {
            Backend::Select => {
                assert_eq!(fails(selector.select(NOW)).raw_os_error(), Some(libc::EBADF));
            }
            Backend::Poll => {
                assert_eq!(selector.select(NOW).unwrap(), 1);
                assert!(selector.next_ready().unwrap().1.error);
            }
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Backend::Epoll => assert_eq!(selector.select(NOW).unwrap(), 0),
        }
        selector.unregister(&701).unwrap();
        assert_eq!(selector.select(NOW).unwrap(), 0);
    });
}

#[test]
fn one_that_a_duplicate_keeps_open_does_not_haunt() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        let (c, _d) = UnixStream::pair().unwrap();
        let registered = ends::numbered(&a, 702);
        selector.register(&registered, Interest::WRITE, 1).unwrap();
        selector.register(&c, Interest::READ, 2).unwrap();
        drop(registered); // and `a` keeps it in an epoll
        selector.unregister(&702).unwrap();

        // Nothing is ready, and so it waits; it does not return for what nobody asks about.
        let start = Instant::now();
        assert_eq!(selector.select(Some(SHORT)).unwrap(), 0);
        assert!(start.elapsed() >= SHORT);

        selector.modify(&c, Interest::WRITE).unwrap();
        assert_eq!(selector.select(SOON).unwrap(), 1);
        assert_eq!(*selector.next_ready().unwrap().0.data, 2);
        selector.modify(&c, Interest::READ).unwrap();
        selector.waker().wake();
        let start = Instant::now();
        assert_eq!(selector.select(SOON).unwrap(), 0);
        assert!(start.elapsed() < Duration::from_secs(10), "the waker still wakes it");
    });
}

#[test]
fn a_wake_beside_one_that_haunts_is_heard() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        let registered = ends::numbered(&a, 703);
        selector.register(&registered, Interest::WRITE, 1).unwrap();
        drop(registered);
        selector.unregister(&703).unwrap();
        selector.waker().wake();
        let start = Instant::now();
        assert_eq!(selector.select(SOON).unwrap(), 0);
        assert!(start.elapsed() < Duration::from_secs(10), "the wake was lost");
    });
}

#[test]
fn a_number_used_again_is_another_descriptor() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        let (c, _d) = UnixStream::pair().unwrap();
        let first = ends::numbered(&a, 704);
        selector.register(&first, Interest::WRITE, 1).unwrap();
        drop(first);
        let second = ends::numbered(&c, 704);
        assert_eq!(
            fails(selector.register(&second, Interest::READ, 2)).kind(),
            ErrorKind::AlreadyExists
        );
        assert_eq!(selector.unregister(&704).unwrap().data, 1);
        selector.register(&second, Interest::READ, 2).unwrap();
        assert_eq!(selector.select(Some(SHORT)).unwrap(), 0, "the first is not told as the second");
        assert_eq!(selector.unregister(&second).unwrap().data, 2);
    });
}
