//! Receiving and sending: flags, sizes, pieces.
#![cfg(unix)]

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::thread;
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Errno, Mode, Ready, RecvBuf, RecvFlags, SendFlags, Shutdown, Transport,
};
use sockrates_socket::{Family, Socket, Type, socketpair};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

fn modes() -> [Mode; 3] {
    [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking]
}

/// A pair of TCP sockets, the first in this mode.
fn streams(mode: Mode) -> (Socket, Socket) {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    client.connect(listener.local_addr().unwrap()).unwrap();
    client.set_mode(mode).unwrap();
    (client, listener.accept().unwrap().0)
}

/// A bound UDP socket in this mode, its address, and one to send from.
fn datagrams(mode: Mode) -> (Socket, Addr, Socket) {
    let one = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    one.bind(("127.0.0.1", 0)).unwrap();
    one.set_mode(mode).unwrap();
    let there = one.local_addr().unwrap();
    let other = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    other.connect(&there).unwrap();
    (one, there, other)
}

fn ready(socket: &Socket) {
    assert!(socket.wait(Ready::READ, Deadline::after(LONG)).unwrap().read);
}

#[test]
fn an_empty_receive_consumes_nothing() {
    for mode in modes() {
        let (socket, peer) = streams(mode);
        assert_eq!(socket.recv(&mut []).unwrap().len, 0, "nothing has arrived, and it is no error");
        peer.send_all(b"kept").unwrap();
        ready(&socket);
        assert_eq!(socket.recv(&mut []).unwrap().len, 0);
        assert_eq!(socket.recv_from(&mut []).unwrap().len, 0);
        assert_eq!(socket.recv_vectored(&mut []).unwrap().len, 0);
        socket.recv_exact(&mut []).unwrap();
        socket.recv_exact(&mut [0; 4]).unwrap();
    }
}

#[test]
fn an_empty_receive_keeps_a_datagram_unless_its_sender_is_asked() {
    for mode in modes() {
        let (one, _, other) = datagrams(mode);
        other.send(b"kept").unwrap();
        ready(&one);
        assert_eq!(one.recv(&mut []).unwrap().len, 0);
        for flag in [RecvFlags::PEEK, RecvFlags::WAITALL, RecvFlags::DONTWAIT] {
            let got = one.recv_with(&mut [], flag).unwrap();
            assert!(got.len == 0 && !got.truncated, "{flag:?} makes a difference");
        }
        let got = one.recv_from(&mut []).unwrap();
        assert!(got.truncated && got.len == 0);
        assert_eq!(got.peer, other.local_addr().unwrap());
        one.set_mode(Mode::NonBlocking).unwrap();
        assert_eq!(one.recv(&mut [0; 8]).unwrap_err().errno(), Some(Errno::EAGAIN));
    }
}

#[test]
fn an_empty_datagram_is_a_message() {
    let (one, _, other) = datagrams(Mode::Timeout(LONG));
    assert_eq!(other.send(b"").unwrap(), 0);
    assert_eq!(other.send(b"next").unwrap(), 4);
    let got = one.recv_from(&mut [0; 8]).unwrap();
    assert!(got.len == 0 && !got.truncated);
    assert_eq!(one.recv(&mut [0; 8]).unwrap().len, 4);
}

#[test]
fn truncation_shows_and_trunc_tells_the_length_without_foreign_memory() {
    for mode in modes() {
        let (one, _, other) = datagrams(mode);
        // Elsewhere the system does not tell the length, and the flag is unsupported.
        let length = if cfg!(target_os = "linux") { RecvFlags::TRUNC } else { RecvFlags::NONE };
        for flags in [RecvFlags::NONE, length, RecvFlags::PEEK | length] {
            other.send(b"abcdef").unwrap();
            ready(&one);
            let mut memory = [MaybeUninit::uninit(); 3];
            let mut buf = RecvBuf::uninit(&mut memory);
            let got = one.recv_by(&mut buf, flags, Deadline::NEVER).unwrap();
            assert_eq!(buf.filled(), b"abc");
            assert!(got.truncated);
            let told = flags.contains(RecvFlags::TRUNC);
            assert_eq!(got.len, if told { 6 } else { 3 });
        }
        // The one that was peeked at is still there, and fits.
        let mut buf = [0; 6];
        let got = one.recv_from_with(&mut buf, length).unwrap();
        assert!(got.len == 6 && !got.truncated && &buf == b"abcdef");
    }
}

