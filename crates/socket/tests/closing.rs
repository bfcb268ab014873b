//! Closing: idempotent, final, and a bell for whoever waits.

mod blocked;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Ready, Result, Shutdown};
use sockrates_socket::{Family, Socket, Type, socketpair};

const LONG: Duration = Duration::from_secs(60);

fn modes() -> [Mode; 2] {
    [Mode::Blocking, Mode::Timeout(LONG)]
}

fn new(socket_type: Type, mode: Mode) -> Socket {
    let socket = Socket::new(Family::INET, socket_type, None).unwrap();
    socket.set_mode(mode).unwrap();
    socket
}

/// A socket of ours, connected to one of std's.
fn pair(mode: Mode) -> (Socket, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = new(Type::STREAM, Mode::Blocking);
    socket.connect(listener.local_addr().unwrap()).unwrap();
    socket.set_mode(mode).unwrap();
    let peer = listener.accept().unwrap().0;
    peer.set_read_timeout(Some(LONG)).unwrap();
    (socket, peer)
}

#[track_caller]
fn is_closed<T: std::fmt::Debug>(outcome: Result<T>) {
    let error = outcome.expect_err("a closed socket answered");
    assert_eq!(error.errno(), Some(Errno::EBADF), "{error}");
}

/// Closes while `work` waits, and expects that it ends as closed.
#[track_caller]
fn wakes<T: Send + std::fmt::Debug>(
    socket: &Socket,
    work: impl FnOnce(&Socket) -> Result<T> + Send,
) {
    let outcome = thread::scope(|scope| {
        let waiting = blocked::spawn(scope, || work(socket));
        socket.close().unwrap();
        blocked::outcome(waiting)
    });
    is_closed(outcome);
}

#[test]
fn close_wakes_a_receive() {
    for mode in modes() {
        let (socket, mut peer) = pair(mode);
        wakes(&socket, |socket| socket.recv(&mut [0; 8]));
        let (whole, _peer) = pair(mode);
        wakes(&whole, |socket| socket.recv_exact(&mut [0; 8]));
        assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0, "an orderly end for the peer");
    }
}

#[test]
fn close_wakes_a_receive_with_a_deadline() {
    let (socket, _peer) = pair(Mode::Blocking);
    wakes(&socket, |socket| socket.recv_exact_by(&mut [0; 8], Deadline::after(LONG)));
}

#[test]
fn close_wakes_a_datagram_receive() {
    for mode in modes() {
        let socket = new(Type::DGRAM, mode);
        socket.bind(("127.0.0.1", 0)).unwrap();
        wakes(&socket, |socket| socket.recv_from(&mut [0; 8]));
        let connected = new(Type::DGRAM, mode);
        connected.connect(("127.0.0.1", 9)).unwrap();
        wakes(&connected, |socket| socket.recv(&mut [0; 8]));
    }
}

#[test]
fn close_wakes_an_accept() {
    for mode in modes() {
        let socket = new(Type::STREAM, mode);
        socket.bind(("127.0.0.1", 0)).unwrap();
        socket.listen(None).unwrap();
        wakes(&socket, Socket::accept);
    }
    let socket = new(Type::STREAM, Mode::Blocking);
    socket.listen(None).unwrap();
    wakes(&socket, |socket| socket.accept_by(Deadline::after(LONG)));
}

#[test]
fn close_wakes_a_send() {
    for mode in modes() {
        let (socket, _peer) = pair(mode);
        let much = vec![0; 64 << 20];
        let outcome = thread::scope(|scope| {
            let waiting = blocked::spawn(scope, || socket.send_all(&much));
            socket.close().unwrap();
            blocked::outcome(waiting)
        });
        let error = outcome.unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF));
        assert!(error.done() > 0, "{error}");
    }
}

#[test]
fn close_wakes_a_send_also_with_unread_input() {
    for mode in modes() {
        let (socket, mut peer) = pair(mode);
        peer.write_all(b"unread").unwrap();
        socket.wait(Ready::READ, Deadline::NEVER).unwrap();
        let much = vec![0; 64 << 20];
        let outcome = thread::scope(|scope| {
            let waiting = blocked::spawn(scope, || socket.send_all(&much));
            socket.close().unwrap();
            blocked::outcome(waiting)
        });
        is_closed(outcome);
    }
}

#[test]
fn close_wakes_a_connect() {
    for mode in modes() {
        let listener = new(Type::STREAM, Mode::Blocking);
        listener.bind(("127.0.0.1", 0)).unwrap();
        listener.listen(0).unwrap();
        let there = listener.local_addr().unwrap();
        let queued = new(Type::STREAM, Mode::Blocking);
        queued.connect(&there).unwrap();
        let socket = new(Type::STREAM, mode);
        wakes(&socket, |socket| socket.connect(&there));
    }
}

#[test]
fn close_wakes_a_wait_for_readiness() {
    let (socket, _peer) = pair(Mode::NonBlocking);
    wakes(&socket, |socket| socket.wait(Ready::READ, Deadline::NEVER));
}

