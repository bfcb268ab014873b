//! The sockets: peers, refusals, conversions, closing.

use std::net;
use std::path::Path;
use std::time::{Duration, Instant};

use sockrates_core::{Errno, Error, Mode};
use sockrates_socket::{Family, Socket, Type};
use sockrates_udp::{ConnectedUdp, UdpSocket};

const LONG: Duration = Duration::from_secs(20);

fn bound() -> UdpSocket {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    socket.set_timeout(Some(LONG)).unwrap();
    socket
}

#[test]
fn nobody_there_shows_once() {
    // Its port is taken, so that nobody else gets it, and it hears another peer alone.
    let (deaf, peer) = (bound(), bound());
    let deaf = deaf.connect(peer.local_addr().unwrap()).unwrap();
    let client = ConnectedUdp::connect(deaf.local_addr().unwrap()).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    client.send(b"anyone?").unwrap();
    let error = client.recv(&mut [0; 8]).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
    client.set_timeout(Some(Duration::from_millis(2))).unwrap();
    assert!(client.recv(&mut [0; 8]).unwrap_err().is_timeout());
}

#[test]
fn a_connected_socket_hears_its_peer_alone_until_it_is_disconnected() {
    let (peer, other) = (bound(), bound());
    let client = ConnectedUdp::connect(peer.local_addr().unwrap()).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    let to = client.local_addr().unwrap();
    assert_eq!(client.peer_addr().unwrap(), peer.local_addr().unwrap());
    other.send_to(b"other", to).unwrap();
    peer.send_to(b"peer", to).unwrap();
    let mut buf = [0; 8];
    assert_eq!(client.recv(&mut buf).unwrap().len, 4);
    client.reconnect(other.local_addr().unwrap()).unwrap();
    assert_eq!(client.peer_addr().unwrap(), other.local_addr().unwrap());

    let free = client.disconnect().unwrap();
    // Connecting chose the address, and disconnecting may give it up: send first.
    free.send_to(b"hello", peer.local_addr().unwrap()).unwrap();
    let from = peer.recv_from(&mut buf).unwrap().peer;
    peer.send_to(b"back", from).unwrap();
    assert_eq!(free.recv_from(&mut buf).unwrap().peer, peer.local_addr().unwrap());
}

#[test]
fn a_timeout_ends_a_receive_and_odd_ones_are_refused() {
    let socket = bound();
    let short = Duration::from_millis(10);
    socket.set_timeout(Some(short)).unwrap();
    let start = Instant::now();
    assert!(socket.recv_from(&mut [0; 8]).unwrap_err().is_timeout());
    assert!(start.elapsed() >= short);
    assert!(matches!(socket.set_timeout(Some(Duration::MAX)), Err(Error::Invalid { .. })));
    assert_eq!(socket.timeout(), Some(short));
    socket.set_mode(Mode::NonBlocking).unwrap();
    assert_eq!(socket.recv_from(&mut [0; 8]).unwrap_err().errno(), Some(Errno::EAGAIN));
}

#[test]
fn close_wakes_a_receive_and_what_comes_after_is_ebadf() {
    let socket = bound();
    let addr = socket.local_addr().unwrap();
    std::thread::scope(|scope| {
        let receiving = scope.spawn(|| socket.recv_from(&mut [0; 8]));
        socket.close().unwrap();
        let error = receiving.join().unwrap().unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF));
    });
    assert_eq!(socket.send_to(b"x", addr).unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(socket.recv_from(&mut []).unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(socket.connect(addr).unwrap_err().errno(), Some(Errno::EBADF));
}

#[test]
fn a_duplicate_receives_what_comes_to_the_address() {
    let (socket, sender) = (bound(), bound());
    let twin = socket.dup().unwrap();
    socket.close().unwrap();
    assert_eq!(twin.timeout(), Some(LONG));
    sender.send_to(b"on", twin.local_addr().unwrap()).unwrap();
    assert_eq!(twin.recv_from(&mut [0; 8]).unwrap().len, 2);
}

#[test]
fn wrong_destinations_are_errors_that_say_so() {
    let socket = bound();
    let port_0 = net::SocketAddr::from(([127, 0, 0, 1], 0));
    assert_eq!(socket.send_to(b"x", port_0).unwrap_err().errno(), Some(Errno::EINVAL));
    let broadcast = ("<broadcast>", 9);
    assert_eq!(socket.send_to(b"x", broadcast).unwrap_err().errno(), Some(Errno::EACCES));
    let error = socket.send_to(b"x", ("127.0.0.1", 65_536)).unwrap_err();
    assert_eq!(error.to_string(), "port 65536: use 0 to 65535");
    let long = "p".repeat(300);
    let error = socket.send_to(b"x", Path::new(&long)).unwrap_err();
    assert!(error.to_string().starts_with("unix path of 300 bytes"), "{error}");
    assert!(UdpSocket::bind(Path::new("run/socket")).is_err());
    assert!(ConnectedUdp::connect(("a\0b", 9)).unwrap_err().to_string().contains("NUL"));
}

#[test]
fn an_address_in_use_or_of_nobody_here_cannot_be_bound() {
    let first = bound();
    let error = UdpSocket::bind(first.local_addr().unwrap()).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRINUSE));
    let error = UdpSocket::bind(("192.0.2.1", 0)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRNOTAVAIL));
}

#[test]
fn std_and_socket2_sockets_come_and_go() {
    let std = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = std.local_addr().unwrap();
    let socket = UdpSocket::from(std);
    assert_eq!(socket.mode(), Mode::Blocking);
    socket.set_timeout(Some(LONG)).unwrap();
    let std = net::UdpSocket::from(socket);
    assert_eq!(UdpSocket::from(std.try_clone().unwrap()).mode(), Mode::NonBlocking);

    let theirs = socket2::Socket::from(std);
    let socket = UdpSocket::try_from(theirs).unwrap();
    assert_eq!(socket.local_addr().unwrap(), addr);
    let stream = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    let text = UdpSocket::try_from(stream).unwrap_err().to_string();
    assert!(text.starts_with("UdpSocket from a socket of"), "{text}");
}

#[test]
fn a_connected_std_socket_comes_and_goes_and_an_unconnected_one_is_refused() {
    let peer = bound();
    let std = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    std.connect(peer.local_addr().unwrap()).unwrap();
    let client = ConnectedUdp::try_from(std).unwrap();
    assert_eq!(client.peer_addr().unwrap(), peer.local_addr().unwrap());
    let std = net::UdpSocket::from(client);
    assert_eq!(std.peer_addr().unwrap(), peer.local_addr().unwrap());

    let lone = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let error = ConnectedUdp::try_from(lone).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::ENOTCONN));
}

#[test]
fn everything_can_be_shared_and_shown() {
    fn shared<T: Send + Sync + std::fmt::Debug>() {}
    shared::<UdpSocket>();
    shared::<ConnectedUdp>();
}
