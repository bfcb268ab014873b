//! Frames as text.

use sockrates_core::framing::{LengthPrefix, Lines, Whole};
use sockrates_core::{Addr, Deadline, Error, FrameError, Framed, Op};

use crate::script::{Arrival, Script, bytes, would_block};

/// A letter of each length in UTF-8, around the 64 bytes at which the search for bad ones starts
/// to take many at once.
fn text() -> String {
    format!("a\u{e9}\u{20ac}\u{1f980}{}\u{e9}", "-".repeat(100))
}

#[test]
fn letters_arrive_whole_however_the_stream_is_cut() {
    let text = text();
    let wire = format!("{text}\n\n{text}\r\n");
    for cut in 1..wire.len() {
        let (one, two) = wire.as_bytes().split_at(cut);
        let script = Script::stream([bytes(one), Arrival::Fails(would_block()), bytes(two)]);
        let mut lines = Framed::new(script, Lines::lf(1000));
        let mut seen = Vec::new();
        loop {
            match lines.next_str() {
                Ok(Some(line)) => seen.push(line.to_owned()),
                Ok(None) => break,
                Err(error) => assert!(error.would_block(), "{error}"),
            }
        }
        assert_eq!(seen, [text.as_str(), "", text.as_str()], "cut at {cut}");
    }
}

#[test]
fn what_is_not_utf_8_is_an_error_once_and_the_next_frame_arrives() {
    let prefix = text();
    for (bad, at) in [
        (&b"\xff"[..], 0),
        (b"ab\xc3", 2),               // cut short
        (b"\xc0\xaf", 0),             // longer than it need be
        (b"a\xed\xa0\x80", 1),        // half a surrogate pair
        (b"ab\xf4\x90\x80\x80", 2),   // beyond the last letter
        (b"\xe2\x82\xac\xe2\x82", 3), // the second of two, cut short
    ] {
        for before in ["", prefix.as_str()] {
            let body = [before.as_bytes(), bad].concat();
            let wire = [&body[..], b"\nnext\n"].concat();
            let mut lines = Framed::new(Script::stream([bytes(wire)]), Lines::lf(1000));
            let error = FrameError::not_utf8(before.len() + at);
            let told = Error::Frame { error, peer: Some(Addr::Token(1)) };
            assert_eq!(lines.next_str(), Err(told.clone()));
            assert!(told.is_recoverable());
            assert_eq!(lines.buffered(), b"next\n");
            assert_eq!(lines.next_str(), Ok(Some("next")));
            assert_eq!(lines.next_str(), Ok(None));
        }
    }
    let error = FrameError::not_utf8(3);
    assert!(!error.is_callers());
    assert_eq!(error.to_string(), "frame is not UTF-8 from offset 3 of its body on");
}

#[test]
fn a_datagram_that_is_not_utf_8_names_its_sender() {
    let from = |peer, datagram: &[u8]| Arrival::From(peer, datagram.to_vec());
    let script = Script::datagrams([from(1, b"one"), from(2, b"\x80"), from(3, b"three")]);
    let mut framed = Framed::new(script, Whole::new(100));
    assert_eq!(framed.next_str(), Ok(Some("one")));
    let error = FrameError::not_utf8(0);
    assert_eq!(framed.next_str(), Err(Error::Frame { error, peer: Some(Addr::Token(2)) }));
    assert_eq!(framed.peer(), Some(&Addr::Token(2)));
    assert_eq!(framed.next_str(), Ok(Some("three")));
}

#[test]
fn text_keeps_the_deadline_and_mixes_with_bytes() {
    let script = Script::stream([bytes(b"\x03one\x02"), bytes(b"\xffx\x05three\x04fo")]);
    let mut framed = Framed::new(script, LengthPrefix::u8(255).unwrap());
    let deadline = Deadline::after(std::time::Duration::from_secs(9));
    assert_eq!(framed.next_str_by(deadline), Ok(Some("one")));
    assert_eq!(framed.next(), Ok(Some(&b"\xffx"[..])));
    assert_eq!(framed.next_str(), Ok(Some("three")));
    let cut = Error::Eof { op: Op::RecvFrame, have: 3, want: None };
    assert_eq!(framed.next_str(), Err(cut));
    assert_eq!(framed.get_ref().seen.borrow().deadlines[0], deadline);
}
