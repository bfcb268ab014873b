//! Options of UDP as the typed sockets have them, groups, and what datagrams tell.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use sockrates_core::{Control, Deadline, Endpoint, Error, RecvBuf, RecvFlags, SocketOption};
use sockrates_udp::{ConnectedUdp, UdpSocket};

#[test]
fn what_is_set_is_told() {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    assert!(!socket.broadcast().unwrap());
    socket.set_broadcast(true).unwrap();
    socket.set_multicast_ttl(4).unwrap();
    socket.set_multicast_loop(false).unwrap();
    assert!(socket.broadcast().unwrap());
    assert_eq!(socket.multicast_ttl().unwrap(), 4);
    assert!(!socket.multicast_loop().unwrap());
    assert!(socket.set_multicast_ttl(256).is_err());
    assert!(socket.set_multicast_interface(999_999).is_err());
}

#[test]
fn ipv6_has_options_of_its_own_by_the_same_names() {
    let Ok(socket) = UdpSocket::bind(("::1", 0)) else { return };
    socket.set_ttl(9).unwrap();
    socket.set_tos(0x20).unwrap();
    socket.set_multicast_ttl(5).unwrap();
    socket.set_multicast_interface(1).unwrap();
    assert_eq!((socket.ttl().unwrap(), socket.tos().unwrap()), (9, 0x20));
    assert_eq!(socket.multicast_ttl().unwrap(), 5);
    assert_eq!(socket.option(SocketOption::MulticastInterface).unwrap(), 1);
}

#[test]
fn ipv4_does_not_tell_its_interface_for_groups() {
    let socket = UdpSocket::v4().unwrap();
    let told = socket.option(SocketOption::MulticastInterface);
    assert!(matches!(told, Err(Error::Unsupported { .. })));
}

#[test]
fn a_datagram_tells_what_it_was_asked_for() {
    let to = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    to.set_recv_ttl(true).unwrap();
    to.set_recv_packet_info(true).unwrap();
    let from = ConnectedUdp::connect(to.local_addr().unwrap()).unwrap();
    from.set_ttl(33).unwrap();
    from.send(b"beside").unwrap();

    let mut memory = [0; 16];
    let mut buf = RecvBuf::new(&mut memory);
    let soon = Deadline::after(Duration::from_secs(60));
    let got = to.recv_with_control(&mut buf, Control::ROOM, RecvFlags::NONE, soon).unwrap();
    let home = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let has = |wanted: &dyn Fn(&Control) -> bool| got.control.iter().any(wanted);
    assert!(has(&|told| matches!(told, Control::Ttl(33))));
    assert!(has(&|told| matches!(told, Control::PacketInfo { addr, .. } if *addr == home)));
}

#[test]
fn names_are_looked_up_to_a_deadline_and_bound_where_they_can_be() {
    let past = Deadline::after(Duration::ZERO);
    assert!(UdpSocket::bind_by(("localhost", 0), past).unwrap_err().is_timeout());
    assert!(ConnectedUdp::connect_by(("localhost", 9), past).unwrap_err().is_timeout());

    let server = UdpSocket::bind("localhost:0").unwrap();
    assert!(server.local_addr().unwrap().ip().is_loopback());
    let client = ConnectedUdp::connect(("localhost", server.local_addr().unwrap().port()));
    assert_eq!(client.unwrap().peer_addr().unwrap(), server.local_addr().unwrap());
    let taken = UdpSocket::bind(server.local_addr().unwrap()).unwrap_err();
    assert!(matches!(taken, Error::At { .. }), "{taken}");
}
