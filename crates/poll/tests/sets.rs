//! Select's lists and poll's set.
#![cfg(unix)]

mod ends;

use std::io::{ErrorKind, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use ends::fails;
use sockrates_poll::{Poll, PollEvents, Selected, select};

const NOW: Option<Duration> = Some(Duration::ZERO);

#[test]
fn select_tells_positions_in_each_list() {
    let (a, mut b) = UnixStream::pair().unwrap();
    b.write_all(b"x").unwrap();
    let (a, b) = (a.as_fd(), b.as_fd());
    let found = select(&[b, a, a], &[a, b], &[a, b], NOW).unwrap();
    assert_eq!(found, Selected { read: vec![1, 2], write: vec![0, 1], except: vec![] });
    assert!(!found.is_empty());
}

#[test]
fn select_tells_urgent_data_apart() {
    let (a, b) = ends::tcp();
    socket2::SockRef::from(&b).send_out_of_band(b"!").unwrap();
    let found = select(&[a.as_fd()], &[], &[b.as_fd(), a.as_fd()], None).unwrap();
    assert_eq!(found, Selected { except: vec![1], ..Selected::default() });
}

#[test]
fn select_of_nothing_sleeps() {
    let (start, moment) = (Instant::now(), Duration::from_millis(10));
    assert!(select(&[], &[], &[], Some(moment)).unwrap().is_empty());
    assert!(start.elapsed() >= moment);
}

#[test]
fn select_refuses_closed_and_high_descriptors_in_any_list() {
    assert!(ends::allow(1101), "the limit of open files is below 1102");
    let (a, _b) = UnixStream::pair().unwrap();
    let high = ends::numbered(&a, 1101);
    for (bad, errno, kind) in [
        (ends::closed(720), Some(libc::EBADF), None),
        (high.as_fd(), None, Some(ErrorKind::InvalidInput)),
    ] {
        let bad = &[a.as_fd(), bad];
        for outcome in
            [select(bad, &[], &[], NOW), select(&[], bad, &[], NOW), select(&[], &[], bad, NOW)]
        {
            let error = fails(outcome);
            assert_eq!(error.raw_os_error(), errno);
            assert!(
                kind.is_none_or(|kind| error.kind() == kind && error.to_string().contains("1101"))
            );
        }
    }
}

#[test]
fn poll_keeps_every_other_descriptor_when_one_is_taken_out() {
    let pairs: Vec<_> = (0..5).map(|_| UnixStream::pair().unwrap()).collect();
    let mut poll = Poll::new();
    for (a, _) in &pairs {
        poll.register(a, PollEvents::OUT).unwrap();
    }
    for (gone, (a, _)) in pairs.iter().enumerate() {
        poll.unregister(a).unwrap();
        let mut told: Vec<_> = poll.poll(NOW).unwrap().iter().map(|(fd, _)| *fd).collect();
        told.sort_unstable();
        let mut left: Vec<_> = pairs[gone + 1..].iter().map(|(a, _)| a.as_raw_fd()).collect();
        left.sort_unstable();
        assert_eq!(told, left);
        for (a, _) in &pairs[gone + 1..] {
            poll.modify(a, PollEvents::OUT | PollEvents::IN).unwrap();
        }
    }
    assert!(poll.is_empty());
}

#[test]
fn poll_says_what_to_do_about_what_is_not_in() {
    let (a, _b) = UnixStream::pair().unwrap();
    let mut poll = Poll::new();
    let error = fails(poll.modify(&a, PollEvents::IN));
    assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    let error = fails(poll.unregister(&a));
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = format!("descriptor {} is not in this set; register it first", a.as_raw_fd());
    assert_eq!(error.to_string(), text);
    assert_eq!(fails(poll.unregister(&-1)).kind(), ErrorKind::NotFound);
}

#[test]
fn poll_replaces_what_is_in_the_list() {
    let (a, _b) = UnixStream::pair().unwrap();
    let mut poll = Poll::new();
    poll.register(&a, PollEvents::OUT).unwrap();
    let mut ready = vec![(-1, PollEvents::NVAL); 3];
    assert_eq!(poll.poll_into(&mut ready, NOW).unwrap(), 1);
    assert_eq!(ready, [(a.as_raw_fd(), PollEvents::OUT)]);
    poll.modify(&a, PollEvents::IN).unwrap();
    assert_eq!(poll.poll_into(&mut ready, NOW).unwrap(), 0);
    assert_eq!(ready, []);
}

#[test]
fn poll_tells_a_closed_descriptor_until_it_is_taken_out() {
    let only = ends::numbered(UnixStream::pair().unwrap().0, 721);
    let mut poll = Poll::new();
    poll.register(&only, PollEvents::NONE).unwrap();
    drop(only);
    for _ in 0..2 {
        assert_eq!(poll.poll(None).unwrap(), [(721, PollEvents::NVAL)]);
    }
    poll.unregister(&721).unwrap();
    assert_eq!(poll.poll(NOW).unwrap(), []);
}
