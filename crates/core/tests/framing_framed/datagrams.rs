//! `Framed` on a transport of datagrams.

use sockrates_core::framing::{Chunked, Fixed, LengthPrefix, Lines, Slip, Whole};
use sockrates_core::{Addr, Errno, Error, FrameError, FrameErrorKind, Framed, Framing, Op, Resync};

use crate::script::{Arrival, Departure, Script, would_block};

fn from(peer: u64, datagram: impl AsRef<[u8]>) -> Arrival {
    Arrival::From(peer, datagram.as_ref().to_vec())
}

#[track_caller]
fn expect<F: Framing>(framed: &mut Framed<Script, F>, peer: u64, body: impl AsRef<[u8]>) {
    assert_eq!(framed.next(), Ok(Some(body.as_ref())));
    assert_eq!(framed.peer(), Some(&Addr::Token(peer)));
}

/// Expects an error that names the sender and does not end the conversation.
#[track_caller]
fn expect_error<F: Framing>(framed: &mut Framed<Script, F>, from: u64) -> FrameError {
    let error = framed.next().unwrap_err();
    assert!(error.is_recoverable(), "{error}");
    assert_eq!(framed.peer(), Some(&Addr::Token(from)));
    match error {
        Error::Frame { error, peer } if peer == Some(Addr::Token(from)) => error,
        other => panic!("not a bad frame of {from}: {other:?}"),
    }
}

#[test]
fn a_datagram_is_a_frame_and_an_empty_one_is_too() {
    let script = Script::datagrams([from(1, b"one"), from(2, b""), from(3, b"three")]);
    let mut framed = Framed::new(script, Whole::new(100));
    assert_eq!(framed.peer(), None);
    expect(&mut framed, 1, b"one");
    expect(&mut framed, 2, b"");
    expect(&mut framed, 3, b"three");
}

#[test]
fn an_empty_datagram_that_was_filled_is_a_frame_whichever_way_it_is_taken() {
    for way in 0..3 {
        let mut framed = Framed::new(Script::datagrams([from(1, b"")]), Whole::new(100));
        assert!(framed.fill().unwrap());
        match way {
            0 => assert_eq!(framed.next().unwrap(), Some(&b""[..])),
            1 => {
                let mut body = b"before".to_vec();
                assert!(framed.next_into(&mut body).unwrap() && body.is_empty());
            }
            _ => assert!(framed.frames().eq([Ok(&b""[..])])),
        }
    }
}

#[test]
fn a_datagram_may_hold_several_frames() {
    let script = Script::datagrams([from(1, b"\x01a\x00\x02bc"), from(2, b"\x01d")]);
    let mut framed = Framed::new(script, LengthPrefix::u8(10).unwrap());
    for (peer, body) in [(1, &b"a"[..]), (1, b""), (1, b"bc"), (2, b"d")] {
        expect(&mut framed, peer, body);
    }
}

#[test]
fn what_is_left_of_a_datagram_never_leaks_into_the_next() {
    let script = Script::datagrams([from(1, b"\x01a\x05bc"), from(2, b"\x02de"), from(3, b"\x02")]);
    let mut framed = Framed::new(script, LengthPrefix::u8(10).unwrap());
    expect(&mut framed, 1, b"a");
    let error = expect_error(&mut framed, 1);
    assert!(matches!(error.kind, FrameErrorKind::Malformed { at: 3, .. }), "{error}");
    expect(&mut framed, 2, b"de");
    expect_error(&mut framed, 3);
    assert!(framed.buffered().is_empty());
}

#[test]
fn a_datagram_without_a_frame_is_an_error() {
    let script = Script::datagrams([from(1, b""), from(2, b"\xc0"), from(3, b"ok\xc0")]);
    let mut framed = Framed::new(script, Slip::new(10));
    expect_error(&mut framed, 1);
    expect_error(&mut framed, 2);
    expect(&mut framed, 3, b"ok");
}

#[test]
fn an_error_that_would_end_a_stream_costs_one_datagram() {
    let script = Script::datagrams([from(1, b"\xffabc"), from(2, b"\x01a"), from(3, b"ab")]);
    let mut framed = Framed::new(script, LengthPrefix::u8(10).unwrap());
    assert_eq!(expect_error(&mut framed, 1), FrameError::too_long(255, 10, Resync::After(4)));
    expect(&mut framed, 2, b"a");
}