#[test]
fn trunc_is_not_for_streams() {
    for mode in modes() {
        let (socket, peer) = streams(mode);
        peer.send_all(b"kept").unwrap();
        ready(&socket);
        let error = socket.recv_with(&mut [0; 2], RecvFlags::TRUNC).unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EINVAL));
        socket.recv_exact(&mut [0; 4]).unwrap();
    }
}

#[test]
fn truncation_shows_on_unix_datagrams_and_packets_too() {
    for socket_type in [Type::DGRAM, Type::SEQPACKET] {
        let Ok((left, right)) = socketpair(socket_type) else {
            println!("SKIPPED: this system has no {socket_type:?} pairs");
            continue;
        };
        right.send(b"abcdef").unwrap();
        let got = left.recv_from(&mut [0; 3]).unwrap();
        assert!(got.truncated && got.len == 3);
        assert_eq!(got.peer, Addr::Unnamed);
        right.send(b"abcdef").unwrap();
        let mut halves = ([0; 2], [0; 2]);
        let mut slices = [IoSliceMut::new(&mut halves.0), IoSliceMut::new(&mut halves.1)];
        let got = left.recv_vectored(&mut slices).unwrap();
        assert!(got.truncated && got.len == 4 && halves == (*b"ab", *b"cd"));
    }
}

#[test]
fn peek_leaves_what_it_sees() {
    for mode in modes() {
        let (socket, peer) = streams(mode);
        peer.send_all(b"seen").unwrap();
        ready(&socket);
        let mut buf = [0; 8];
        for _ in 0..2 {
            assert_eq!(socket.peek(&mut buf).unwrap().len, 4);
        }
        let both = RecvFlags::PEEK | RecvFlags::WAITALL;
        assert_eq!(socket.recv_with(&mut buf, both).unwrap().len, 4, "POSIX lets it be less");
        assert_eq!(socket.recv(&mut buf).unwrap().len, 4);
        assert_eq!(&buf[..4], b"seen");
    }
}

#[test]
fn waitall_fills_in_every_mode_that_waits() {
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (socket, peer) = streams(mode);
        thread::scope(|scope| {
            let sending = scope.spawn(|| {
                for piece in [&b"ab"[..], b"cd", b"ef"] {
                    peer.send_all(piece).unwrap();
                    // The other side has taken it before the next.
                    while peer.wait(Ready::READ, Deadline::after(SHORT / 4)).unwrap().read {}
                }
            });
            let mut buf = [0; 6];
            let got = socket.recv_with(&mut buf, RecvFlags::WAITALL).unwrap();
            assert!(got.len == 6 && &buf == b"abcdef");
            sending.join().unwrap();
        });
    }
}

#[test]
fn waitall_is_less_at_the_end_and_an_error_keeps_what_came() {
    let (socket, peer) = streams(Mode::Timeout(SHORT));
    peer.send_all(b"abc").unwrap();
    let mut memory = [0; 8];
    let mut buf = RecvBuf::new(&mut memory);
    let error = socket.recv_by(&mut buf, RecvFlags::WAITALL, Deadline::NEVER).unwrap_err();
    assert!(error.is_timeout() && error.done() == 3, "{error}");
    assert_eq!(buf.filled(), b"abc");
    socket.set_blocking(false).unwrap();
    peer.send_all(b"de").unwrap();
    ready(&socket);
    let error = socket.recv_by(&mut buf, RecvFlags::WAITALL, Deadline::NEVER).unwrap_err();
    assert!(error.would_block() && error.done() == 2, "{error}");
    peer.shutdown(Shutdown::Write).unwrap();
    ready(&socket);
    let got = socket.recv_by(&mut buf, RecvFlags::WAITALL, Deadline::NEVER).unwrap();
    assert_eq!((got.len, buf.filled()), (0, &b"abcde"[..]));
}