#[test]
fn close_is_idempotent_and_final() {
    let (socket, _peer) = pair(Mode::Timeout(LONG));
    let there = Addr::from(([127, 0, 0, 1], 9));
    for _ in 0..3 {
        socket.close().unwrap();
    }
    assert!(socket.is_closed());
    assert_eq!(socket.fileno(), None);
    assert_eq!(socket.timeout(), Some(LONG), "the timeout can still be asked, as in Python");
    is_closed(socket.recv(&mut [0; 8]));
    is_closed(socket.recv(&mut []));
    is_closed(socket.recv_exact(&mut []));
    is_closed(socket.recv_from(&mut [0; 8]));
    is_closed(socket.send(b"x"));
    is_closed(socket.send_all(b""));
    is_closed(socket.send_to(b"x", &there));
    is_closed(socket.bind(&there));
    is_closed(socket.listen(None));
    is_closed(socket.accept());
    is_closed(socket.connect(&there));
    assert_eq!(socket.connect_ex(&there).unwrap(), Errno::EBADF);
    is_closed(socket.local_addr());
    is_closed(socket.peer_addr());
    is_closed(socket.shutdown(Shutdown::Both));
    is_closed(socket.shutdown_code(7));
    is_closed(socket.disconnect());
    is_closed(socket.take_error());
    is_closed(socket.queued());
    is_closed(socket.wait(Ready::READ, Deadline::after(Duration::ZERO)));
    is_closed(socket.set_timeout(None));
    is_closed(socket.set_blocking(false));
    is_closed(socket.dup().map(drop));
    is_closed(socket.nodelay());
    is_closed(socket.set_nodelay(true));
    is_closed(socket.raw_option(1, 3, &mut [0; 4]));
    is_closed(socket.abort());
}

#[test]
fn the_kernel_socket_is_gone_at_once_and_the_number_stays_taken() {
    let (socket, mut peer) = pair(Mode::Blocking);
    let number = socket.fileno();
    socket.close().unwrap();
    assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0);
    let others: Vec<_> = (0..64).map(|_| new(Type::DGRAM, Mode::Blocking)).collect();
    assert!(others.iter().all(|other| other.fileno() != number));

    let listener = new(Type::STREAM, Mode::Blocking);
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let there = listener.local_addr().unwrap();
    listener.close().unwrap();
    let client = new(Type::STREAM, Mode::Blocking);
    assert_eq!(client.connect_ex(&there).unwrap(), Errno::ECONNREFUSED);
    let again = new(Type::STREAM, Mode::Blocking);
    again.bind(&there).unwrap();
}

#[test]
fn everything_sent_arrives_before_the_end() {
    let (socket, mut peer) = pair(Mode::Blocking);
    let bytes: Vec<u8> = (0..1 << 17).map(|i| i as u8).collect();
    let got = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut got = Vec::new();
            peer.read_to_end(&mut got).map(|_| got)
        });
        socket.send_all(&bytes).unwrap();
        socket.close().unwrap();
        blocked::outcome(reading)
    });
    assert_eq!(got.unwrap(), bytes);
}

#[test]
fn unread_input_makes_it_a_reset_as_posix_close_does() {
    let (socket, mut peer) = pair(Mode::Blocking);
    peer.write_all(b"unread").unwrap();
    socket.wait(Ready::READ, Deadline::NEVER).unwrap();
    socket.close().unwrap();
    let error = peer.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn abort_resets() {
    for mode in modes() {
        let (socket, mut peer) = pair(mode);
        socket.abort().unwrap();
        let error = peer.read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    new(Type::DGRAM, Mode::Blocking).abort().unwrap();
    new(Type::STREAM, Mode::Blocking).abort().unwrap();
}

#[test]
fn a_zero_linger_time_makes_closing_a_reset() {
    let (socket, mut peer) = pair(Mode::Blocking);
    socket.set_linger(Some(Duration::ZERO)).unwrap();
    socket.close().unwrap();
    let error = peer.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn a_duplicate_keeps_the_connection() {
    let (socket, mut peer) = pair(Mode::Blocking);
    let other = socket.dup().unwrap();
    socket.close().unwrap();
    other.send_all(b"still here").unwrap();
    let mut got = [0; 10];
    peer.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"still here");
    other.close().unwrap();
    assert_eq!(peer.read(&mut got).unwrap(), 0);
}

#[test]
fn closing_race_with_every_operation_ends_them_all() {
    for round in 0..200 {
        let (socket, peer) =
            pair(if round % 2 == 0 { Mode::Blocking } else { Mode::Timeout(LONG) });
        thread::scope(|scope| {
            let reading = scope.spawn(|| socket.recv(&mut [0; 8]));
            let sending = scope.spawn(|| socket.send_all(&vec![0; 16 << 20]));
            let copying = scope.spawn(|| socket.dup());
            socket.close().unwrap();
            // A duplicate made in time keeps the connection, and the others waiting.
            if let Ok(copy) = blocked::outcome(copying) {
                copy.shutdown(Shutdown::Both).unwrap();
            }
            for error in [blocked::outcome(reading).err(), blocked::outcome(sending).err()] {
                let errno = error.and_then(|error: Error| error.errno());
                assert!(
                    matches!(errno, None | Some(Errno::EBADF | Errno::EPIPE)),
                    "{errno:?} in round {round}"
                );
            }
        });
        drop(peer);
    }
}

#[test]
fn a_duplicate_that_comes_too_late_keeps_nobody_waiting() {
    for _ in 0..2000 {
        let (socket, _peer) = socketpair(Type::STREAM).unwrap();
        let together = Barrier::new(2);
        thread::scope(|scope| {
            let reading = scope.spawn(|| socket.recv(&mut [0; 8]));
            let copying = scope.spawn(|| {
                together.wait();
                socket.dup()
            });
            together.wait();
            socket.close().unwrap();
            match blocked::outcome(copying) {
                Ok(copy) => copy.shutdown(Shutdown::Both).unwrap(),
                late => is_closed(late.map(drop)),
            }
            is_closed(blocked::outcome(reading));
        });
    }
}
