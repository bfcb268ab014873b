//! Timeouts and deadlines: total, monotonic, interrupted, and never early.
#![cfg(unix)]

mod storm;

use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;
use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Op, Ready, Result};
use sockrates_socket::{AddrInfo, Family, Socket, Type, connect_any, socketpair};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

fn new(socket_type: Type) -> Socket {
    Socket::new(Family::INET, socket_type, None).unwrap()
}

fn listener(backlog: i32) -> (Socket, Addr) {
    let listener = new(Type::STREAM);
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(backlog).unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

fn pair() -> (Socket, Socket) {
    let (listener, addr) = listener(8);
    let client = new(Type::STREAM);
    client.connect(addr).unwrap();
    (client, listener.accept().unwrap().0)
}

/// A listener that answers nobody any more, with the client that fills its queue.
fn silent() -> (Socket, Socket, Addr) {
    let (listener, addr) = listener(0);
    let queued = new(Type::STREAM);
    queued.connect(&addr).unwrap();
    (listener, queued, addr)
}

/// Times out in its time: not before it, and not so much later that it were another clock.
#[track_caller]
fn times_out<T: std::fmt::Debug>(least: Duration, work: impl FnOnce() -> Result<T>) -> Error {
    let start = Instant::now();
    let error = work().expect_err("nothing to wait for");
    let took = start.elapsed();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.errno(), None, "no number of the system's: it is our own timeout");
    assert!(took >= least, "{took:?} is before {least:?}");
    assert!(took < least + Duration::from_secs(20), "{took:?} is long after {least:?}");
    error
}

fn fill(socket: &Socket) {
    let mode = socket.mode();
    socket.set_mode(Mode::NonBlocking).unwrap();
    // Twice, for the peer's side may have taken some meanwhile.
    for _ in 0..2 {
        while socket.send(&[0; 1 << 16]).is_ok() {}
    }
    socket.set_mode(mode).unwrap();
}

fn in_every_way(socket: &Socket, work: impl Fn(Deadline) -> Result<()>) {
    socket.set_timeout(Some(SHORT)).unwrap();
    times_out(SHORT, || work(Deadline::NEVER));
    times_out(SHORT, || work(Deadline::after(LONG)));
    times_out(SHORT / 2, || work(Deadline::after(SHORT / 2)));
    times_out(Duration::ZERO, || work(Deadline::after(Duration::ZERO)));

    socket.set_timeout(None).unwrap();
    times_out(SHORT, || work(Deadline::after(SHORT)));
    times_out(Duration::ZERO, || work(Deadline::after(Duration::ZERO)));
    let flag = SockRef::from(socket).nonblocking().unwrap();
    assert!(!flag, "a deadline must not leave a blocking socket non-blocking");

    socket.set_blocking(false).unwrap();
    let error = work(Deadline::after(LONG)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EAGAIN), "{error}");
}

#[test]
fn a_receive_waits_as_long_as_it_was_told() {
    let (socket, _peer) = pair();
    in_every_way(&socket, |deadline| {
        let mut memory = [0; 8];
        let mut buf = sockrates_core::RecvBuf::new(&mut memory);
        socket.recv_by(&mut buf, Default::default(), deadline).map(drop)
    });
    in_every_way(&socket, |deadline| socket.recv_exact_by(&mut [0; 8], deadline));
}

#[test]
fn a_datagram_receive_waits_as_long_as_it_was_told() {
    let socket = new(Type::DGRAM);
    socket.bind(("127.0.0.1", 0)).unwrap();
    in_every_way(&socket, |deadline| {
        let mut memory = [0; 8];
        let mut buf = sockrates_core::RecvBuf::new(&mut memory);
        socket.recv_from_by(&mut buf, Default::default(), deadline).map(drop)
    });
}

#[test]
fn a_send_waits_as_long_as_it_was_told() {
    let (socket, _peer) = pair();
    fill(&socket);
    in_every_way(&socket, |deadline| {
        let bytes = [std::io::IoSlice::new(&[0; 1 << 22])];
        // What little has got room since is taken first.
        while socket.send_by(&bytes, None, Default::default(), deadline)? > 0 {}
        Ok(())
    });
}

#[test]
fn an_accept_waits_as_long_as_it_was_told() {
    let (socket, addr) = listener(8);
    in_every_way(&socket, |deadline| socket.accept_by(deadline).map(drop));
    for mode in [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking] {
        socket.set_mode(mode).unwrap();
        let client = new(Type::STREAM);
        client.connect(&addr).unwrap();
        let past = Deadline::after(Duration::ZERO);
        assert_eq!(socket.accept_by(past).unwrap().1, client.local_addr().unwrap());
    }
}

