//! To and from the standard library's, socket2's and the system's.

use std::net;
use std::time::Duration;

use sockrates_core::Mode;
use sockrates_socket::{Family, Socket, Type};
use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};

mod pair;
use pair::pair;

#[test]
fn a_std_stream_and_back_is_the_same_connection_in_the_same_mode() {
    let (client, server) = pair();
    let addr = client.local_addr().unwrap();
    let std = net::TcpStream::from(client);
    assert_eq!(std.local_addr().unwrap(), addr);
    // A timeout is kept by O_NONBLOCK, which goes along and is told as what it is.
    let back = TcpStream::from(std);
    assert_eq!(back.mode(), Mode::NonBlocking);
    back.set_blocking(true).unwrap();
    let back = TcpStream::from(net::TcpStream::from(back));
    assert_eq!(back.mode(), Mode::Blocking);
    back.send_all(b"same").unwrap();
    let mut same = [0; 4];
    server.recv_exact(&mut same).unwrap();
    assert_eq!(&same, b"same");
}

#[test]
fn a_std_listener_and_back_still_listens() {
    let std = net::TcpListener::bind("127.0.0.1:0").unwrap();
    std.set_nonblocking(true).unwrap();
    let listener = TcpListener::from(std);
    assert_eq!(listener.mode(), Mode::NonBlocking);
    listener.set_blocking(true).unwrap();
    let std = net::TcpListener::from(listener);
    let client = TcpStream::connect(std.local_addr().unwrap()).unwrap();
    assert_eq!(std.accept().unwrap().1, client.local_addr().unwrap());
}

#[test]
fn what_is_socket2s_is_checked_on_its_way_in() {
    let (client, server) = pair();
    let theirs = socket2::Socket::from(client);
    let stream = TcpStream::try_from(theirs).unwrap();
    stream.set_timeout(Some(pair::LONG)).unwrap();
    stream.send_all(b"!").unwrap();
    server.recv_exact(&mut [0]).unwrap();

    let udp = socket2::Socket::from(net::UdpSocket::bind("127.0.0.1:0").unwrap());
    let text = TcpStream::try_from(udp).unwrap_err().to_string();
    assert!(text.starts_with("TcpStream from a socket of"), "{text}");
}

#[test]
fn a_socket_of_another_type_is_refused_and_named() {
    let socket = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    let text = TcpListener::try_from(socket).unwrap_err().to_string();
    assert!(text.starts_with("TcpListener from a socket of"), "{text}");
    let socket = TcpSocket::v4().unwrap().into_socket();
    assert_eq!(TcpStream::try_from(socket).unwrap().as_socket().socket_type(), Type::STREAM);
}

#[cfg(unix)]
#[test]
fn a_descriptor_and_back_is_the_same_number() {
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};

    let (client, _server) = pair();
    let number = client.as_raw_fd();
    assert_eq!(client.as_fd().as_raw_fd(), number);
    let fd = OwnedFd::from(client);
    assert_eq!(TcpStream::try_from(fd).unwrap().as_raw_fd(), number);

    let file = OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
    assert!(TcpStream::try_from(file).is_err());
}

#[test]
fn a_failed_conversion_closes_what_it_was_given() {
    // A peer sees the end once the only handle is gone.
    let (left, right) = net::UdpSocket::bind("127.0.0.1:0")
        .and_then(|left| Ok((left, net::UdpSocket::bind("127.0.0.1:0")?)))
        .unwrap();
    let addr = left.local_addr().unwrap();
    assert!(TcpStream::try_from(socket2::Socket::from(left)).is_err());
    let again = net::UdpSocket::bind(addr).unwrap();
    again.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    right.send_to(b"free", addr).unwrap();
    assert_eq!(again.recv(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn everything_can_be_shared_and_shown() {
    fn shared<T: Send + Sync + std::fmt::Debug>() {}
    shared::<TcpStream>();
    shared::<TcpListener>();
    shared::<TcpSocket>();
    let (client, _server) = pair();
    assert!(format!("{client:?}").starts_with("TcpStream(Socket { fd: "), "{client:?}");
}
