//! What becomes of files, other libraries' sockets and queues.
#![cfg(target_os = "linux")]

use std::os::fd::OwnedFd;
use std::os::unix::net as unix;
use std::path::PathBuf;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Mode};
use sockrates_unix::{
    ConnectedUnixDatagram, UnixDatagram, UnixListener, UnixSeqpacket, UnixSeqpacketListener,
    UnixStream, remove_stale,
};

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("unix-{name}-{}", std::process::id()))
}

#[test]
fn only_a_socket_that_nobody_uses_is_stale() {
    let path = file("stale");
    assert!(!remove_stale(&path).unwrap(), "there is none");
    let nul = remove_stale("a\0b").unwrap_err();
    assert!(nul.to_string().contains("NUL"), "{nul}");
    assert!(matches!(nul, Error::Invalid { what: "unix path", .. }), "{nul:?}");
    std::fs::write(&path, "precious").unwrap();
    assert!(!remove_stale(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    assert!(!remove_stale(&path).unwrap(), "a link is no socket");
    std::fs::remove_file(&path).unwrap();

    let stale: [(&str, Bind<'_>); 3] = [
        ("stream", &|| Box::new(UnixListener::bind(&path).unwrap())),
        ("datagram", &|| Box::new(UnixDatagram::bind(&path).unwrap())),
        ("seqpacket", &|| Box::new(UnixSeqpacketListener::bind(&path).unwrap())),
    ];
    for (name, bind) in stale {
        let used = bind();
        assert!(!remove_stale(&path).unwrap(), "{name} in use");
        drop(used);
        assert!(remove_stale(&path).unwrap(), "{name} left behind");
        assert!(!path.exists());
    }
}

/// Binds a socket of some type.
type Bind<'a> = &'a dyn Fn() -> Box<dyn std::any::Any>;

#[test]
fn a_listener_with_a_full_queue_is_not_stale() {
    let path = file("busy");
    let _listener = UnixListener::bind_with(&path, 0).unwrap();
    let _queued = UnixStream::connect(&path).unwrap();
    assert!(!remove_stale(&path).unwrap());
    let late = UnixStream::connect_by(&path, Deadline::after(Duration::from_millis(5)));
    assert!(late.unwrap_err().is_timeout());
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn the_standard_librarys_sockets_come_and_go() {
    let (left, right) = unix::UnixStream::pair().unwrap();
    let (left, right) = (UnixStream::from(left), UnixStream::from(right));
    left.send_all(b"std").unwrap();
    let mut back = unix::UnixStream::from(right);
    std::io::Read::read_exact(&mut back, &mut [0; 3]).unwrap();

    let (left, right) = unix::UnixDatagram::pair().unwrap();
    let left = ConnectedUnixDatagram::try_from(left).unwrap();
    left.send(b"std").unwrap();
    assert_eq!(right.recv(&mut [0; 8]).unwrap(), 3);
    let unconnected = unix::UnixDatagram::unbound().unwrap();
    let refused = ConnectedUnixDatagram::try_from(unconnected).unwrap_err();
    assert_eq!(refused.errno(), Some(Errno::ENOTCONN));

    let listener = UnixListener::bind(Addr::Unnamed).unwrap();
    let listener = UnixListener::from(unix::UnixListener::from(listener));
    UnixStream::connect(listener.local_addr().unwrap()).unwrap();
    listener.accept().unwrap();
}

#[test]
fn a_descriptor_of_another_kind_says_what_it_is() {
    let (stream, _peer) = UnixStream::pair().unwrap();
    let error = UnixSeqpacket::try_from(OwnedFd::from(stream)).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Invalid { .. }) && text.contains("STREAM"), "{text}");
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let text = UnixDatagram::try_from(OwnedFd::from(udp)).unwrap_err().to_string();
    assert!(text.contains("INET") && text.contains("UNIX"), "{text}");
}

#[test]
fn a_full_datagram_queue_is_waited_for() {
    let receiver = UnixDatagram::bind(Addr::Unnamed).unwrap();
    let addr = receiver.local_addr().unwrap();
    let unconnected = UnixDatagram::unbound().unwrap();
    let connected = ConnectedUnixDatagram::connect(&addr).unwrap();
    unconnected.set_mode(Mode::NonBlocking).unwrap();
    let mut queued = 0;
    while unconnected.send_to(b"!", &addr).is_ok() {
        queued += 1;
    }
    assert!(queued > 0);
    unconnected.set_timeout(Some(Duration::from_millis(10))).unwrap();
    connected.set_timeout(Some(Duration::from_millis(10))).unwrap();
    assert!(unconnected.send_to(b"!", &addr).unwrap_err().is_timeout());
    assert!(connected.send(b"!").unwrap_err().is_timeout());
    unconnected.set_timeout(Some(Duration::from_secs(20))).unwrap();
    connected.set_timeout(Some(Duration::from_secs(20))).unwrap();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| unconnected.send_to(b"first", &addr));
        let second = scope.spawn(|| connected.send(b"second"));
        let mut longer = 0;
        while longer < 2 {
            longer += usize::from(receiver.recv_from(&mut [0; 8]).unwrap().len > 1);
        }
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
    });
}
