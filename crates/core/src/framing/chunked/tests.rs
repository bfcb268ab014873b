use alloc::format;
use alloc::vec::Vec;

use super::*;
use crate::FrameErrorKind;

/// The bodies of `wire`, shown in pieces that end at `cuts`.
fn bodies(wire: &[u8], cuts: &[usize]) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut framing = Chunked::new(1000);
    let (mut at, mut bodies) = (0, Vec::new());
    for &end in cuts.iter().chain([&wire.len()]) {
        while let Decoded::Frame { body, consume } =
            framing.decode(&mut wire[at..end].to_vec(), false)?
        {
            bodies.push(wire[at..][body].to_vec());
            at += consume;
        }
    }
    assert_eq!(at, wire.len(), "bytes left over");
    assert!(framing.may_end());
    Ok(bodies)
}

fn refusal(wire: &[u8]) -> FrameError {
    Chunked::new(1000).decode(&mut wire.to_vec(), false).unwrap_err()
}

#[test]
fn messages_with_extensions_and_trailers_arrive_however_they_are_cut() {
    let wire =
        b"5\r\nhello\r\n00A ;x;y=\"1;2\"\r\n0123456789\r\n0000;z\r\nA-b: c\r\nd:\r\n\r\n0\r\n\r\n";
    let want: Vec<Vec<u8>> =
        [&b"hello"[..], b"0123456789", b"", b""].iter().map(|body| body.to_vec()).collect();
    assert_eq!(bodies(wire, &[]).unwrap(), want);
    for one in 0..=wire.len() {
        for two in one..=wire.len() {
            assert_eq!(bodies(wire, &[one, two]).unwrap(), want, "{one}, {two}");
        }
    }
}

#[test]
fn what_smugglers_use_is_refused() {
    for (wire, at) in [
        (&b"5\nhello"[..], 1),
        (b"5;\ra\r\nhello", 2),
        (b"5 \r\nhello", 1),
        (b" 5\r\nhello", 0),
        (b"+5\r\nhello", 0),
        (b"0x5\r\nhello", 1),
        (b"\r\n", 0),
        (b"5\r\nhello!\r\n", 8),
        (b"5\r\nhello\n0", 8),
        (b"0\r\n\n", 3),
        (b"0\r\na: b\n\r\n", 7),
        (b"0\r\nGET / HTTP/1.1\r\n", 3),
        (b"0\r\na : b\r\n", 3),
        (b"0\r\n folded: b\r\n", 3),
        (b"0\r\n: b\r\n", 3),
    ] {
        let error = refusal(wire);
        assert!(
            matches!(error.kind, FrameErrorKind::Malformed { at: seen, .. } if seen == at),
            "{}: {error}",
            wire.escape_ascii()
        );
        assert!(!error.is_recoverable());
    }
}

#[test]
fn a_huge_size_is_refused_at_once() {
    for (digits, len) in [
        ("3e9", 1001),
        ("8000000000000000", 1 << 63),
        ("ffffffffffffffff", u64::MAX),
        ("10000000000000000", u64::MAX),
        ("fffffffffffffffffffff", u64::MAX),
    ] {
        let error = refusal(format!("{digits}\r\n").as_bytes());
        assert_eq!(error, FrameError::too_long(len, 1000, Resync::Never));
    }
}

#[test]
fn lines_and_trailers_are_bounded() {
    let long = |before: &str, len: usize, behind: &str| {
        format!("{before}{}{behind}", "x".repeat(len - before.len() - behind.len())).into_bytes()
    };
    let mut framing = Chunked::new(1000);
    let wire = long("0;", Chunked::LINE_MAX, "\r\n");
    assert_eq!(framing.decode(&mut wire.clone(), false), Ok(Decoded::Need(1)));
    let wire = [wire, long("a:", Chunked::TRAILER_MAX - 2, "\r\n"), b"\r\n".to_vec()].concat();
    assert_eq!(wire.len(), framing.window_max());
    let frame = framing.decode(&mut wire.clone(), false);
    let head = Chunked::LINE_MAX;
    assert_eq!(frame, Ok(Decoded::Frame { body: head..head, consume: wire.len() }));

    let line = refusal(&long("0;", Chunked::LINE_MAX + 1, "\r\n"));
    assert!(matches!(line.kind, FrameErrorKind::Malformed { at: Chunked::LINE_MAX, .. }));
    let trailer = refusal(&long("0\r\na:", Chunked::TRAILER_MAX + 4, "\r\n\r\n"));
    let limit = 3 + Chunked::TRAILER_MAX;
    assert!(matches!(trailer.kind, FrameErrorKind::Malformed { at, .. } if at == limit));
}

#[test]
fn bodies_over_the_maximum_are_refused() {
    assert_eq!(Chunked::new(2).encode(b"abc").unwrap_err(), FrameError::body_too_long(3, 2));
    assert_eq!(Chunked::new(300).encode(&[b'a'; 300]).unwrap().parts()[0], b"12c\r\n");
}

#[test]
fn a_shorter_window_after_an_error_is_answered() {
    let mut framing = Chunked::new(300);
    for window in [&b"0\r\nno field\r\n"[..], b"0\r", b"0\r\n\r\n", b"", b"0\r\n\n"] {
        // What it says of bytes that it was not to be shown any more is free, but it says it.
        let _ = framing.decode(&mut window.to_vec(), false);
    }
    framing.reset();
    let frame = Ok(Decoded::Frame { body: 3..3, consume: 5 });
    assert_eq!(framing.decode(&mut b"0\r\n\r\n".to_vec(), false), frame);
}
