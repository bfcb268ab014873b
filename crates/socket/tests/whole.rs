//! Many slices, sent as one.
#![cfg(unix)]

mod blocked;
mod storm;

use std::io::IoSlice;
use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Shutdown};
use sockrates_socket::{Family, Socket, Type, socketpair};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

fn modes() -> [(Mode, Deadline); 4] {
    [
        (Mode::Blocking, Deadline::NEVER),
        (Mode::Blocking, Deadline::after(LONG)),
        (Mode::Timeout(LONG), Deadline::NEVER),
        (Mode::NonBlocking, Deadline::NEVER),
    ]
}

fn tcp() -> (Socket, Socket) {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    client.connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

fn slices(parts: &[Vec<u8>]) -> Vec<IoSlice<'_>> {
    parts.iter().map(|part| IoSlice::new(part)).collect()
}

#[test]
fn any_number_of_slices_is_sent_empty_ones_among_them() {
    let few = vec![b"a".to_vec(), vec![], b"bc".to_vec(), vec![]];
    let many = (0..5000).map(|i: usize| vec![(i % 251) as u8; i % 3]).collect();
    let hollow = (0..3000).map(|i| vec![7; usize::from(i == 2999)]).collect();
    for parts in [few, many, hollow, vec![vec![]; 2000], vec![]] {
        let whole = parts.concat();
        for (mode, deadline) in modes() {
            for (socket, peer) in [tcp(), socketpair(Type::STREAM).unwrap()] {
                socket.set_mode(mode).unwrap();
                socket.send_all_vectored_by(&slices(&parts), deadline).unwrap();
                socket.shutdown(Shutdown::Write).unwrap();
                let mut got = vec![0; whole.len()];
                peer.recv_exact(&mut got).unwrap();
                assert!(got == whole, "{} slices", parts.len());
                assert_eq!(peer.recv(&mut [0; 8]).unwrap().len, 0, "and nothing else");
            }
        }
    }
}

/// Pieces of every length around what the kernel takes at once, so that what is left of one begins
/// at every place.
#[test]
fn a_slow_peer_gets_every_byte_in_its_place() {
    let parts = (0..900).map(|i: usize| vec![(i % 251) as u8; i * 97 % 9001]).collect::<Vec<_>>();
    let whole = parts.concat();
    for (mode, deadline) in modes() {
        for (socket, peer) in [tcp(), socketpair(Type::STREAM).unwrap()] {
            if mode == Mode::NonBlocking {
                continue;
            }
            socket.set_mode(mode).unwrap();
            let got = thread::scope(|scope| {
                let sending = blocked::spawn(scope, || {
                    socket.send_all_vectored_by(&slices(&parts), deadline)
                });
                let mut got = vec![0; whole.len()];
                let pieces = got.chunks_mut(70_001);
                pieces.for_each(|piece| peer.recv_exact(piece).unwrap());
                blocked::outcome(sending).unwrap();
                got
            });
            assert!(got == whole, "{mode:?}");
        }
    }
}

#[test]
fn what_was_sent_is_told_where_it_ends_before() {
    let parts = (0..4000).map(|i: usize| vec![(i % 251) as u8; 9001]).collect::<Vec<_>>();
    let whole = parts.concat();
    for (mode, deadline) in [
        (Mode::Timeout(SHORT), LONG),
        (Mode::Timeout(LONG), SHORT),
        (Mode::Blocking, SHORT),
        (Mode::NonBlocking, LONG),
    ] {
        let (socket, peer) = tcp();
        socket.set_mode(mode).unwrap();
        let start = Instant::now();
        let outcome = socket.send_all_vectored_by(&slices(&parts), Deadline::after(deadline));
        let error = outcome.unwrap_err();
        let done = error.done();
        assert!(done > 0 && done < whole.len());
        if mode == Mode::NonBlocking {
            assert_eq!(error, Error::Os { op: Op::SendAll, errno: Errno::EAGAIN, done });
        } else {
            assert_eq!(error, Error::TimedOut { op: Op::SendAll, done });
            assert!(start.elapsed() >= SHORT);
        }
        socket.shutdown(Shutdown::Write).unwrap();
        let mut got = vec![0; done];
        peer.recv_exact(&mut got).unwrap();
        assert!(got == whole[..done]);
        assert_eq!(peer.recv(&mut [0; 8]).unwrap().len, 0, "not a byte more than it told");
    }
}

#[test]
fn a_peer_that_takes_a_little_again_and_again_does_not_prolong_the_deadline() {
    let bytes = vec![7; 256 << 20];
    let (socket, peer) = tcp();
    socket.set_timeout(Some(SHORT)).unwrap();
    let waits = |work: &dyn Fn() -> sockrates_core::Result<()>| {
        let start = Instant::now();
        let error = work().unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(start.elapsed() >= SHORT && start.elapsed() < Duration::from_secs(20));
    };
    thread::scope(|scope| {
        scope.spawn(|| while peer.recv(&mut [0; 512]).is_ok_and(|got| got.len > 0) {});
        waits(&|| socket.send_all(&bytes));
        waits(&|| socket.send_all_vectored(&[IoSlice::new(&bytes), IoSlice::new(&bytes)]));
        socket.shutdown(Shutdown::Both).unwrap();
    });
}

#[test]
fn a_message_goes_as_one() {
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    left.send_all_vectored(&[IoSlice::new(b"on"), IoSlice::new(b""), IoSlice::new(b"e")]).unwrap();
    left.send_all_vectored(&[]).unwrap();
    let mut room = [0; 8];
    assert_eq!(right.recv(&mut room).unwrap().len, 3);
    assert_eq!(right.recv(&mut room).unwrap().len, 0, "an empty message");
    let many = [IoSlice::new(b"x"); 1025];
    assert_eq!(left.send_all_vectored(&many).unwrap_err().errno(), Some(Errno::EMSGSIZE));
}

#[test]
fn who_is_gone_is_told_also_of_nothing() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    drop(right);
    let error = left.send_all_vectored(&[IoSlice::new(b"x"); 2000]).unwrap_err();
    assert_eq!(error, Error::os(Op::SendAll, Errno::EPIPE));
    left.close().unwrap();
    let error = left.send_all_vectored(&[]).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EBADF));
}

#[test]
fn closing_wakes_it_and_signals_do_not() {
    let parts = vec![vec![7; 9001]; 4000];
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (socket, _peer) = tcp();
        socket.set_mode(mode).unwrap();
        let outcome = thread::scope(|scope| {
            let sending = blocked::spawn(scope, || socket.send_all_vectored(&slices(&parts)));
            socket.close().unwrap();
            blocked::outcome(sending)
        });
        let error = outcome.unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF), "{error}");

        let (socket, peer) = tcp();
        socket.set_mode(mode).unwrap();
        thread::scope(|scope| {
            let receiving = scope.spawn(|| peer.recv_exact(&mut vec![0; 9001 * 4000]));
            let (sent, _) = storm::under(|| socket.send_all_vectored(&slices(&parts)));
            sent.unwrap();
            receiving.join().unwrap().unwrap();
        });
    }
}
