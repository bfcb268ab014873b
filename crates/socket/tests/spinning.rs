//! Trying again before waiting: it changes when an answer is seen, and nothing else.
#![cfg(unix)]

mod blocked;
mod storm;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Mode, RecvBuf, RecvFlags};
use sockrates_socket::{Family, Socket, Type, socketpair};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

/// Few enough that they are over before a peer does anything, and so many that they never are.
const SPINS: [u32; 2] = [3, u32::MAX];

fn pair(spin: u32, mode: Mode) -> (Socket, Socket) {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    for end in [&left, &right] {
        end.set_spin(spin);
        end.set_mode(mode).unwrap();
    }
    (left, right)
}

#[test]
fn no_socket_spins_unasked() {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    listener.set_spin(7);
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    assert_eq!(client.spin(), 0);
    client.connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(listener.accept().unwrap().0.spin(), 0, "an accepted one does not inherit it");
    client.set_spin(5);
    let copy = client.dup().unwrap();
    client.set_spin(0);
    assert_eq!((client.spin(), copy.spin()), (0, 5), "a duplicate has its own");
}

#[test]
fn a_conversation_is_the_same_however_it_waits() {
    for spin in SPINS {
        for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
            let (left, right) = pair(spin, mode);
            thread::scope(|scope| {
                scope.spawn(|| {
                    let mut room = [0; 64];
                    for _ in 0..200 {
                        right.recv_exact(&mut room).unwrap();
                        right.send_all(&room).unwrap();
                    }
                });
                for turn in 0..200 {
                    left.send_all(&[turn; 64]).unwrap();
                    let mut room = [0; 64];
                    left.recv_exact(&mut room).unwrap();
                    assert_eq!(room, [turn; 64]);
                }
            });
        }
    }
}

#[test]
fn a_send_waits_for_room_as_a_receive_for_bytes() {
    let bytes = vec![7; 8 << 20];
    for spin in SPINS {
        for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
            let (left, right) = pair(spin, mode);
            thread::scope(|scope| {
                let sending = scope.spawn(|| left.send_all(&bytes));
                let mut got = vec![0; bytes.len()];
                right.recv_exact(&mut got).unwrap();
                sending.join().unwrap().unwrap();
                assert!(got == bytes);
            });
        }
    }
}

#[test]
fn the_time_is_up_when_it_is_up() {
    for spin in SPINS {
        for (mode, deadline) in [
            (Mode::Timeout(SHORT), Deadline::NEVER),
            (Mode::Timeout(LONG), Deadline::after(SHORT)),
            (Mode::Blocking, Deadline::after(SHORT)),
        ] {
            let (left, _right) = pair(spin, mode);
            let start = Instant::now();
            let left = storm::under(|| {
                left.recv_by(&mut RecvBuf::new(&mut [0; 8]), RecvFlags::NONE, deadline)
            });
            assert!(left.0.unwrap_err().is_timeout());
            let took = start.elapsed();
            assert!(took < SHORT + Duration::from_secs(20), "{took:?}");
            assert!(mode != Mode::Timeout(SHORT) || took >= SHORT, "{took:?}");
        }
    }
}

#[test]
fn what_may_not_wait_does_not_try_again() {
    let (left, _right) = pair(u32::MAX, Mode::NonBlocking);
    assert_eq!(left.recv(&mut [0; 8]).unwrap_err().errno(), Some(Errno::EAGAIN));
    left.set_blocking(true).unwrap();
    let hasty = left.recv_with(&mut [0; 8], RecvFlags::DONTWAIT);
    assert_eq!(hasty.unwrap_err().errno(), Some(Errno::EAGAIN));
}

#[test]
fn closing_ends_it_in_the_tries_and_in_the_wait() {
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (left, _right) = pair(3, mode);
        let outcome = thread::scope(|scope| {
            let waiting = blocked::spawn(scope, || left.recv(&mut [0; 8]));
            left.close().unwrap();
            blocked::outcome(waiting)
        });
        assert_eq!(outcome.unwrap_err().errno(), Some(Errno::EBADF));

        let (left, _right) = pair(u32::MAX, mode);
        let outcome = thread::scope(|scope| {
            let ((started, starts), left) = (mpsc::channel(), &left);
            let spinning = scope.spawn(move || {
                started.send(()).unwrap();
                left.recv(&mut [0; 8])
            });
            starts.recv().unwrap();
            left.close().unwrap();
            blocked::outcome(spinning)
        });
        assert_eq!(outcome.unwrap_err().errno(), Some(Errno::EBADF));
    }
}

#[test]
fn the_mode_is_told_as_it_was_set() {
    let (left, _right) = pair(9, Mode::Blocking);
    assert_eq!((left.mode(), left.timeout(), left.is_blocking()), (Mode::Blocking, None, true));
    left.set_spin(0);
    assert_eq!(left.mode(), Mode::Blocking);
    left.set_timeout(Some(SHORT)).unwrap();
    left.set_spin(9);
    assert_eq!((left.timeout(), left.spin()), (Some(SHORT), 9));
}
