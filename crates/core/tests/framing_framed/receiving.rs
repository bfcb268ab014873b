//! Receiving frames from a stream that does all that streams do.

use std::time::Duration;

use sockrates_core::framing::{Chunked, LengthPrefix, Lines, Slip, Whole};
use sockrates_core::{Errno, Error, FrameError, Framed, Framing, Mode, Op, Resync};

use crate::script::{Arrival, Script, bytes, timed_out, would_block};

fn prefix() -> LengthPrefix {
    LengthPrefix::u16(1000).unwrap()
}

/// The frames up to the end; every timeout and `EAGAIN` is tried again.
fn frames<F: Framing>(framed: &mut Framed<Script, F>) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    loop {
        match framed.next() {
            Ok(Some(frame)) => frames.push(frame.to_vec()),
            Ok(None) => return frames,
            Err(error) => assert!(error.would_block() || error.is_timeout(), "{error}"),
        }
    }
}

#[test]
fn frames_arrive_however_the_stream_is_cut_and_interrupted() {
    let wire = b"\0\x03one\0\0\0\x05three";
    for cut in 0..=wire.len() {
        for pause in [would_block(), timed_out()] {
            let script = Script::stream([
                bytes(&wire[..cut]),
                Arrival::Fails(pause.clone()),
                Arrival::Fails(pause),
                bytes(&wire[cut..]),
            ]);
            // A stream cannot bring nothing: that would be its end.
            if cut > 0 && cut < wire.len() {
                let mut framed = Framed::new(script, prefix());
                assert_eq!(frames(&mut framed), [&b"one"[..], b"", b"three"]);
            }
        }
    }
    let mut one_by_one = Framed::new(Script::stream(wire.chunks(1).map(bytes)), prefix());
    assert_eq!(frames(&mut one_by_one), [&b"one"[..], b"", b"three"]);
    assert_eq!(one_by_one.next(), Ok(None));
}

#[test]
fn a_pause_says_how_much_of_the_frame_has_arrived() {
    let script = Script::stream([bytes(b"\0\x03o"), Arrival::Fails(would_block()), bytes(b"ne")]);
    let mut framed = Framed::new(script, prefix());
    let pause = framed.next().unwrap_err();
    assert_eq!(pause, Error::Os { op: Op::RecvFrame, errno: Errno::EAGAIN, done: 3 });
    assert!(pause.is_recoverable());
    assert_eq!(framed.buffered(), b"\0\x03o");
    assert_eq!(framed.next(), Ok(Some(&b"one"[..])));
    assert_eq!(framed.buffered(), b"");
}

#[test]
fn the_end_inside_a_frame_is_an_error_and_the_partial_stays() {
    let mut framed = Framed::new(Script::stream([bytes(b"\0\x01a\0\x03on")]), prefix());
    assert_eq!(framed.next(), Ok(Some(&b"a"[..])));
    for _ in 0..3 {
        let end = framed.next().unwrap_err();
        assert_eq!(end, Error::Eof { op: Op::RecvFrame, have: 4, want: None });
        assert_eq!(framed.buffered(), b"\0\x03on");
    }
    let mut inside = Framed::new(Script::stream([bytes(b"1\r\na\r\n")]), Chunked::new(10));
    assert_eq!(inside.next(), Ok(Some(&b"a"[..])));
    assert_eq!(inside.next(), Err(Error::Eof { op: Op::RecvFrame, have: 0, want: None }));
}

#[test]
fn a_stream_that_is_a_whole_frame_has_one_frame_or_none() {
    let script = Script::stream([bytes(b"all of "), bytes(b"it")]);
    assert_eq!(frames(&mut Framed::new(script, Whole::new(100))), [b"all of it"]);
    assert!(frames(&mut Framed::new(Script::stream([]), Whole::new(100))).is_empty());
    let mut long = Framed::new(Script::stream([bytes(b"four")]), Whole::new(3));
    assert!(!long.next().unwrap_err().is_recoverable());
}

