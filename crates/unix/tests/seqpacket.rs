//! Connections of messages: an empty one is no end, and the end is told apart.
#![cfg(target_os = "linux")]

use std::os::fd::OwnedFd;
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, FrameErrorKind, Framed, Kind, RecvBuf, RecvFlags,
    Shutdown, Transport, framing::Lines, framing::Whole,
};
use sockrates_unix::{
    ConnectedUnixDatagram, UnixDatagram, UnixSeqpacket, UnixSeqpacketListener, UnixStream,
};

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

/// Receives to the end, and tells the lengths.
fn lengths(end: &UnixSeqpacket) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let Some(got) = end.recv_message(&mut [0; 16]).unwrap() {
        lengths.push(got.len);
    }
    lengths
}

#[test]
fn empty_messages_are_messages_and_the_end_stays() {
    for ends in [UnixSeqpacket::close, |end: &UnixSeqpacket| end.shutdown(Shutdown::Write)] {
        let (left, right) = UnixSeqpacket::pair().unwrap();
        for bytes in [&b""[..], b"one", b"", b""] {
            left.send(bytes).unwrap();
        }
        ends(&left).unwrap();
        assert_eq!(lengths(&right), [0, 3, 0, 0]);
        let end = right.recv(&mut [0; 16]).unwrap_err();
        assert!(matches!(end, Error::Eof { have: 0, .. }), "{end:?}");
        assert!(right.recv_message(&mut []).unwrap().is_none());
        assert!(right.peek(&mut [0; 4]).is_err());
    }
}

#[test]
fn every_way_to_a_socket_tells_empty_messages_from_the_end() {
    let listener = UnixSeqpacketListener::bind(Addr::Unnamed).unwrap();
    let client = || UnixSeqpacket::connect(listener.local_addr().unwrap()).unwrap();
    let accept = || listener.accept().unwrap().0;
    let adopt = || {
        let (client, server) = (client(), accept());
        (client, UnixSeqpacket::try_from(OwnedFd::from(server)).unwrap())
    };
    let again = || {
        let (client, server) = (client(), accept());
        (client, server.dup().unwrap())
    };
    let contract = || {
        let socket = sockrates_unix::Socket::new(
            sockrates_socket::Family::UNIX,
            sockrates_socket::Type::SEQPACKET,
            None,
        );
        let listening = socket.unwrap();
        listening.bind(Addr::Unnamed).unwrap();
        listening.listen(None).unwrap();
        let addr = listening.local_addr().unwrap();
        let listening = UnixSeqpacket::try_from(listening).unwrap();
        let client = UnixSeqpacket::connect(addr).unwrap();
        (client, Endpoint::accept(&listening, soon()).unwrap().0)
    };
    let ways: [&dyn Fn() -> (UnixSeqpacket, UnixSeqpacket); 5] =
        [&|| UnixSeqpacket::pair().unwrap(), &|| (client(), accept()), &adopt, &again, &contract];
    for (number, way) in ways.iter().enumerate() {
        let (from, to) = way();
        from.send(b"").unwrap();
        drop(from);
        assert_eq!(lengths(&to), [0], "way {number}");
    }
}

#[test]
fn a_message_longer_than_the_buffer_shows_that_it_was() {
    let (left, right) = UnixSeqpacket::pair().unwrap();
    left.send(b"123456").unwrap();
    assert_eq!(right.peek(&mut [0; 3]).unwrap().len, 3);
    let got = right.recv(&mut []).unwrap();
    assert_eq!((got.len, got.truncated), (0, true));
    left.send(b"123456").unwrap();
    let mut memory = [0; 3];
    let got = right.recv_by(&mut RecvBuf::new(&mut memory), RecvFlags::TRUNC, soon()).unwrap();
    assert_eq!((got.len, got.truncated, &memory), (6, true, b"123"));
}

#[test]
fn a_peer_that_leaves_with_messages_unread_resets() {
    let (left, right) = UnixSeqpacket::pair().unwrap();
    left.send(b"unread").unwrap();
    drop(right);
    assert_eq!(left.recv(&mut [0; 4]).unwrap_err().errno(), Some(Errno::ECONNRESET));
    assert!(left.recv_message(&mut [0; 4]).unwrap().is_none());
    assert_eq!(left.send(b"!").unwrap_err().errno(), Some(Errno::EPIPE));
}

#[test]
fn descriptors_come_with_empty_messages_too() {
    use std::os::fd::AsFd;
    let (left, right) = UnixSeqpacket::pair().unwrap();
    left.send_fds(b"", &[left.as_fd()]).unwrap();
    let got = right.recv_fds(&mut [0; 4], 1).unwrap();
    assert_eq!((got.len, got.fds.len(), got.fds_truncated), (0, 1, false));
}

#[test]
fn receiving_descriptors_tells_empty_messages_from_the_end() {
    let (left, right) = UnixSeqpacket::pair().unwrap();
    left.send(b"").unwrap();
    left.close().unwrap();
    let got = right.recv_fds(&mut [0; 4], 1).unwrap();
    assert_eq!((got.len, got.fds.len(), got.fds_truncated), (0, 0, false));
    let end = right.recv_fds(&mut [0; 4], 1).unwrap_err();
    assert!(matches!(end, Error::Eof { have: 0, .. }), "{end:?}");
}

#[test]
fn framings_work_over_all_three() {
    let (left, right) = UnixStream::pair().unwrap();
    lines(left, right);
    let (left, right) = UnixSeqpacket::pair().unwrap();
    lines(left, right);
    let (left, right) = ConnectedUnixDatagram::pair().unwrap();
    lines(left, right);
    let receiver = UnixDatagram::bind(Addr::Unnamed).unwrap();
    let sender = UnixDatagram::unbound().unwrap().connect(receiver.local_addr().unwrap()).unwrap();
    lines(sender, receiver);
}

fn lines<S: Transport, R: Transport>(sender: S, receiver: R) {
    let ends = receiver.kind() == Kind::Stream;
    let (mut sender, mut receiver) =
        (Framed::new(sender, Lines::lf(80)), Framed::new(receiver, Lines::lf(80)));
    for line in [&b"one"[..], b"", b"three"] {
        sender.send_by(line, soon()).unwrap();
    }
    for line in [&b"one"[..], b"", b"three"] {
        assert_eq!(receiver.next_by(soon()).unwrap(), Some(line));
    }
    drop(sender);
    if ends {
        assert_eq!(receiver.next_by(soon()).unwrap(), None);
    }
}

#[test]
fn frames_of_a_connection_of_messages_end_with_it() {
    let (left, right) = UnixSeqpacket::pair().unwrap();
    let mut receiver = Framed::new(right, Whole::new(4));
    for bytes in [&b"1234"[..], b"", b"12345"] {
        left.send(bytes).unwrap();
    }
    drop(left);
    assert_eq!(receiver.next_by(soon()).unwrap(), Some(&b"1234"[..]));
    assert_eq!(receiver.next_by(soon()).unwrap(), Some(&b""[..]));
    match receiver.next_by(soon()) {
        Err(Error::Frame { error, .. }) => {
            assert!(matches!(error.kind, FrameErrorKind::TooLong { .. }), "{error:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(receiver.next_by(soon()).unwrap(), None);
    assert_eq!(receiver.next_by(soon()).unwrap(), None);
}