#[test]
fn a_bad_line_in_a_datagram_leaves_the_others() {
    let script =
        Script::datagrams([from(1, b"abcdefg\nok\n"), from(2, b"abcdefg"), from(3, b"a\n")]);
    let mut framed = Framed::new(script, Lines::lf(3));
    expect_error(&mut framed, 1);
    expect(&mut framed, 1, b"ok");
    expect_error(&mut framed, 2);
    expect(&mut framed, 3, b"a");
}

#[test]
fn a_message_does_not_go_on_in_the_next_datagram() {
    let script = Script::datagrams([from(1, b"1\r\na\r\n"), from(2, b"1\r\nb\r\n0\r\n\r\n")]);
    let mut framed = Framed::new(script, Chunked::new(10));
    expect(&mut framed, 1, b"a");
    expect_error(&mut framed, 1);
    expect(&mut framed, 2, b"b");
    expect(&mut framed, 2, b"");
}

#[test]
fn a_datagram_over_the_maximum_is_an_error_with_its_length() {
    let script = Script::datagrams([from(1, [0; 101]), from(2, [0; 100])]);
    let mut framed = Framed::new(script, Whole::new(100));
    assert_eq!(expect_error(&mut framed, 1), FrameError::too_long(101, 100, Resync::After(101)));
    expect(&mut framed, 2, [0; 100]);
}

#[test]
fn a_datagram_that_was_truncated_is_an_error() {
    let room = 64 * 1024;
    let script = Script::datagrams([from(1, vec![0; room + 5]), from(2, b"ab")]);
    let mut framed = Framed::new(script, Fixed::new(2).unwrap());
    let error = FrameError::too_long(room as u64 + 1, 2, Resync::After(room));
    assert_eq!(expect_error(&mut framed, 1), error);
    expect(&mut framed, 2, b"ab");
}

#[test]
fn a_pause_or_a_refusal_is_passed_on_and_ends_nothing() {
    let refused = Error::os(Op::Recv, Errno::ECONNREFUSED);
    let script = Script::datagrams([
        Arrival::Fails(would_block()),
        Arrival::Fails(refused),
        Arrival::Fails(would_block()),
        from(1, b"ab"),
    ]);
    let mut framed = Framed::new(script, Whole::new(10));
    for errno in [Errno::EAGAIN, Errno::ECONNREFUSED, Errno::EAGAIN] {
        assert_eq!(framed.next().unwrap_err(), Error::os(Op::RecvFrame, errno));
    }
    expect(&mut framed, 1, b"ab");
}

#[test]
fn a_send_is_a_datagram_and_so_is_a_feed() {
    let mut framed = Framed::new(Script::datagrams([]), LengthPrefix::u16(50_000).unwrap());
    framed.send(b"one").unwrap();
    framed.feed(b"two").unwrap();
    framed.send_to(b"three", &Addr::Token(3)).unwrap();
    framed.send(&[4; 40_000]).unwrap();
    framed.flush().unwrap();
    let seen = framed.get_ref().seen.borrow();
    assert_eq!(seen.sent[..3], [&b"\0\x03one"[..], b"\0\x03two", b"\0\x05three"]);
    assert_eq!(seen.sent[3].len(), 40_002);
    assert_eq!(seen.destinations, [None, None, Some(Addr::Token(3)), None]);
}

#[test]
fn an_empty_body_is_an_empty_datagram() {
    let mut framed = Framed::new(Script::datagrams([]), Whole::new(10));
    framed.send(b"").unwrap();
    assert_eq!(framed.get_ref().seen.borrow().sent, [b""]);
}

#[test]
fn a_datagram_that_was_not_sent_leaves_nothing_behind() {
    let script = Script::datagrams([]).sending([
        Departure::Fails(would_block()),
        Departure::Takes(2),
        Departure::Takes(100),
    ]);
    let mut framed = Framed::new(script, Whole::new(10));
    assert_eq!(framed.send(b"one"), Err(Error::os(Op::SendFrame, Errno::EAGAIN)));
    assert!(framed.send(b"one").is_err(), "two of three bytes are not a datagram");
    assert!(framed.send(b"four and more").is_err());
    framed.send(b"two").unwrap();
    assert!(framed.unsent().is_empty());
    assert_eq!(framed.get_ref().seen.borrow().sent.last().unwrap(), b"two");
}
