//! Pairs of sockets: what their types carry, and slices without room.
#![cfg(unix)]

use std::io::IoSliceMut;
use std::time::Duration;

use sockrates_socket::{Family, Type, socketpair, socketpair_of};

#[cfg(target_os = "linux")]
#[test]
fn a_pairs_type_is_without_the_flags_that_it_was_asked_with() {
    let flagged = Type::from_code(libc::SOCK_STREAM | libc::SOCK_NONBLOCK);
    let (left, right) = socketpair_of(Family::UNIX, flagged, None).unwrap();
    for socket in [&left, &right] {
        assert_eq!(socket.socket_type(), Type::STREAM);
        assert!(!socket.is_blocking(), "it does not wait, and says that it does");
    }
}

#[test]
fn slices_without_room_are_no_end_of_the_stream() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    right.set_timeout(Some(Duration::from_secs(20))).unwrap();
    left.send_all(b"here").unwrap();
    let mut room = [0; 4];
    let mut slices: Vec<_> = (0..1024).map(|_| IoSliceMut::new(&mut [])).collect();
    slices.push(IoSliceMut::new(&mut room));
    assert_eq!(right.recv_vectored(&mut slices).unwrap().len, 4);
    assert_eq!(&room, b"here");
}
