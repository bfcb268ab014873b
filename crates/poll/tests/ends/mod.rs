//! Descriptors in known states.
#![expect(unsafe_code, reason = "borrows a descriptor that is closed, to see it refused")]
#![allow(dead_code, reason = "no test file needs all of them")]

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use socket2::SockRef;
use sockrates_poll::{Poll, PollEvents};

/// Two ends of a TCP connection.
pub(crate) fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let a = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (a, listener.accept().unwrap().0)
}

/// The end of a connection that the peer has reset.
pub(crate) fn reset() -> TcpStream {
    let (a, b) = tcp();
    SockRef::from(&b).set_linger(Some(Duration::ZERO)).unwrap();
    drop(b);
    settle(&a, PollEvents::NONE);
    a
}

/// The end of a connection whose peer sends no more, and the peer.
pub(crate) fn half_closed() -> (TcpStream, TcpStream) {
    let (a, b) = tcp();
    b.shutdown(Shutdown::Write).unwrap();
    settle(&a, PollEvents::IN);
    (a, b)
}

/// Writes until no more fits.
pub(crate) fn fill(mut end: &UnixStream) {
    end.set_nonblocking(true).unwrap();
    while end.write(&[0; 4096]).is_ok() {}
}

/// The end of a pipe to read, and the one to write.
pub(crate) fn pipe() -> (OwnedFd, OwnedFd) {
    rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap()
}

/// Waits until one of the events is there.
#[track_caller]
pub(crate) fn settle(fd: impl AsFd, events: PollEvents) {
    let mut poll = Poll::new();
    poll.register(fd, events).unwrap();
    assert!(!poll.poll(Some(Duration::from_secs(10))).unwrap().is_empty());
}

/// A duplicate with a number that no other test of this process gets, so that once it is closed
/// the number stays unused. `number` is unique in its test file.
pub(crate) fn numbered(fd: impl AsFd, number: RawFd) -> OwnedFd {
    let duplicate = rustix::io::fcntl_dupfd_cloexec(fd, number).unwrap();
    assert_eq!(duplicate.as_raw_fd(), number);
    duplicate
}

/// Allows this process numbers as high as the system lets it; tells whether `number` is one.
pub(crate) fn allow(number: u64) -> bool {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    limit.current.is_none_or(|most| most > number)
}

/// The error of a call that must fail.
#[track_caller]
pub(crate) fn fails<T>(outcome: io::Result<T>) -> io::Error {
    match outcome {
        Err(error) => error,
        Ok(_) => panic!("it must fail"),
    }
}

/// A descriptor that is not open: the number was, and no other test gets it.
pub(crate) fn closed(number: RawFd) -> BorrowedFd<'static> {
    drop(numbered(UnixStream::pair().unwrap().0, number));
    // SAFETY: the number is not -1. That it is not open is what is tested: the calls that it is
    // given to only ask about it.
    unsafe { BorrowedFd::borrow_raw(number) }
}
