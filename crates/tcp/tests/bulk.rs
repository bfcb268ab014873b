//! Files, many slices, and trying before waiting, on the typed stream.

mod pair;

use std::fs::{self, File};
use std::io::{IoSlice, Write};
use std::time::Duration;

use pair::pair;
use sockrates_core::{Deadline, Errno, Mode, Op, Shutdown};

const LONG: Duration = Duration::from_secs(60);

/// An open file with these bytes that has no name any more.
fn file(name: &str, bytes: &[u8]) -> File {
    let path = std::env::temp_dir().join(format!("tcp-{name}-{}", std::process::id()));
    let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[test]
fn a_header_and_the_file_after_it_arrive_in_order() {
    let page = file("page", b"<p>The whole page</p>");
    for mode in [Mode::Blocking, Mode::Timeout(LONG), Mode::NonBlocking] {
        let (server, client) = pair();
        server.set_mode(mode).unwrap();
        server.send_all_vectored(&[IoSlice::new(b"21"), IoSlice::new(b":")]).unwrap();
        assert_eq!(server.send_file(&page, ..).unwrap(), 21);
        assert_eq!(server.send_file_by(&page, 3..6, Deadline::after(LONG)).unwrap(), 3);
        let soon = Deadline::after(LONG);
        server.send_all_vectored_by(&[IoSlice::new(b"."); 1200], soon).unwrap();
        server.shutdown(Shutdown::Write).unwrap();

        let mut got = [0; 27];
        client.recv_exact(&mut got).unwrap();
        assert_eq!(&got, b"21:<p>The whole page</p>The");
        let mut dots = [0; 1200];
        client.recv_exact(&mut dots).unwrap();
        assert_eq!(dots, [b'.'; 1200]);
        assert_eq!(client.recv(&mut dots).unwrap(), 0);
    }
}

#[test]
fn what_has_no_room_is_told_by_its_length() {
    let big = file("big", b"");
    big.set_len(1 << 30).unwrap();
    let (server, client) = pair();
    server.set_mode(Mode::NonBlocking).unwrap();
    let error = server.send_file(&big, ..).unwrap_err();
    assert_eq!((error.op(), error.errno()), (Some(Op::SendFile), Some(Errno::EAGAIN)));
    assert!(error.is_recoverable());
    let mut got = vec![1; error.done()];
    client.recv_exact(&mut got).unwrap();
    assert!(got.iter().all(|byte| *byte == 0));
    client.set_mode(Mode::NonBlocking).unwrap();
    assert!(client.recv(&mut got).unwrap_err().would_block(), "not a byte more than it told");
}

#[test]
fn a_stream_spins_where_it_is_asked_to() {
    let (server, client) = pair();
    assert_eq!((server.spin(), client.spin()), (0, 0));
    for stream in [&server, &client] {
        stream.set_spin(50);
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut byte = [0];
            while server.recv(&mut byte).unwrap() == 1 {
                server.send_all(&byte).unwrap();
            }
        });
        for turn in 0..100 {
            client.send_all(&[turn]).unwrap();
            let mut byte = [0];
            client.recv_exact(&mut byte).unwrap();
            assert_eq!(byte, [turn]);
        }
        client.shutdown(Shutdown::Write).unwrap();
    });
    assert_eq!(server.dup().unwrap().spin(), 50);
}
