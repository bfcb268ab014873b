//! Datagrams: boundaries, truncation, sizes, batches, frames.

use std::time::Duration;

use sockrates_core::{
    Datagram, Deadline, Errno, Error, Framed, Message, RecvBuf, RecvFlags, framing::LengthPrefix,
};
use sockrates_udp::{ConnectedUdp, UdpSocket};

/// Longer than anything here takes, so that what never comes fails and does not hang.
const LONG: Duration = Duration::from_secs(20);

fn pair() -> (UdpSocket, UdpSocket) {
    let bind = || UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let (a, b) = (bind(), bind());
    a.set_timeout(Some(LONG)).unwrap();
    b.set_timeout(Some(LONG)).unwrap();
    (a, b)
}

#[test]
fn a_lost_tail_shows_and_the_next_datagram_is_whole() {
    let (a, b) = pair();
    a.send_to(b"12345", b.local_addr().unwrap()).unwrap();
    a.send_to(b"67", b.local_addr().unwrap()).unwrap();
    let mut buf = [0; 4];
    let got = b.recv_from(&mut buf).unwrap();
    assert_eq!((got.len, got.truncated, got.peer), (4, true, a.local_addr().unwrap()));
    let got = b.recv_from(&mut buf).unwrap();
    assert_eq!((&buf[..got.len], got.truncated), (&b"67"[..], false));
}

#[test]
fn an_empty_datagram_is_one_and_no_end() {
    let (a, b) = pair();
    a.send_to(b"", b.local_addr().unwrap()).unwrap();
    a.send_to(b"x", b.local_addr().unwrap()).unwrap();
    let mut buf = [0; 4];
    let got = b.recv_from(&mut buf).unwrap();
    assert_eq!((got.len, got.truncated, got.peer), (0, false, a.local_addr().unwrap()));
    assert_eq!(b.recv_from(&mut buf).unwrap().len, 1);
}

#[test]
fn no_room_takes_a_datagram_as_truncated_and_an_empty_one_as_whole() {
    let (a, b) = pair();
    for (bytes, lost) in [(&b"abc"[..], true), (b"", false)] {
        a.send_to(bytes, b.local_addr().unwrap()).unwrap();
        let got = b.recv_from(&mut []).unwrap();
        assert_eq!((got.len, got.truncated), (0, lost));
    }
    b.set_blocking(false).unwrap();
    assert_eq!(b.recv_from(&mut []).unwrap_err().errno(), Some(Errno::EAGAIN));
}

#[test]
fn the_longest_goes_and_one_byte_more_is_emsgsize() {
    let (a, b) = pair();
    let bytes = vec![7; 65_508];
    let to = b.local_addr().unwrap();
    assert_eq!(a.send_to(&bytes, to).unwrap_err().errno(), Some(Errno::EMSGSIZE));
    a.send_to(&bytes[1..], to).unwrap();
    let mut buf = vec![0; 70_000];
    assert_eq!(b.recv_from(&mut buf).unwrap().len, 65_507);
}

#[test]
fn a_peek_leaves_the_datagram_and_trunc_tells_its_length() {
    let (a, b) = pair();
    a.send_to(b"12345", b.local_addr().unwrap()).unwrap();
    let mut two = [0; 2];
    assert!(b.peek_from(&mut two).unwrap().truncated);
    if cfg!(target_os = "linux") {
        let flags = RecvFlags::PEEK | RecvFlags::TRUNC;
        let got = b.recv_from_by(&mut RecvBuf::new(&mut two), flags, Deadline::NEVER).unwrap();
        assert_eq!((got.len, got.truncated, two), (5, true, *b"12"));
    }
    assert_eq!(b.recv_from(&mut [0; 8]).unwrap().len, 5);
}

#[test]
fn a_batch_takes_what_is_there_each_in_its_slot() {
    let (a, b) = pair();
    let to = b.local_addr().unwrap();
    let all = [(&b"one"[..], Some(to)), (&b""[..], Some(to)), (&b"three"[..], Some(to))];
    assert_eq!(a.send_batch(&all, Deadline::NEVER).unwrap(), 3);
    let (mut memory, mut messages) = ([0; 4 * 4 + 3], Vec::new());
    b.recv_batch(&mut memory, 4, &mut messages, Deadline::NEVER).unwrap();
    let peer = a.local_addr().unwrap();
    let message = |range, truncated| Message { range, peer, truncated };
    let want = [message(0..3, false), message(4..4, false), message(8..12, true)];
    assert_eq!(messages, want);
    assert_eq!(&memory[8..12], b"thre");

    let soon = Deadline::after(Duration::from_millis(2));
    assert!(b.recv_batch(&mut memory, 4, &mut messages, soon).unwrap_err().is_timeout());
    assert!(messages.is_empty());
    let late = [(&[0; 65_508][..], Some(to)), (b"", Some(to))];
    let error = a.send_batch(&late, Deadline::NEVER).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EMSGSIZE));
}

#[test]
fn a_slot_that_does_not_fit_is_an_error_that_names_it() {
    let (a, b) = pair();
    a.send_to(b"stays", b.local_addr().unwrap()).unwrap();
    let (mut memory, mut messages) = ([0; 8], Vec::new());
    for slot in [0, 9, usize::MAX] {
        let error = b.recv_batch(&mut memory, slot, &mut messages, Deadline::NEVER).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().contains(&slot.to_string()), "{error}");
    }
    assert!(b.recv_batch(&mut [], 1, &mut messages, Deadline::NEVER).is_err());
    assert_eq!(b.recv_from(&mut memory).unwrap().len, 5);
}

#[test]
fn frames_come_with_their_sender_and_a_bad_one_spoils_no_other() {
    let (a, b) = pair();
    let to = b.local_addr().unwrap();
    let framing = || LengthPrefix::u16(16).unwrap();
    let client = ConnectedUdp::connect(to).unwrap();
    let from = client.local_addr().unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    let mut client = Framed::new(client, framing());
    let mut server = Framed::new(b, framing());
    client.send(b"ping").unwrap();
    assert_eq!(server.next().unwrap(), Some(&b"ping"[..]));
    assert_eq!(server.peer(), Some(&from));
    server.send_to(b"pong", &from).unwrap();
    assert_eq!(client.next().unwrap(), Some(&b"pong"[..]));

    a.send_to(b"\x00\x05abc", to).unwrap();
    client.send(b"good").unwrap();
    let error = server.next().unwrap_err();
    assert!(error.is_recoverable(), "{error:?}");
    assert!(error.to_string().contains(&a.local_addr().unwrap().to_string()), "{error}");
    assert_eq!(server.next().unwrap(), Some(&b"good"[..]));
}