#[test]
fn a_connect_waits_as_long_as_it_was_told_and_goes_on_behind() {
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (listener, _queued, addr) = silent();
        let client = new(Type::STREAM);
        client.set_mode(mode).unwrap();
        times_out(SHORT, || client.connect_by(&addr, Deadline::after(SHORT)));
        assert_eq!(SockRef::from(&client).nonblocking().unwrap(), mode != Mode::Blocking);
        let again = client.connect_by(&addr, Deadline::after(SHORT)).unwrap_err();
        assert_eq!(again.errno(), Some(Errno::EALREADY));
        // Once there is room in the queue the attempt of before succeeds.
        listener.accept().unwrap();
        let ready = client.wait(Ready::WRITE, Deadline::after(LONG)).unwrap();
        assert!(ready.write && !ready.error, "{ready:?}");
        assert_eq!(client.take_error().unwrap(), Errno::SUCCESS);
    }
}

#[test]
fn what_is_there_is_had_by_a_deadline_that_has_passed() {
    let (socket, peer) = pair();
    let past = Deadline::at(Instant::now());
    for mode in [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking] {
        socket.set_mode(mode).unwrap();
        peer.send_all(b"here").unwrap();
        socket.wait(Ready::READ, Deadline::after(LONG)).unwrap();
        socket.recv_exact_by(&mut [0; 4], past).unwrap();
        socket.send_all_by(b"there", past).unwrap();
    }
}

#[test]
fn the_deadline_of_a_whole_receive_is_total() {
    let (socket, peer) = pair();
    socket.set_timeout(Some(SHORT * 3)).unwrap();
    let mut buf = [0; 1 << 20];
    let error = thread::scope(|scope| {
        let dripping = scope.spawn(|| {
            // One byte every so often, always well within the timeout of a single receive.
            while peer.send(b"x").is_ok()
                && !peer.wait(Ready::READ, Deadline::after(SHORT / 4)).unwrap().read
            {}
        });
        let error = times_out(SHORT * 3, || socket.recv_exact(&mut buf));
        socket.shutdown(sockrates_core::Shutdown::Both).unwrap();
        dripping.join().unwrap();
        error
    });
    assert_eq!(error.op(), Some(Op::RecvExact));
    assert!((1..1 << 20).contains(&error.done()));
    assert!(buf[..error.done()].iter().all(|&byte| byte == b'x'));
}

#[test]
fn a_receive_that_timed_out_goes_on_without_losing_a_byte() {
    let (socket, peer) = pair();
    socket.set_timeout(Some(SHORT)).unwrap();
    peer.send_all(b"abc").unwrap();
    let mut buf = [0; 5];
    let error = times_out(SHORT, || socket.recv_exact(&mut buf));
    assert_eq!(error.done(), 3);
    peer.send_all(b"de").unwrap();
    socket.recv_exact(&mut buf[3..]).unwrap();
    assert_eq!(&buf, b"abcde");
}

#[test]
fn a_send_that_timed_out_tells_how_much_went() {
    let (socket, peer) = pair();
    socket.set_timeout(Some(SHORT)).unwrap();
    let bytes: Vec<u8> = (0..32 << 20).map(|i: u32| (i % 251) as u8).collect();
    let error = times_out(SHORT, || socket.send_all(&bytes));
    assert_eq!(error.op(), Some(Op::SendAll));
    let done = error.done();
    assert!(done > 0 && done < bytes.len());
    socket.shutdown(sockrates_core::Shutdown::Write).unwrap();
    let mut got = vec![0; done];
    peer.recv_exact(&mut got).unwrap();
    assert!(got == bytes[..done]);
    assert_eq!(peer.recv(&mut [0; 8]).unwrap().len, 0, "not a byte more than it told");
}

#[test]
fn one_client_is_accepted_by_one_of_many() {
    let (listener, addr) = listener(8);
    let accepted = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| listener.accept_by(Deadline::after(SHORT * 4))))
            .collect();
        let client = new(Type::STREAM);
        client.connect(&addr).unwrap();
        let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
        outcomes
            .filter(|outcome| match outcome {
                Ok(_) => true,
                Err(error) => {
                    assert!(error.is_timeout(), "{error}");
                    false
                }
            })
            .count()
    });
    assert_eq!(accepted, 1);
    assert!(!SockRef::from(&listener).nonblocking().unwrap());
}

#[test]
fn a_handle_waits_though_its_duplicate_does_not() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    let hasty = left.dup().unwrap();
    hasty.set_blocking(false).unwrap();
    assert_eq!(hasty.recv(&mut [0; 1]).unwrap_err().errno(), Some(Errno::EAGAIN));
    // Blocking by its mode, though the system's flag, which is shared, says otherwise.
    thread::scope(|scope| {
        let waiting = scope.spawn(|| left.recv(&mut [0; 1]));
        right.send(b"x").unwrap();
        assert_eq!(waiting.join().unwrap().unwrap().len, 1);
    });
}

