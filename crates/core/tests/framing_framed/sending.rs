//! Sending frames on a stream that takes what it likes.

use sockrates_core::framing::{Delimiter, LengthPrefix};
use sockrates_core::{Errno, Error, Framed, Op};

use crate::script::{Departure, Script, timed_out, would_block};

fn prefix() -> LengthPrefix {
    LengthPrefix::u16(1000).unwrap()
}

#[test]
fn a_small_frame_is_one_piece_and_a_large_body_is_not_copied() {
    let mut framed = Framed::new(Script::stream([]), LengthPrefix::u32(100_000).unwrap());
    framed.send(b"small").unwrap();
    assert_eq!(framed.get_ref().seen.borrow().slices.len(), 1);
    let large = vec![7; 50_000];
    framed.send(&large).unwrap();
    let seen = framed.get_ref().seen.borrow();
    assert_eq!(seen.slices.len(), 2);
    assert_eq!(seen.slices[1], (large.as_ptr(), large.len()));
}

#[test]
fn a_large_body_leaves_together_with_the_frames_that_wait() {
    let mut framed = Framed::new(Script::stream([]), LengthPrefix::u32(100_000).unwrap());
    framed.feed(b"small").unwrap();
    framed.feed(b"too").unwrap();
    let large = vec![7; 50_000];
    framed.feed(&large).unwrap();
    assert!(framed.unsent().is_empty());
    let seen = framed.get_ref().seen.borrow();
    assert_eq!(seen.sent.len(), 1);
    let lens: Vec<usize> = seen.slices.iter().map(|(_, len)| *len).collect();
    assert_eq!(lens, [16, 4, 50_000]);
    assert_eq!(seen.slices[2].0, large.as_ptr());
}

/// Sends two frames through a transport that stops after `first` bytes and again after `second`,
/// each body as often as the documentation says, and returns the bytes on the wire.
fn send_two(first: usize, second: usize, bodies: [&[u8]; 2]) -> Vec<u8> {
    let script = Script::stream([]).sending([
        Departure::Takes(first),
        Departure::Fails(timed_out()),
        Departure::Takes(second),
        Departure::Fails(would_block()),
    ]);
    let mut framed = Framed::new(script, LengthPrefix::u16(10_000).unwrap());
    for body in bodies {
        while let Err(error) = framed.send(body) {
            assert!(error.is_recoverable(), "{error}");
            assert_eq!(error.op(), Some(Op::SendFrame));
            if error.done() > 0 {
                break;
            }
        }
    }
    while framed.flush().is_err() {}
    assert!(framed.unsent().is_empty());
    framed.get_ref().wire()
}

#[test]
fn a_send_that_is_cut_short_loses_nothing_and_doubles_nothing() {
    let framed = |body: &[u8]| [&(body.len() as u16).to_be_bytes(), body].concat();
    let (small, large) = (vec![6; 10], vec![7; 5000]);
    for bodies in [[&small, &small], [&small, &large], [&large, &small], [&large, &large]] {
        let frame = framed(bodies[0]);
        let want = [frame.clone(), framed(bodies[1])].concat();
        for first in 1..=12 {
            for second in [1, 2, frame.len() - first.min(frame.len() - 1), frame.len(), 5005] {
                let sent = send_two(first, second, bodies.map(|body| &body[..]));
                assert_eq!(sent, want, "cut after {first} and {second}");
            }
        }
    }
}

#[test]
fn a_send_says_whether_its_frame_was_accepted() {
    let script = Script::stream([]).sending([
        Departure::Fails(would_block()),
        Departure::Takes(3),
        Departure::Fails(timed_out()),
        Departure::Takes(1),
        Departure::Fails(timed_out()),
    ]);
    let mut framed = Framed::new(script, prefix());
    let refused = framed.send(b"zero").unwrap_err();
    assert_eq!(refused, Error::Os { op: Op::SendFrame, errno: Errno::EAGAIN, done: 0 });
    assert!(framed.unsent().is_empty());
    let begun = framed.send(b"one").unwrap_err();
    assert_eq!(begun, Error::TimedOut { op: Op::SendFrame, done: 3 });
    assert_eq!(framed.unsent(), b"ne");
    // The rest of "one" is not done yet, and so nothing of "two" was sent.
    let behind = framed.send(b"two").unwrap_err();
    assert_eq!(behind, Error::TimedOut { op: Op::SendFrame, done: 0 });
    assert_eq!(framed.unsent(), b"e");
    framed.send(b"two").unwrap();
    assert_eq!(framed.get_ref().wire(), b"\0\x03one\0\x03two");
}

#[test]
fn a_body_that_cannot_be_sent_sends_nothing() {
    let mut framed = Framed::new(Script::stream([]), Delimiter::new(b"--", 10_000).unwrap());
    framed.feed(b"kept").unwrap();
    for body in [&b"a--b"[..], &[b'-'; 6000], &[b'a'; 10_001]] {
        for error in [framed.send(body).unwrap_err(), framed.feed(body).unwrap_err()] {
            assert!(matches!(&error, Error::Frame { error, .. } if error.is_callers()), "{error}");
        }
    }
    assert!(framed.get_ref().wire().is_empty());
    framed.flush().unwrap();
    assert_eq!(framed.get_ref().wire(), b"kept--");
}

#[test]
fn frames_that_are_fed_go_out_together_and_are_bounded() {
    let mut framed = Framed::new(Script::stream([]), prefix());
    for _ in 0..1000 {
        framed.feed(&[7; 98]).unwrap();
        assert!(framed.unsent().len() <= 65 * 1024);
    }
    framed.flush().unwrap();
    framed.flush().unwrap();
    let seen = framed.get_ref().seen.borrow();
    assert_eq!(seen.sent.iter().map(Vec::len).sum::<usize>(), 100_000);
    assert_eq!(seen.sent.len(), 2);
}

#[test]
fn a_transport_that_takes_nothing_is_not_asked_for_ever() {
    let script = Script::stream([]).sending([Departure::Takes(1), Departure::Takes(0)]);
    let mut framed = Framed::new(script, prefix());
    let error = framed.send(b"one").unwrap_err();
    assert_eq!(error, Error::Os { op: Op::SendFrame, errno: Errno::EPIPE, done: 1 });
}