#[test]
fn an_error_that_can_be_recovered_from_costs_its_frame_alone() {
    let script = Script::stream([bytes(b"abcdefgh"), bytes(b"ij\nok\nxx\xffyyyyyy\nok\n")]);
    let mut framed = Framed::new(script, Lines::lf(5));
    for _ in 0..2 {
        let error = framed.next().unwrap_err();
        assert!(error.is_recoverable(), "{error}");
        assert!(error.to_string().starts_with("frame too long"), "{error}");
        assert_eq!(framed.next(), Ok(Some(&b"ok"[..])));
    }
    assert_eq!(framed.next(), Ok(None));

    let script = Script::stream([bytes(b"\xc0a\xdbx\xc0\xc0b\xc0")]);
    let mut framed = Framed::new(script, Slip::new(5));
    assert!(framed.next().unwrap_err().is_recoverable());
    assert_eq!(framed.next(), Ok(Some(&b"b"[..])));
}

#[test]
fn an_error_that_cannot_be_recovered_from_stays() {
    let mut framed =
        Framed::new(Script::stream([bytes(b"\0\x01a\xff\xff"), bytes(b"x")]), prefix());
    assert_eq!(framed.next(), Ok(Some(&b"a"[..])));
    let first = framed.next().unwrap_err();
    assert!(!first.is_recoverable());
    assert!(first.to_string().ends_with("(from #1)"), "{first}");
    assert_eq!(framed.next(), Err(first));
    assert_eq!(framed.buffered(), b"\xff\xff");
    assert_eq!(framed.send(b"bye"), Ok(()));
}

#[test]
fn no_memory_is_made_for_a_length_that_was_announced() {
    let announced = (1u64 << 39).to_be_bytes();
    let script = Script::stream([bytes(announced), bytes(b"a"), Arrival::Fails(would_block())]);
    let mut framed = Framed::new(script, LengthPrefix::u64(1 << 40).unwrap());
    assert!(framed.next().unwrap_err().would_block());
    assert!(framed.get_ref().seen.borrow().room_max <= 64 * 1024);

    let script = Script::stream([bytes((1u64 << 63).to_be_bytes())]);
    let mut framed = Framed::new(script, LengthPrefix::u64(1000).unwrap());
    let error = FrameError::too_long(1 << 63, 1000, Resync::Never);
    let Err(Error::Frame { error: seen, .. }) = framed.next() else { panic!("accepted") };
    assert_eq!(seen, error);
}

#[test]
fn a_large_frame_arrives_whole() {
    let body: Vec<u8> = (0..1_000_000u32).map(|i| i as u8).collect();
    let framing = LengthPrefix::u32(1_000_000).unwrap();
    let wire = [&framing.encode(&body).unwrap().to_vec()[..], b"\0\0\0\x01a"].concat();
    let mut framed = Framed::new(Script::stream(wire.chunks(10_007).map(bytes)), framing);
    assert_eq!(framed.next(), Ok(Some(&body[..])));
    assert_eq!(framed.next(), Ok(Some(&b"a"[..])));
    assert!(framed.get_ref().seen.borrow().room_max <= 1_000_000);
}

#[test]
fn one_deadline_holds_for_the_whole_frame() {
    let script = Script::stream([bytes(b"\0"), bytes(b"\x02a"), bytes(b"b")]);
    let script = script.mode(Mode::Timeout(Duration::from_secs(5)));
    let mut framed = Framed::new(script, prefix());
    assert_eq!(framed.next(), Ok(Some(&b"ab"[..])));
    let deadlines = std::mem::take(&mut framed.get_ref().seen.borrow_mut().deadlines);
    assert_eq!(deadlines.len(), 3);
    assert!(!deadlines[0].is_never());
    assert!(deadlines.iter().all(|deadline| *deadline == deadlines[0]));
}

#[test]
fn bytes_survive_a_change_of_framing_and_the_taking_apart() {
    let script = Script::stream([bytes(b"POST /\r\n3\r\nabc\r\n0\r\n\r\nrest")]);
    let mut framed = Framed::new(script, Lines::crlf(100));
    assert_eq!(framed.next(), Ok(Some(&b"POST /"[..])));
    framed.feed(b"200 OK").unwrap();
    let mut framed = framed.with_framing(Chunked::new(100));
    assert_eq!(framed.next(), Ok(Some(&b"abc"[..])));
    assert_eq!(framed.next(), Ok(Some(&b""[..])));
    framed.feed(b"hi").unwrap();
    let parts = framed.into_parts();
    assert_eq!(parts.buffered, b"rest");
    assert_eq!(parts.unsent, b"200 OK\r\n2\r\nhi\r\n");
}
