//! Descriptors and credentials, across processes too.
#![cfg(target_os = "linux")]

mod python;

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::time::Duration;

use sockrates_core::{
    Addr, Control, ControlRef, Deadline, Endpoint, RecvBuf, RecvFlags, SendFlags,
};
use sockrates_unix::{
    ConnectedUnixDatagram, UnixDatagram, UnixListener, UnixSeqpacket, UnixStream,
};

/// Two ends of which the second goes on its way.
fn wire() -> (StdStream, OwnedFd) {
    let (near, far) = StdStream::pair().unwrap();
    near.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (near, far.into())
}

#[test]
fn cpython_takes_our_descriptors_and_gives_its_own() {
    let listener = UnixListener::bind(Addr::Unnamed).unwrap();
    let Addr::Abstract(name) = listener.local_addr().unwrap() else { panic!("no abstract name") };
    let script = format!(
        "NAME = \"\\x00{}\"\n{}",
        String::from_utf8(name).unwrap(),
        include_str!("passing.py")
    );
    let child = std::thread::spawn(move || python::run(&script));
    let (mut near, far) = wire();
    listener.set_timeout(Some(Duration::from_millis(100))).unwrap();
    let (peer, _) = loop {
        match listener.accept() {
            Ok(accepted) => break accepted,
            // No CPython, or one that has not started yet.
            Err(error) if error.is_timeout() && !child.is_finished() => {}
            Err(error) if error.is_timeout() => return assert!(child.join().unwrap().is_none()),
            Err(error) => panic!("{error}"),
        }
    };
    peer.set_timeout(Some(Duration::from_secs(20))).unwrap();
    let credentials = peer.peer_credentials().unwrap();
    peer.send_fds(b"two of them", &[far.as_fd(), far.as_fd()]).unwrap();
    drop(far);
    let mut buf = [0; 64];
    let got = peer.recv_fds(&mut buf, 1).unwrap();
    assert_eq!(&buf[..got.len], b"the reading end");
    let mut text = String::new();
    File::from(got.fds.into_iter().next().unwrap()).read_to_string(&mut text).unwrap();
    assert_eq!(text, "back again");
    let mut text = String::new();
    near.read_to_string(&mut text).unwrap();
    assert_eq!(text, "from CPythonfrom CPython");
    let said = child.join().unwrap().unwrap();
    assert_eq!((said["text"].as_str(), said["fds"].as_str()), ("two of them", "2"));
    assert_eq!(said["pid"], credentials.pid.to_string());
}

#[test]
fn every_socket_passes_descriptors() {
    let mut buf = [0; 8];
    let (near, far) = wire();
    let (left, right) = UnixStream::pair().unwrap();
    assert_eq!(left.send_fds(b"!", &[far.as_fd()]).unwrap(), 1);
    let mut held = right.recv_fds(&mut buf, 1).unwrap().fds;
    let (left, right) = UnixSeqpacket::pair().unwrap();
    left.send_fds(b"", &[far.as_fd()]).unwrap();
    held.extend(right.recv_fds(&mut buf, 1).unwrap().fds);
    let (left, right) = ConnectedUnixDatagram::pair().unwrap();
    left.send_fds(b"", &[far.as_fd()]).unwrap();
    held.extend(right.recv_fds(&mut buf, 1).unwrap().fds);
    let receiver = UnixDatagram::bind(Addr::Unnamed).unwrap();
    let sender = UnixDatagram::bind(Addr::Unnamed).unwrap();
    sender.send_fds_to(b"!", &[far.as_fd()], receiver.local_addr().unwrap()).unwrap();
    let got = receiver.recv_fds(&mut buf, 1).unwrap();
    assert_eq!(got.peer, Some(sender.local_addr().unwrap()));
    held.extend(got.fds);
    drop(far);
    assert_eq!(held.len(), 4);
    near.set_nonblocking(true).unwrap();
    assert!((&near).read(&mut buf).is_err(), "closed, though four are held");
    drop(held);
    // Another test's child has a copy, up to its exec.
    near.set_nonblocking(false).unwrap();
    near.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!((&near).read(&mut buf).unwrap(), 0);
}

#[test]
fn credentials_are_this_processes() {
    let own = std::process::id();
    let (left, _right) = UnixStream::pair().unwrap();
    assert_eq!(u32::try_from(left.peer_credentials().unwrap().pid).unwrap(), own);
    let (left, right) = UnixSeqpacket::pair().unwrap();
    right.set_pass_credentials(true).unwrap();
    let who = left.peer_credentials().unwrap();
    let control = [ControlRef::Credentials(who)];
    let bytes = [std::io::IoSlice::new(b"!")];
    left.send_with_control(&bytes, &control, None, SendFlags::NONE, Deadline::NEVER).unwrap();
    let mut memory = [0; 4];
    let mut buf = RecvBuf::new(&mut memory);
    let got =
        right.recv_with_control(&mut buf, Control::ROOM, RecvFlags::NONE, Deadline::NEVER).unwrap();
    let came =
        got.control.iter().any(|one| matches!(one, Control::Credentials(came) if *came == who));
    assert!(came, "{got:?}");
    // A plain receive is not disturbed by them.
    left.send(b"plain").unwrap();
    left.send(b"").unwrap();
    assert_eq!(right.recv(&mut [0; 8]).unwrap().len, 5);
    assert_eq!(right.recv(&mut [0; 8]).unwrap().len, 0);
}
