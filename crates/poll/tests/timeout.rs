//! Timeouts: total, never early, never rounded to nothing, whatever interrupts.
#![cfg(unix)]

mod storm;

use std::io;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use sockrates_poll::{Backend, Interest, Poll, PollEvents, Selector, select};

const SHORT: Duration = Duration::from_millis(30);
const LONG: Duration = Duration::from_secs(20);

/// How a wait is called: it tells how many are ready.
type Wait = Box<dyn FnMut(Option<Duration>) -> io::Result<usize> + Send>;

/// Each way to wait, for something that does not come.
fn ways() -> Vec<(String, Wait)> {
    let mut ways: Vec<(String, Wait)> = Vec::new();
    let (a, b) = UnixStream::pair().unwrap();
    ways.push((
        "select()".to_owned(),
        Box::new(move |timeout| {
            use std::os::fd::AsFd;
            let _open = &b;
            Ok(select(&[a.as_fd()], &[], &[], timeout)?.read.len())
        }),
    ));
    let (a, b) = UnixStream::pair().unwrap();
    let mut poll = Poll::new();
    poll.register(&a, PollEvents::IN).unwrap();
    ways.push((
        "Poll".to_owned(),
        Box::new(move |timeout| {
            let _open = (&a, &b);
            Ok(poll.poll(timeout)?.len())
        }),
    ));
    for backend in Backend::ALL {
        let (a, b) = UnixStream::pair().unwrap();
        let mut selector = Selector::with(*backend).unwrap();
        selector.register(&a, Interest::READ, ()).unwrap();
        ways.push((
            format!("Selector on {backend:?}"),
            Box::new(move |timeout| {
                let _open = (&a, &b);
                selector.select(timeout)
            }),
        ));
    }
    ways
}

/// Waits in vain: as long as it was told at least, and not so much longer that nobody counts.
#[track_caller]
fn waits_in_vain(name: &str, wait: &mut Wait, timeout: Duration) {
    let start = Instant::now();
    assert_eq!(wait(Some(timeout)).unwrap(), 0, "{name}");
    let took = start.elapsed();
    assert!(took >= timeout, "{name}: {took:?} is before {timeout:?}");
    assert!(took < timeout + LONG, "{name}: {took:?} is long after {timeout:?}");
}

#[test]
fn a_wait_in_vain_is_never_early() {
    for (name, mut wait) in ways() {
        for nanos in [1, 1_000, 999_999, 1_000_000, 1_000_001, 3_400_000] {
            waits_in_vain(&name, &mut wait, Duration::from_nanos(nanos));
        }
    }
}

#[test]
fn signals_do_not_end_a_wait_nor_prolong_it() {
    for (name, mut wait) in ways() {
        // On a busy machine a wait may pass without a signal.
        let interrupted = (0..100).any(|_| {
            let ((), signals) = storm::under(|| waits_in_vain(&name, &mut wait, SHORT));
            signals > 3
        });
        assert!(interrupted, "{name}: nothing interrupted it");
    }
}

#[test]
fn a_signal_does_not_end_a_wait_without_timeout() {
    for backend in Backend::ALL {
        let mut selector: Selector<()> = Selector::with(*backend).unwrap();
        let waker = selector.waker();
        let ((), signals) = storm::under(|| {
            let before = storm::caught();
            thread::scope(|scope| {
                scope.spawn(|| {
                    while storm::caught() < before + 50 {
                        thread::yield_now();
                    }
                    waker.wake();
                });
                assert_eq!(selector.select(None).unwrap(), 0);
                assert!(storm::caught() >= before + 50, "{backend:?} ended with a signal");
            });
        });
        assert!(signals > 10);
    }
}

#[test]
fn zero_only_looks() {
    for (name, mut wait) in ways() {
        let start = Instant::now();
        for _ in 0..1000 {
            assert_eq!(wait(Some(Duration::ZERO)).unwrap(), 0);
        }
        assert!(start.elapsed() < LONG, "{name}");
    }
}

#[test]
fn a_timeout_beyond_the_clock_is_none() {
    for backend in Backend::ALL {
        let mut selector: Selector<()> = Selector::with(*backend).unwrap();
        for timeout in [Duration::MAX, Duration::from_secs(u64::from(u32::MAX))] {
            selector.waker().wake();
            assert_eq!(selector.select(Some(timeout)).unwrap(), 0);
        }
    }
}
