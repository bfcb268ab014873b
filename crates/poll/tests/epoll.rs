//! Epoll beyond one thread and one level.
#![cfg(any(target_os = "linux", target_os = "android"))]

mod blocked;
mod ends;

use std::io::{ErrorKind, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use ends::fails;
use sockrates_poll::{Epoll, EpollEvents, EpollReady, Poll, PollEvents, select};

const NOW: Option<Duration> = Some(Duration::ZERO);
const SOON: Option<Duration> = Some(Duration::from_secs(20));

#[test]
fn one_registered_while_another_thread_waits_wakes_it() {
    let epoll = Epoll::new().unwrap();
    let (a, _b) = UnixStream::pair().unwrap();
    let found = thread::scope(|scope| {
        let waiting = blocked::spawn(scope, || {
            let mut ready = EpollReady::new(4);
            epoll.poll(&mut ready, SOON).unwrap();
            ready.iter().collect::<Vec<_>>()
        });
        epoll.register(&a, EpollEvents::OUT, 42).unwrap();
        waiting.join().unwrap()
    });
    assert_eq!(found, [(42, EpollEvents::OUT)]);
}

#[test]
fn an_epoll_within_is_readable_while_anything_in_it_is_ready() {
    let (inner, outer) = (Epoll::new().unwrap(), Epoll::new().unwrap());
    let (a, mut b) = UnixStream::pair().unwrap();
    inner.register(&a, EpollEvents::IN, 1).unwrap();
    outer.register(&inner, EpollEvents::IN, 2).unwrap();
    let mut ready = EpollReady::new(4);
    assert_eq!(outer.poll(&mut ready, NOW).unwrap(), 0);
    b.write_all(b"x").unwrap();
    outer.poll(&mut ready, SOON).unwrap();
    assert!(ready.iter().eq([(2, EpollEvents::IN)]));
    assert_eq!(select(&[outer.as_fd()], &[], &[], NOW).unwrap().read, [0]);
    let mut poll = Poll::new();
    poll.register(&inner, PollEvents::IN).unwrap();
    assert_eq!(poll.poll(NOW).unwrap().len(), 1);
}

#[test]
fn as_many_as_there_is_room_for_and_the_others_first_the_next_time() {
    let epoll = Epoll::new().unwrap();
    let pairs: Vec<_> = (0..5).map(|_| UnixStream::pair().unwrap()).collect();
    for (data, (a, _)) in (0..).zip(&pairs) {
        epoll.register(a, EpollEvents::OUT, data).unwrap();
    }
    let mut ready = EpollReady::new(2);
    let mut told = Vec::new();
    for _ in 0..3 {
        assert_eq!(epoll.poll(&mut ready, NOW).unwrap(), 2);
        assert_eq!((ready.len(), ready.is_empty()), (2, false));
        told.extend(ready.iter().map(|(data, _)| data));
    }
    told.sort_unstable();
    told.dedup();
    assert_eq!(told, [0, 1, 2, 3, 4]);
}

#[test]
fn room_for_nothing_is_refused() {
    let mut none = EpollReady::new(0);
    let error = fails(Epoll::new().unwrap().poll(&mut none, None));
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("use EpollReady::new(1)"), "{error}");
    assert_eq!(format!("{:?}", EpollReady::new(usize::MAX)), "[]");
}

#[test]
fn what_an_earlier_wait_found_is_gone_after_one_in_vain() {
    let epoll = Epoll::new().unwrap();
    let (a, _b) = UnixStream::pair().unwrap();
    epoll.register(&a, EpollEvents::OUT | EpollEvents::ONESHOT, 0).unwrap();
    let mut ready = EpollReady::new(2);
    assert_eq!(epoll.poll(&mut ready, NOW).unwrap(), 1);
    assert_eq!(epoll.poll(&mut ready, NOW).unwrap(), 0);
    assert_eq!(ready.iter().count(), 0);
}

#[test]
fn it_is_its_descriptor() {
    let epoll = Epoll::new().unwrap();
    let (a, _b) = UnixStream::pair().unwrap();
    epoll.register(&a, EpollEvents::OUT, 9).unwrap();
    let flags = rustix::io::fcntl_getfd(&epoll).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
    let again = Epoll::from_fd(OwnedFd::from(epoll));
    assert_eq!(again.poll(&mut EpollReady::new(1), NOW).unwrap(), 1);
    let mut ready = EpollReady::new(1);
    again.poll(&mut ready, NOW).unwrap();
    let other = Epoll::from_fd(a.into());
    let error = fails(other.poll(&mut ready, NOW));
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    assert!(ready.is_empty(), "nothing is left of the wait before");
}

#[test]
fn a_number_that_never_was_is_bad() {
    let epoll = Epoll::new().unwrap();
    for outcome in [epoll.modify(&-1, EpollEvents::IN, 0), epoll.unregister(&-1)] {
        assert_eq!(fails(outcome).raw_os_error(), Some(libc::EBADF));
    }
}

#[test]
fn one_shot_is_told_to_one_of_two_threads() {
    let epoll = Epoll::new().unwrap();
    let (a, mut b) = UnixStream::pair().unwrap();
    epoll.register(&a, EpollEvents::IN | EpollEvents::ONESHOT, 0).unwrap();
    let wait = || epoll.poll(&mut EpollReady::new(1), Some(Duration::from_millis(20))).unwrap();
    b.write_all(b"x").unwrap();
    let told = thread::scope(|scope| {
        let waiting = [scope.spawn(wait), scope.spawn(wait)];
        waiting.map(|thread| thread.join().unwrap()).iter().sum::<usize>()
    });
    assert_eq!(told, 1);
}
