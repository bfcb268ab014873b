//! Batches beside other threads, under signals, and on local sockets.
#![cfg(unix)]

mod blocked;
mod storm;

use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, RecvFlags};
use sockrates_socket::{Family, RecvBatch, SendBatch, Socket, Type, socketpair};

const LONG: Mode = Mode::Timeout(Duration::from_secs(60));

fn bound() -> Socket {
    let socket = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    socket.bind(("127.0.0.1", 0)).unwrap();
    socket
}

/// A batch by each of the ways to receive one.
fn every_way(slots: usize, slot: usize) -> [RecvBatch; 3] {
    let batch = || RecvBatch::new(slots, slot).unwrap();
    [batch(), batch().many_at_once(), batch().one_by_one()]
}

#[test]
fn closing_wakes_who_waits_for_a_batch() {
    for mode in [Mode::Blocking, LONG] {
        for (slots, slot) in [(1, 0), (1, 8), (8, 8)] {
            for mut batch in every_way(slots, slot) {
                let socket = bound();
                socket.set_mode(mode).unwrap();
                thread::scope(|scope| {
                    let waiting = blocked::spawn(scope, || socket.recv_many_from(&mut batch));
                    socket.close().unwrap();
                    let error = blocked::outcome(waiting).unwrap_err();
                    assert_eq!(error.errno(), Some(Errno::EBADF));
                });
                assert!(batch.is_empty() && batch.iter().next().is_none());
                assert_eq!(socket.recv_many(&mut batch).unwrap_err().errno(), Some(Errno::EBADF));
                let mut out = SendBatch::new(1, 1).unwrap();
                out.push(b"x").unwrap();
                let error = socket.send_many(&mut out).unwrap_err();
                assert_eq!((error.errno(), out.len()), (Some(Errno::EBADF), 1));
                let error = socket.send_segments(b"", 1).unwrap_err();
                assert_eq!(error.errno(), Some(Errno::EBADF));
            }
        }
    }
}

#[test]
fn who_waits_gets_what_comes_first() {
    for mode in [Mode::Blocking, LONG] {
        for mut batch in every_way(8, 8) {
            let (socket, sender) = (bound(), bound());
            socket.set_mode(mode).unwrap();
            thread::scope(|scope| {
                let waiting = blocked::spawn(scope, || socket.recv_many_from(&mut batch));
                sender.send_to(b"first", socket.local_addr().unwrap()).unwrap();
                assert_eq!(blocked::outcome(waiting).unwrap(), 1);
            });
            assert_eq!(batch.iter().next().unwrap().bytes(), b"first");
        }
    }
}

#[test]
fn a_storm_of_signals_makes_no_deadline_earlier_or_later() {
    let short = Duration::from_millis(30);
    for mut batch in every_way(4, 8) {
        let (socket, mut total) = (bound(), 0);
        while total < 10 {
            let start = Instant::now();
            let (outcome, caught) = storm::under(|| {
                socket.recv_many_from_by(&mut batch, RecvFlags::NONE, Deadline::after(short))
            });
            assert!(outcome.unwrap_err().is_timeout());
            assert!(start.elapsed() >= short, "{:?}", start.elapsed());
            total += caught;
        }
    }
}

#[test]
fn a_storm_of_signals_loses_and_repeats_nothing() {
    for mode in [Mode::Blocking, LONG] {
        for mut batch in every_way(3, 8) {
            let (socket, sender) = (bound(), bound());
            socket.set_mode(mode).unwrap();
            let to = socket.local_addr().unwrap();
            sender.connect(to).unwrap();
            let ((), _) = storm::under(|| {
                let (mut out, mut sent, mut want) = (SendBatch::new(5, 20).unwrap(), 0, 0_u32);
                let before = storm::caught();
                while storm::caught() < before + 100 {
                    (0..5_u32).for_each(|i| out.push(&(sent + i).to_ne_bytes()).unwrap());
                    sent += 5;
                    sender.send_many(&mut out).unwrap();
                    while want < sent {
                        socket.recv_many_from(&mut batch).unwrap();
                        for one in &batch {
                            assert_eq!(one.bytes(), want.to_ne_bytes());
                            want += 1;
                        }
                    }
                }
            });
        }
    }
}

#[test]
fn local_datagrams_go_in_batches_too() {
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    for mut batch in every_way(4, 8) {
        let mut out = SendBatch::new(4, 40).unwrap();
        for body in [&b"one"[..], b"two", b"", b"too long, this"] {
            out.push(body).unwrap();
        }
        left.send_many(&mut out).unwrap();
        assert_eq!(right.recv_many_from(&mut batch).unwrap(), 4);
        let got: Vec<_> = batch.iter().map(|one| (one.bytes(), one.is_truncated())).collect();
        let want = [(&b"one"[..], false), (b"two", false), (b"", false), (b"too long", true)];
        assert_eq!(got, want);
        assert!(batch.iter().all(|one| one.addr() == Addr::Unnamed && one.peer().is_none()));
    }
}

#[test]
fn descriptors_that_come_with_a_batch_are_closed() {
    for mut batch in every_way(2, 8) {
        let (left, right) = socketpair(Type::DGRAM).unwrap();
        let (kept, passed) = socketpair(Type::STREAM).unwrap();
        left.send_fds(b"here", &[passed.as_fd()]).unwrap();
        drop(passed);
        assert_eq!(right.recv_many(&mut batch).unwrap(), 1);
        assert_eq!(batch.iter().next().unwrap().bytes(), b"here");
        kept.set_mode(LONG).unwrap();
        assert_eq!(kept.recv(&mut [0; 1]).unwrap().len, 0, "nobody holds the other end");
    }
}

#[test]
fn streams_have_no_batches() {
    let (left, _right) = socketpair(Type::STREAM).unwrap();
    let (mut batch, mut out) = (RecvBatch::new(1, 1).unwrap(), SendBatch::new(1, 1).unwrap());
    assert!(matches!(left.recv_many(&mut batch), Err(Error::Unsupported { .. })));
    assert!(matches!(left.send_many(&mut out), Err(Error::Unsupported { .. })));
    assert!(matches!(left.send_segments(b"x", 1), Err(Error::Unsupported { .. })));
}