#[test]
fn waitall_fills_slices_too() {
    let (socket, peer) = streams(Mode::Timeout(LONG));
    peer.send_all(b"abcd").unwrap();
    let mut halves = ([0; 3], [0; 3]);
    thread::scope(|scope| {
        let (first, second) = (&mut halves.0, &mut halves.1);
        let receiving = scope.spawn(|| {
            let mut slices = [IoSliceMut::new(first), IoSliceMut::new(second)];
            socket.recv_vectored_by(&mut slices, RecvFlags::WAITALL, Deadline::NEVER)
        });
        peer.send_all(b"ef").unwrap();
        assert_eq!(receiving.join().unwrap().unwrap().len, 6);
    });
    assert_eq!(halves, (*b"abc", *b"def"));
}

#[test]
fn dontwait_is_for_one_call_in_every_mode() {
    for mode in modes() {
        let (socket, _peer) = streams(mode);
        for flags in [RecvFlags::DONTWAIT, RecvFlags::DONTWAIT | RecvFlags::WAITALL] {
            let error = socket.recv_with(&mut [0; 8], flags).unwrap_err();
            assert_eq!(error.errno(), Some(Errno::EAGAIN), "Python polls first here, and waits");
        }
        let mut left = 1 << 30;
        while let Ok(sent) = socket.send_with(&[0; 1 << 16], SendFlags::DONTWAIT) {
            left -= sent;
            assert!(left > 0, "a gibibyte does not fill it");
        }
        let (one, _, _) = datagrams(mode);
        let error = one.recv_with(&mut [0; 8], RecvFlags::DONTWAIT).unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EAGAIN));
    }
}

#[test]
fn the_urgent_byte_is_received_out_of_band_once() {
    for mode in modes() {
        let (socket, peer) = streams(mode);
        let none = socket.recv_with(&mut [0; 1], RecvFlags::OOB).unwrap_err();
        assert_eq!(none.errno(), Some(Errno::EINVAL));
        peer.send_all(b"ab").unwrap();
        assert_eq!(peer.send_with(b"!", SendFlags::OOB).unwrap(), 1);
        let mut buf = [0; 8];
        ready(&socket);
        let mut urgent = [0; 1];
        // The byte may be announced before it arrives, which is EAGAIN without waiting.
        let got = loop {
            match socket.recv_with(&mut urgent, RecvFlags::OOB) {
                Err(error) if error.would_block() => {}
                other => break other.unwrap(),
            }
        };
        assert!(got.len == 1 && urgent == *b"!");
        let again = socket.recv_with(&mut urgent, RecvFlags::OOB).unwrap_err();
        assert_eq!(again.errno(), Some(Errno::EINVAL));
        assert_eq!(socket.recv(&mut buf).unwrap().len, 2, "a receive stops at the mark");
    }
}

#[test]
fn slices_are_sent_and_received_as_one() {
    let (socket, peer) = streams(Mode::Timeout(LONG));
    let empty = IoSlice::new(b"");
    let mut slices = vec![empty; 2000];
    slices.extend([IoSlice::new(b"ab"), empty, IoSlice::new(b"cd")]);
    assert_eq!(socket.send_vectored(&slices).unwrap(), 4, "empty ones first do not count");
    let many = vec![IoSlice::new(b"x"); 2000];
    assert_eq!(socket.send_vectored(&many).unwrap(), 1024);
    peer.recv_exact(&mut [0; 4]).unwrap();
    let mut bytes = [0; 2000];
    let mut slices: Vec<_> = bytes.chunks_mut(1).map(IoSliceMut::new).collect();
    let got = peer.recv_vectored(&mut slices).unwrap();
    assert!((1..=1024).contains(&got.len));
    assert_eq!(socket.send_vectored(&[]).unwrap(), 0);

    let (one, _, other) = datagrams(Mode::Timeout(LONG));
    assert_eq!(other.send_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b"cd")]).unwrap(), 4);
    let mut buf = [0; 8];
    assert_eq!(one.recv(&mut buf).unwrap().len, 4);
    assert_eq!(other.send_vectored(&many).unwrap_err().errno(), Some(Errno::EMSGSIZE));
}

