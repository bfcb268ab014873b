//! Connecting: refusals, several addresses, error numbers.

use std::net::SocketAddr;

use sockrates_core::{Addr, Deadline, Errno, Error, Result};
use sockrates_socket::{Address, Family};
use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};

/// An address where nobody listens: it is bound, and stays so while the socket lives.
fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::v4().unwrap();
    socket.bind(("127.0.0.1", 0)).unwrap();
    let addr = socket.local_addr().unwrap();
    (socket, addr)
}

/// A host with these addresses.
struct Host(Vec<SocketAddr>);

impl Address for Host {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        self.0[0].resolve(family, deadline)
    }

    fn candidates(&self, _: Deadline) -> Result<Vec<Addr>> {
        Ok(self.0.iter().copied().map(Addr::from).collect())
    }
}

#[test]
fn every_address_that_failed_is_told_with_its_error() {
    let ((_a, a), (_b, b)) = (nobody(), nobody());
    let error = TcpStream::connect(Host(vec![a, b])).unwrap_err();
    let text = error.to_string();
    let Error::Unreachable { attempts } = error else { panic!("{error:?}") };
    let told: Vec<_> = attempts.iter().map(|(addr, error)| (addr, error.errno())).collect();
    let refused = Some(Errno::ECONNREFUSED);
    assert_eq!(told, [(&Addr::from(a), refused), (&Addr::from(b), refused)]);
    assert!(text.contains(&a.to_string()) && text.contains(&b.to_string()), "{text}");
}

#[test]
fn the_first_address_that_answers_is_taken() {
    let (_socket, refuses) = nobody();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let answers = listener.local_addr().unwrap();
    let stream = TcpStream::connect(Host(vec![refuses, answers])).unwrap();
    assert_eq!(stream.peer_addr().unwrap(), answers);
}

#[test]
fn a_refusal_is_an_error_number_for_whoever_asks_for_it() {
    let (_socket, addr) = nobody();
    assert_eq!(TcpSocket::v4().unwrap().connect_ex(addr).unwrap(), Errno::ECONNREFUSED);
    let error = TcpSocket::v4().unwrap().connect(addr).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
}

#[test]
fn a_connection_in_the_background_ends_where_it_is_waited_for() {
    use sockrates_core::Ready;

    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let socket = TcpSocket::v4().unwrap();
    socket.set_blocking(false).unwrap();
    let errno = socket.connect_ex(listener.local_addr().unwrap()).unwrap();
    assert!(errno == Errno::EINPROGRESS || errno == Errno::SUCCESS, "{errno}");
    let soon = Deadline::after(std::time::Duration::from_secs(20));
    assert!(socket.as_socket().wait(Ready::WRITE, soon).unwrap().write);
    assert_eq!(socket.take_error().unwrap(), Errno::SUCCESS);
    assert_eq!(socket.into_stream().peer_addr().unwrap(), listener.local_addr().unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn no_failure_leaves_a_descriptor_behind() {
    // The first look-up and the first thread may open files that stay.
    let (_socket, refuses) = nobody();
    let fail = || {
        assert!(TcpStream::connect(Host(vec![refuses, refuses])).is_err());
        assert!(TcpSocket::v4().unwrap().connect(refuses).is_err());
        assert!(TcpListener::bind(refuses).is_err());
        assert!(TcpListener::bind(("127.0.0.1", 65_536)).is_err());
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(TcpStream::try_from(std::os::fd::OwnedFd::from(udp)).is_err());
        let closed = TcpSocket::v4().unwrap();
        closed.close().unwrap();
        assert_eq!(closed.connect_ex(refuses).unwrap(), Errno::EBADF);
    };
    fail();
    // Other tests of this file open descriptors meanwhile: what is left of many rounds is a leak.
    let rounds = 200;
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    (0..rounds).for_each(|_| fail());
    assert!(open() < before + rounds, "{before} descriptors before, {} after", open());
}