#[test]
fn a_storm_of_signals_makes_no_timeout_earlier_or_later() {
    let (socket, _peer) = pair();
    let (listener, _) = listener(1);
    let (_silent, _queued, addr) = silent();
    let client = new(Type::STREAM);
    for socket in [&socket, &listener, &client] {
        socket.set_timeout(Some(SHORT * 2)).unwrap();
    }
    let (_, caught) = storm::under(|| {
        times_out(SHORT * 2, || socket.recv(&mut [0; 8]));
        times_out(SHORT * 2, || listener.accept());
        times_out(SHORT * 2, || client.connect(&addr));
        let info = [AddrInfo::tcp(addr.as_inet().unwrap())];
        let error = connect_any(&info, Deadline::after(SHORT), None).unwrap_err();
        assert!(error.is_timeout(), "{error}");
    });
    assert!(caught > 10, "{caught} signals are no storm");
}

#[test]
fn a_storm_of_signals_loses_nothing() {
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (socket, peer) = pair();
        socket.set_mode(mode).unwrap();
        let bytes: Vec<u8> = (0..8 << 20).map(|i: u32| (i % 251) as u8).collect();
        let (_, caught) = storm::under(|| {
            thread::scope(|scope| {
                let sending = scope.spawn(|| peer.send_all(&bytes));
                let mut got = vec![0; bytes.len()];
                socket.recv_exact(&mut got).unwrap();
                assert!(got == bytes);
                sending.join().unwrap().unwrap();
            });
        });
        let (_, more) = storm::under(|| {
            thread::scope(|scope| {
                let receiving = scope.spawn(|| {
                    let mut got = vec![0; bytes.len()];
                    peer.recv_exact(&mut got).map(|()| got)
                });
                socket.send_all(&bytes).unwrap();
                assert!(receiving.join().unwrap().unwrap() == bytes);
            });
        });
        assert!(caught + more > 0);
    }
}

#[test]
fn an_interrupted_connect_is_waited_for_and_not_called_again() {
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (listener, _queued, addr) = silent();
        let client = new(Type::STREAM);
        client.set_mode(mode).unwrap();
        let (outcome, caught) = storm::under(|| {
            thread::scope(|scope| {
                let accepting = scope.spawn(|| {
                    // The queue is full until the attempt has been under way for many signals.
                    while client.local_addr().unwrap().port() == Some(0) {
                        thread::yield_now();
                    }
                    let before = storm::caught();
                    while storm::caught() < before + 100 {
                        thread::yield_now();
                    }
                    (listener.accept().unwrap(), listener.accept().unwrap())
                });
                let outcome = client.connect(&addr);
                accepting.join().unwrap();
                outcome
            })
        });
        outcome.unwrap();
        assert!(caught >= 100);
        assert_eq!(client.peer_addr().unwrap(), addr);
        if mode != Mode::Blocking {
            client.connect(&addr).unwrap();
        }
        let again = client.connect(&addr).unwrap_err();
        assert_eq!(again.errno(), Some(Errno::EISCONN), "{again}");
    }
}

/// Linux calls a socket whose attempt was waited for connected only once it was asked again; until
/// then a second `connect` succeeds, whomever it names, and does nothing. Blocking sockets are
/// spared that, and in timeout mode CPython's codes hold: see `connect_ex_python.rs`.
#[test]
fn a_blocking_connect_with_a_deadline_has_connected() {
    let ((listener, addr), (_other, elsewhere)) = (listener(8), listener(8));
    let client = new(Type::STREAM);
    client.connect_by(&addr, Deadline::after(LONG)).unwrap();
    let again = client.connect_by(&elsewhere, Deadline::after(LONG)).unwrap_err();
    assert_eq!(again.errno(), Some(Errno::EISCONN), "{again}");
    assert_eq!(client.peer_addr().unwrap(), addr);
    let (server, _) = listener.accept().unwrap();
    client.send(b"still here").unwrap();
    let mut buf = [0; 16];
    let received = server.recv(&mut buf).unwrap();
    assert_eq!(&buf[..received.len], b"still here");
}

#[test]
fn odd_timeouts_are_refused_and_change_nothing() {
    let socket = new(Type::DGRAM);
    socket.set_timeout(Some(SHORT)).unwrap();
    for secs in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
        let error = Mode::from_secs(Some(secs)).unwrap_err();
        assert!(matches!(error, Error::Invalid { what: "timeout", .. }), "{error}");
    }
    let error = socket.set_timeout(Some(Duration::MAX)).unwrap_err();
    assert!(error.to_string().contains("292 years"), "{error}");
    assert!(socket.set_mode(Mode::Timeout(Duration::MAX)).is_err());
    assert_eq!(socket.timeout(), Some(SHORT));
    socket.set_mode(Mode::Timeout(Duration::ZERO)).unwrap();
    assert_eq!(socket.mode(), Mode::NonBlocking, "zero never waits, as in Python");
    assert!(!socket.is_blocking());
}