#[test]
fn uninitialised_memory_holds_what_came_and_no_more() {
    let (socket, peer) = streams(Mode::Timeout(LONG));
    peer.send_all(b"some").unwrap();
    ready(&socket);
    let mut memory = Vec::with_capacity(64);
    let mut buf = RecvBuf::uninit(memory.spare_capacity_mut());
    assert_eq!(socket.recv_buf(&mut buf).unwrap().len, 4);
    assert_eq!(buf.filled(), b"some");
    assert_eq!(buf.remaining(), memory.capacity() - 4);
    memory.push(0_u8);
}

#[test]
fn a_broken_connection_shows_and_kills_nobody() {
    let (socket, peer) = streams(Mode::Timeout(LONG));
    socket.shutdown(Shutdown::Write).unwrap();
    for bytes in [&b"x"[..], b""] {
        assert_eq!(socket.send_all(bytes).unwrap_err().errno(), Some(Errno::EPIPE));
        let slices = [IoSlice::new(bytes), IoSlice::new(bytes)];
        assert_eq!(socket.send_vectored(&slices).unwrap_err().errno(), Some(Errno::EPIPE));
    }
    assert_eq!(peer.recv(&mut [0; 8]).unwrap().len, 0);
    let alone = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    assert_eq!(alone.recv(&mut [0; 8]).unwrap_err().errno(), Some(Errno::ENOTCONN));
    assert_eq!(alone.send(b"x").unwrap_err().errno(), Some(Errno::EPIPE));
    assert_eq!(alone.shutdown(Shutdown::Both).unwrap_err().errno(), Some(Errno::ENOTCONN));
    for nonsense in [-1, 3, 7, i32::MAX] {
        assert_eq!(socket.shutdown_code(nonsense).unwrap_err().errno(), Some(Errno::EINVAL));
    }
}

#[test]
fn a_stream_answers_whoever_it_received_from() {
    let (socket, peer) = streams(Mode::Timeout(LONG));
    peer.send_all(b"ping").unwrap();
    let mut memory = [0; 8];
    let mut buf = RecvBuf::new(&mut memory);
    let got = socket.recv_msg(&mut buf, RecvFlags::NONE, Deadline::NEVER).unwrap();
    assert_eq!(got.peer, Addr::Unnamed);
    let pong = [IoSlice::new(b"pong")];
    let sent = socket.send_msg(&pong, Some(&got.peer), SendFlags::NONE, Deadline::NEVER);
    assert_eq!(sent.unwrap(), 4);
}

#[test]
fn datagram_errors_are_the_systems_own() {
    let (one, there, other) = datagrams(Mode::Timeout(LONG));
    let big = vec![0; 65_508];
    assert_eq!(other.send(&big[..65_507]).unwrap(), 65_507);
    assert_eq!(other.send(&big).unwrap_err().errno(), Some(Errno::EMSGSIZE));
    assert_eq!(one.send(b"x").unwrap_err().errno(), Some(Errno::EDESTADDRREQ));
    assert_eq!(one.listen(None).unwrap_err().errno(), Some(Errno::EOPNOTSUPP));
    assert_eq!(one.accept().unwrap_err().errno(), Some(Errno::EOPNOTSUPP));
    let wide = one.send_to(b"x", ("<broadcast>", 9)).unwrap_err();
    assert_eq!(wide.errno(), Some(Errno::EACCES));
    other.disconnect().unwrap();
    assert_eq!(other.peer_addr().unwrap_err().errno(), Some(Errno::ENOTCONN));
    assert_eq!(other.send_to(b"again", &there).unwrap(), 5);
}
