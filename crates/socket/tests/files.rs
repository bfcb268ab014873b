//! Sending files: which bytes, to which deadline, from what.
#![cfg(unix)]

mod blocked;
mod storm;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Bound;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Result, Shutdown};
use sockrates_socket::{Family, Socket, Type, socketpair};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(60);

/// An open file with these bytes that has no name any more.
fn file(bytes: &[u8]) -> File {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("files-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn tcp() -> (Socket, Socket) {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(None).unwrap();
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    client.connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// Both kinds of streams in every mode and with a deadline, which takes the way through a buffer.
fn in_every_way(work: impl Fn(&Socket, &Socket, Deadline)) {
    for (mode, deadline) in [
        (Mode::Blocking, Deadline::NEVER),
        (Mode::Blocking, Deadline::after(LONG)),
        (Mode::Timeout(LONG), Deadline::NEVER),
        (Mode::Timeout(LONG), Deadline::after(LONG)),
        (Mode::NonBlocking, Deadline::NEVER),
    ] {
        for (socket, peer) in [tcp(), socketpair(Type::STREAM).unwrap()] {
            socket.set_mode(mode).unwrap();
            work(&socket, &peer, deadline);
        }
    }
}

/// What is sent until `socket` ends its side.
fn rest(socket: &Socket, peer: &Socket) -> Vec<u8> {
    socket.shutdown(Shutdown::Write).unwrap();
    let mut got = Vec::new();
    let mut piece = [0; 1 << 16];
    loop {
        match peer.recv(&mut piece).unwrap().len {
            0 => return got,
            len => got.extend_from_slice(&piece[..len]),
        }
    }
}

fn pattern(len: usize) -> Vec<u8> {
    let mut bytes = (0..251).collect::<Vec<u8>>().repeat(len / 251 + 1);
    bytes.truncate(len);
    bytes
}

#[test]
fn the_range_is_sent_as_far_as_the_file_goes() {
    let file = file(b"0123456789");
    in_every_way(|socket, peer, deadline| {
        let sent =
            |range: (Bound<u64>, Bound<u64>)| socket.send_file_by(&file, range, deadline).unwrap();
        use Bound::{Excluded, Included, Unbounded};
        assert_eq!(sent((Unbounded, Unbounded)), 10);
        assert_eq!(sent((Included(7), Unbounded)), 3);
        assert_eq!(sent((Excluded(7), Included(8))), 1);
        assert_eq!(sent((Included(2), Excluded(4))), 2);
        assert_eq!(sent((Included(8), Excluded(1000))), 2, "the file ends before");
        assert_eq!(sent((Included(0), Included(u64::MAX))), 10);
        for nothing in [4, 10, 11, 1 << 40, i64::MAX as u64] {
            assert_eq!(sent((Included(nothing), Excluded(nothing))), 0);
        }
        for behind in [10, 11, 1 << 40, i64::MAX as u64] {
            assert_eq!(sent((Included(behind), Unbounded)), 0, "{behind} is behind its end");
        }
        assert_eq!(rest(socket, peer), b"0123456789789823890123456789");
    });
}

#[test]
fn an_empty_file_sends_nothing_and_a_file_that_grows_is_sent_as_it_is() {
    let mut empty = file(b"");
    in_every_way(|socket, peer, deadline| {
        assert_eq!(socket.send_file_by(&empty, .., deadline).unwrap(), 0);
        assert_eq!(rest(socket, peer), b"");
    });
    empty.write_all(b"not any more").unwrap();
    let (socket, _peer) = tcp();
    assert_eq!(socket.send_file(&empty, ..).unwrap(), 12);
}

#[test]
fn the_position_of_the_file_is_neither_used_nor_moved() {
    let mut file = file(b"0123456789");
    file.seek(SeekFrom::Start(4)).unwrap();
    in_every_way(|socket, _, deadline| {
        assert_eq!(socket.send_file_by(&file, ..3, deadline).unwrap(), 3);
        assert_eq!((&file).stream_position().unwrap(), 4);
    });
}

#[test]
fn what_is_sent_arrives_byte_by_byte_however_slow_the_peer() {
    let bytes = pattern(3 << 20);
    let file = file(&bytes);
    in_every_way(|socket, peer, deadline| {
        if socket.mode() == Mode::NonBlocking {
            return;
        }
        thread::scope(|scope| {
            let sending = blocked::spawn(scope, || {
                let sent = socket.send_file_by(&file, 5.., deadline);
                socket.shutdown(Shutdown::Write).unwrap();
                sent
            });
            let mut got = vec![0; bytes.len() - 5];
            peer.recv_exact(&mut got).unwrap();
            assert_eq!(blocked::outcome(sending).unwrap(), got.len() as u64);
            assert!(got == bytes[5..]);
            assert_eq!(peer.recv(&mut [0; 8]).unwrap().len, 0, "and not a byte more");
        });
    });
}

/// What was sent before the end of patience is told, and the rest can be sent from there.
#[test]
fn what_was_sent_before_a_timeout_is_told() {
    let bytes = pattern(32 << 20);
    let file = file(&bytes);
    for (mode, deadline) in [
        (Mode::Timeout(SHORT), LONG),
        (Mode::Timeout(LONG), SHORT),
        (Mode::Blocking, SHORT),
        (Mode::NonBlocking, LONG),
    ] {
        for (socket, peer) in [tcp(), socketpair(Type::STREAM).unwrap()] {
            socket.set_mode(mode).unwrap();
            let start = Instant::now();
            let error = socket.send_file_by(&file, .., Deadline::after(deadline)).unwrap_err();
            let done = error.done();
            assert!(done > 0 && done < bytes.len(), "{done}");
            if mode == Mode::NonBlocking {
                assert_eq!(error, Error::Os { op: Op::SendFile, errno: Errno::EAGAIN, done });
            } else {
                assert_eq!(error, Error::TimedOut { op: Op::SendFile, done });
                assert!(start.elapsed() >= SHORT);
            }
            thread::scope(|scope| {
                let receiving = scope.spawn(|| {
                    let mut got = vec![0; bytes.len()];
                    peer.recv_exact(&mut got).map(|()| got)
                });
                socket.set_mode(Mode::Timeout(LONG)).unwrap();
                let rest = socket.send_file(&file, done as u64..).unwrap();
                assert_eq!(done as u64 + rest, bytes.len() as u64);
                assert!(receiving.join().unwrap().unwrap() == bytes, "{mode:?}");
            });
        }
    }
}

#[test]
fn a_deadline_that_has_passed_tries_once() {
    let file = file(b"0123456789");
    let past = Deadline::after(Duration::ZERO);
    for mode in [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking] {
        let (socket, _peer) = tcp();
        socket.set_mode(mode).unwrap();
        assert_eq!(socket.send_file_by(&file, ..10, past).unwrap(), 10);
    }
}

#[test]
fn whoever_has_sent_the_whole_file_is_not_late() {
    let file = file(b"0123456789");
    let past = Deadline::after(Duration::ZERO);
    for mode in [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking] {
        let (socket, peer) = tcp();
        socket.set_mode(mode).unwrap();
        // That the file ends there, the range does not tell.
        assert_eq!(socket.send_file_by(&file, .., past).unwrap(), 10, "{mode:?}");
        assert_eq!(socket.send_file_by(&file, 8..1000, past).unwrap(), 2, "{mode:?}");
        assert_eq!(rest(&socket, &peer), b"012345678989");
    }
}

#[test]
fn a_storm_of_signals_costs_neither_a_byte_nor_the_deadline() {
    let bytes = pattern(4 << 20);
    let file = file(&bytes);
    for mode in [Mode::Blocking, Mode::Timeout(LONG)] {
        let (socket, peer) = tcp();
        socket.set_mode(mode).unwrap();
        let got = thread::scope(|scope| {
            let receiving = scope.spawn(|| {
                let mut got = vec![0; bytes.len()];
                peer.recv_exact(&mut got).map(|()| got)
            });
            let (sent, caught) = storm::under(|| socket.send_file(&file, ..));
            assert_eq!(sent.unwrap(), bytes.len() as u64);
            println!("{caught} signals");
            receiving.join().unwrap().unwrap()
        });
        assert!(got == bytes);
    }
    let (socket, _peer) = tcp();
    socket.set_timeout(Some(SHORT)).unwrap();
    let start = Instant::now();
    let big = sparse(1 << 30);
    let (sent, _) = storm::under(|| socket.send_file(&big, ..));
    assert!(sent.unwrap_err().is_timeout());
    assert!(start.elapsed() >= SHORT && start.elapsed() < SHORT + Duration::from_secs(20));
}

/// A file of so many zeros that takes no room.
fn sparse(len: u64) -> File {
    let hole = file(b"");
    hole.set_len(len).unwrap();
    hole
}

#[test]
fn a_file_that_shrinks_meanwhile_ends_where_it_ends() {
    for deadline in [Deadline::NEVER, Deadline::after(LONG)] {
        let file = file(&pattern(64 << 20));
        let (socket, peer) = tcp();
        let (sent, got) = thread::scope(|scope| {
            let sending = blocked::spawn(scope, || {
                let sent = socket.send_file_by(&file, .., deadline);
                socket.shutdown(Shutdown::Write).unwrap();
                sent
            });
            file.set_len(1).unwrap();
            let mut got = 0;
            let mut piece = [0; 1 << 16];
            loop {
                match peer.recv(&mut piece).unwrap().len {
                    0 => break,
                    len => got += len,
                }
            }
            (blocked::outcome(sending).unwrap(), got)
        });
        assert_eq!(sent, got as u64, "it tells what it sent");
        assert!(sent > 1 && sent < 64 << 20, "{sent}");
    }
}

#[test]
fn offsets_and_lengths_over_four_gigabytes_count() {
    const END: u64 = (5 << 30) + 1;
    let file = sparse(END);
    file.write_at(b"last", END - 4).unwrap();
    in_every_way(|socket, peer, deadline| {
        assert_eq!(socket.send_file_by(&file, END - 4.., deadline).unwrap(), 4);
        assert_eq!(socket.send_file_by(&file, END - 3..2 * END, deadline).unwrap(), 3);
        assert_eq!(rest(socket, peer), b"lastast");
    });
    let (socket, _peer) = tcp();
    socket.set_blocking(false).unwrap();
    let done = socket.send_file(&file, ..END).unwrap_err().done();
    assert!(done > 0, "what goes of a length over 4 GiB");
}

#[test]
fn what_the_system_does_not_send_by_itself_goes_through_the_buffer() {
    // Read from the start to the end, for its length is told as 0.
    let Ok(version) = File::open("/proc/version") else { return };
    let expected = fs::read("/proc/version").unwrap();
    in_every_way(|socket, peer, deadline| {
        let sent = socket.send_file_by(&version, .., deadline).unwrap();
        assert_eq!(sent, expected.len() as u64);
        assert_eq!(rest(socket, peer), expected);
    });
}

#[test]
fn what_is_no_file_is_refused_by_name() {
    let directory = File::open(std::env::temp_dir()).unwrap();
    let mut child = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
    let reader = child.stdout.take().unwrap();
    assert!(child.wait().unwrap().success());
    let (other, _end) = socketpair(Type::STREAM).unwrap();
    let pipe = File::from(OwnedFd::from(reader));
    let endpoint = File::from(OwnedFd::from(other));
    let path = std::env::temp_dir().join(format!("write-only-{}", std::process::id()));
    let deaf = File::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    in_every_way(|socket, peer, deadline| {
        for (file, word) in [
            (&directory, "a directory"),
            (&pipe, "a pipe"),
            (&endpoint, "a pipe, a socket"),
            (&deaf, "not open for reading"),
        ] {
            let error = socket.send_file_by(file, .., deadline).unwrap_err();
            assert!(matches!(error, Error::Invalid { what: "file", .. }), "{error:?}");
            assert!(error.to_string().contains(word), "{error}");
        }
        assert_eq!(rest(socket, peer), b"");
    });
}

#[test]
fn ranges_that_are_none_are_refused_by_name() {
    let file = file(b"0123456789");
    let (socket, _peer) = tcp();
    let after_all = (Bound::Excluded(u64::MAX), Bound::Unbounded);
    for (range, word) in [
        ((Bound::Included(5), Bound::Excluded(4)), "5..4"),
        ((Bound::Included(1 << 63), Bound::Unbounded), "2^63"),
        (after_all, "2^63"),
    ] {
        let error = socket.send_file(&file, range).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(matches!(error, Error::Invalid { .. }));
    }
}

#[test]
fn only_a_stream_that_is_open_and_connected_sends_files() {
    let file = file(b"0123456789");
    let datagrams = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    let error = datagrams.send_file(&file, ..).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
    in_every_way(|socket, _, deadline| {
        socket.close().unwrap();
        for range in [0..10, 10..20] {
            let error = socket.send_file_by(&file, range, deadline).unwrap_err();
            assert_eq!(error.errno(), Some(Errno::EBADF), "{error}");
        }
    });
    let alone = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    let errno = alone.send_file(&file, ..).unwrap_err().errno();
    assert!([Some(Errno::EPIPE), Some(Errno::ENOTCONN)].contains(&errno), "{errno:?}");
}

#[test]
fn closing_wakes_who_sends_a_file_and_tells_how_much_went() {
    let file = sparse(1 << 30);
    for (mode, deadline) in [
        (Mode::Blocking, Deadline::NEVER),
        (Mode::Blocking, Deadline::after(LONG)),
        (Mode::Timeout(LONG), Deadline::NEVER),
    ] {
        let (socket, peer) = tcp();
        socket.set_mode(mode).unwrap();
        let outcome: Result<u64> = thread::scope(|scope| {
            let sending = blocked::spawn(scope, || socket.send_file_by(&file, .., deadline));
            socket.close().unwrap();
            blocked::outcome(sending)
        });
        let error = outcome.unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF), "{error}");
        assert_eq!(error.op(), Some(Op::SendFile));
        let mut got = Vec::new();
        let _ = std::net::TcpStream::from(socket2::Socket::from(peer)).read_to_end(&mut got);
        assert!(error.done() >= got.len(), "{} were told, {} came", error.done(), got.len());
        assert!(error.done() > 0);
    }
}

#[test]
fn a_duplicate_in_another_mode_changes_no_deadline() {
    let file = sparse(1 << 30);
    let (socket, _peer) = tcp();
    let patient = socket.dup().unwrap();
    socket.set_timeout(Some(SHORT)).unwrap();
    patient.set_blocking(true).unwrap();
    assert!(socket.send_file(&file, ..).unwrap_err().is_timeout());
}

#[test]
fn a_peer_that_is_gone_is_an_error_that_says_how_much_went() {
    let file = sparse(1 << 30);
    in_every_way(|socket, peer, deadline| {
        if socket.mode() == Mode::NonBlocking {
            return;
        }
        let outcome = thread::scope(|scope| {
            let sending = blocked::spawn(scope, || socket.send_file_by(&file, .., deadline));
            peer.close().unwrap();
            blocked::outcome(sending)
        });
        let error = outcome.unwrap_err();
        let errno = error.errno().unwrap();
        assert!([Errno::EPIPE, Errno::ECONNRESET].contains(&errno), "{error}");
        assert!(error.done() > 0 && error.done() < 1 << 30);
    });
}
