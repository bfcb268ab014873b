//! Wakes: from another thread, before the wait, many at once, from a signal handler.
#![cfg(unix)]

mod blocked;
mod ends;

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sockrates_poll::{Backend, Interest, Poll, PollEvents, Selector, Waker, select};

const NOW: Option<Duration> = Some(Duration::ZERO);
const LONG: Duration = Duration::from_secs(20);
const ROUNDS: usize = 2000;

fn all(test: impl Fn(Selector<()>)) {
    for backend in Backend::ALL {
        test(Selector::with(*backend).unwrap());
    }
}

/// Selects with a long timeout; tells how many are ready. It must not take that long.
#[track_caller]
fn woken(selector: &mut Selector<()>) -> usize {
    let start = Instant::now();
    let count = selector.select(Some(LONG)).unwrap();
    assert!(start.elapsed() < LONG / 2, "nothing woke it");
    count
}

#[test]
fn a_wake_ends_a_wait_that_goes_on() {
    all(|mut selector| {
        let waker = selector.waker();
        let count = thread::scope(|scope| {
            let waiting = blocked::spawn(scope, || woken(&mut selector));
            waker.wake();
            waiting.join().unwrap()
        });
        assert_eq!(count, 0);
    });
}

#[test]
fn a_wake_before_the_wait_is_not_lost_and_counts_once() {
    all(|mut selector| {
        for _ in 0..1000 {
            selector.waker().wake();
        }
        assert_eq!(woken(&mut selector), 0);
        let start = Instant::now();
        assert_eq!(selector.select(Some(Duration::from_millis(5))).unwrap(), 0);
        assert!(start.elapsed() >= Duration::from_millis(5), "many wakes are one");
        assert!(selector.is_empty(), "the waker is none of the caller's keys");
    });
}

#[test]
fn a_wake_comes_beside_what_is_ready() {
    all(|mut selector| {
        let (a, _b) = UnixStream::pair().unwrap();
        selector.register(&a, Interest::WRITE, ()).unwrap();
        selector.waker().wake();
        assert_eq!(woken(&mut selector), 1);
        assert!(selector.next_ready().unwrap().1.writable);
        assert!(selector.next_ready().is_none());
    });
}

#[test]
fn no_wake_is_lost_among_many() {
    all(|mut selector| {
        let waker = selector.waker();
        let (asked, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let lost = thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    asked.store(round, Ordering::Release);
                    waker.wake();
                    while done.load(Ordering::Acquire) < round {
                        thread::yield_now();
                    }
                }
            });
            let lost = (1..=ROUNDS).find(|round| {
                let start = Instant::now();
                while asked.load(Ordering::Acquire) < *round && start.elapsed() < LONG {
                    selector.select(Some(LONG)).unwrap();
                }
                done.store(*round, Ordering::Release);
                start.elapsed() >= LONG
            });
            done.store(ROUNDS, Ordering::Release);
            lost
        });
        assert_eq!(lost, None, "the wake of that round is lost");
    });
}

#[test]
fn wakers_outlive_the_selector() {
    all(|selector| {
        let waker = selector.waker();
        drop(selector);
        waker.wake();
        waker.clone().wake();
    });
}

#[test]
fn a_waker_cannot_be_registered_with_its_own_selector() {
    all(|mut selector| {
        let waker = selector.waker();
        let error = ends::fails(selector.register(&waker, Interest::READ, ()));
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        waker.wake();
        woken(&mut selector);
    });
}

#[test]
fn alone_it_is_readable_until_cleared() {
    let waker = Waker::new().unwrap();
    let readable = || !select(&[waker.as_fd()], &[], &[], NOW).unwrap().is_empty();
    assert!(!readable());
    waker.clear();
    waker.wake();
    waker.wake();
    assert!(readable() && readable());
    let mut poll = Poll::new();
    poll.register(&waker, PollEvents::IN).unwrap();
    assert_eq!(poll.poll(NOW).unwrap().len(), 1);
    waker.clear();
    assert!(!readable());
    assert_eq!(poll.poll(NOW).unwrap(), []);
}

#[test]
fn its_descriptors_are_close_on_exec() {
    let flags = rustix::io::fcntl_getfd(Waker::new().unwrap()).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn wakers_may_go_to_other_threads_and_so_may_selectors() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<Waker>();
    sync::<Waker>();
    send::<Selector<Vec<u8>>>();
    sync::<Selector<Vec<u8>>>();
    send::<Poll>();
}
