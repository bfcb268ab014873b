//! Local connections: a queue that is full, a listener that is shut down, what is refused.
#![cfg(target_os = "linux")]

mod blocked;
mod storm;

use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Mode, Shutdown, SocketOption};
use sockrates_socket::{Family, Socket, Type, socketpair};

const SHORT: Duration = Duration::from_millis(20);

fn socket(socket_type: Type) -> Socket {
    Socket::new(Family::UNIX, socket_type, None).unwrap()
}

/// A listener of which the queue is full, its address, and who is in the queue.
fn full(socket_type: Type) -> (Socket, Addr, Socket) {
    let listener = socket(socket_type);
    listener.bind(Addr::Unnamed).unwrap();
    listener.listen(0).unwrap();
    let addr = listener.local_addr().unwrap();
    let queued = socket(socket_type);
    queued.connect(&addr).unwrap();
    (listener, addr, queued)
}

#[test]
fn a_full_queue_is_waited_for_to_the_deadline_and_not_without() {
    for socket_type in [Type::STREAM, Type::SEQPACKET] {
        let (_listener, addr, _queued) = full(socket_type);
        let client = socket(socket_type);
        let start = Instant::now();
        let error = client.connect_by(&addr, Deadline::after(SHORT)).unwrap_err();
        assert!(error.is_timeout() && start.elapsed() >= SHORT, "{error}");
        client.set_timeout(Some(SHORT)).unwrap();
        assert!(client.connect(&addr).unwrap_err().is_timeout());
        assert_eq!(client.connect_ex(&addr).unwrap(), Errno::EAGAIN);
        client.set_blocking(false).unwrap();
        assert_eq!(client.connect(&addr).unwrap_err().errno(), Some(Errno::EAGAIN));
    }
}

#[test]
fn room_in_the_queue_is_found_while_waiting() {
    for mode in [Mode::Blocking, Mode::Timeout(Duration::from_secs(20))] {
        let (listener, addr, _queued) = full(Type::STREAM);
        let client = socket(Type::STREAM);
        client.set_mode(mode).unwrap();
        let deadline = Deadline::after(Duration::from_secs(20));
        std::thread::scope(|scope| {
            let connecting = blocked::spawn(scope, || client.connect_by(&addr, deadline));
            listener.accept().unwrap();
            blocked::outcome(connecting).unwrap();
        });
        let (server, _) = listener.accept_by(deadline).unwrap();
        client.send_all(b"!").unwrap();
        server.recv_exact(&mut [0]).unwrap();
    }
}

#[test]
fn a_connect_that_signals_interrupt_has_connected_or_goes_on() {
    let (listener, addr, _queued) = full(Type::STREAM);
    let client = socket(Type::STREAM);
    let started = storm::caught();
    std::thread::scope(|scope| {
        let making_room = scope.spawn(|| {
            while storm::caught() < started + 200 {
                std::thread::yield_now();
            }
            listener.accept().unwrap();
        });
        let (connected, _) = storm::under(|| client.connect(&addr));
        connected.unwrap();
        making_room.join().unwrap();
    });
    assert_eq!(client.peer_addr().unwrap(), addr);
    client.send_all(b"!").unwrap();
}

#[test]
fn closing_ends_a_connect_that_waits() {
    let (_listener, addr, _queued) = full(Type::STREAM);
    let client = socket(Type::STREAM);
    client.set_timeout(Some(Duration::from_secs(20))).unwrap();
    std::thread::scope(|scope| {
        let connecting = blocked::spawn(scope, || client.connect(&addr));
        client.close().unwrap();
        let error = blocked::outcome(connecting).unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF));
    });
}

#[test]
fn an_accept_hears_that_its_listener_was_shut_down() {
    for deadline in [Deadline::NEVER, Deadline::after(Duration::from_secs(20))] {
        let listener = socket(Type::STREAM);
        listener.bind(Addr::Unnamed).unwrap();
        listener.listen(None).unwrap();
        std::thread::scope(|scope| {
            let accepting = blocked::spawn(scope, || listener.accept_by(deadline).map(drop));
            listener.shutdown(Shutdown::Both).unwrap();
            let error = blocked::outcome(accepting).unwrap_err();
            assert_eq!(error.errno(), Some(Errno::EINVAL), "{deadline:?}");
        });
    }
}

#[test]
fn a_bound_socket_is_not_bound_anew() {
    let bound = socket(Type::DGRAM);
    bound.bind(Addr::Unnamed).unwrap();
    let addr = bound.local_addr().unwrap();
    assert_eq!(bound.bind(Addr::Unnamed).unwrap_err().errno(), Some(Errno::EINVAL));
    assert_eq!(bound.local_addr().unwrap(), addr);
}

#[test]
fn what_a_local_socket_cannot_do_it_does_not_pretend_to() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let unsupported = |outcome| matches!(outcome, Err(Error::Unsupported { .. }));
    assert!(unsupported(left.abort()));
    assert!(unsupported(left.disconnect()));
    assert!(unsupported(Endpoint::set_linger(&left, Some(Duration::ZERO))));
    let options = [SocketOption::ReuseAddress, SocketOption::Broadcast, SocketOption::KeepAlive];
    for option in options {
        assert!(unsupported(Endpoint::set_option(&left, option, 1)), "{option}");
    }
    left.send_all(b"!").unwrap();
    assert_eq!(right.recv(&mut [0; 2]).unwrap().len, 1, "it was closed all the same");
}
