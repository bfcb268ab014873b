//! Reaching hosts and serving them; adopting, detaching, options.
#![cfg(unix)]

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use socket2::SockRef;
use sockrates_core::{Addr, Deadline, Errno, Error, Mode};
use sockrates_socket::{
    AddrInfo, Family, Protocol, ServerOptions, Socket, Type, connect_any, create_connection,
    create_server, has_dual_stack, socketpair, socketpair_of,
};

const LONG: Duration = Duration::from_secs(60);

fn server(host: &str) -> (Socket, u16) {
    let server = create_server(host, 0, &ServerOptions::default()).unwrap();
    let port = server.local_addr().unwrap().port().unwrap();
    (server, port)
}

/// Addresses that refuse, and the sockets that keep them from others.
fn refusing(count: usize) -> (Vec<Socket>, Vec<AddrInfo>) {
    let bound = |_| {
        let socket = Socket::new(Family::INET, Type::STREAM, None).unwrap();
        socket.bind(("127.0.0.1", 0)).unwrap();
        socket
    };
    let sockets: Vec<_> = (0..count).map(bound).collect();
    let info = |socket: &Socket| AddrInfo::tcp(socket.local_addr().unwrap().as_inet().unwrap());
    let infos = sockets.iter().map(info).collect();
    (sockets, infos)
}

#[test]
fn a_connection_to_a_host_by_name_and_by_literal() {
    for host in ["127.0.0.1", "localhost", ""] {
        let (server, port) = server("127.0.0.1");
        let client = create_connection(host, port, Deadline::after(LONG), None).unwrap();
        assert_eq!(client.mode(), Mode::Blocking);
        assert!(!SockRef::from(&client).nonblocking().unwrap());
        assert_eq!(server.accept().unwrap().1, client.local_addr().unwrap());
    }
}

#[test]
fn a_connection_from_a_source_address() {
    let (server, port) = server("127.0.0.1");
    let source = ("127.0.0.2", 0);
    let client = create_connection("127.0.0.1", port, Deadline::NEVER, Some(&source));
    if !cfg!(target_os = "linux") && client.is_err() {
        return; // Only Linux has all of 127.0.0.0/8.
    }
    drop(client.unwrap());
    assert_eq!(server.accept().unwrap().1.ip().unwrap(), Ipv4Addr::new(127, 0, 0, 2));
    let source = ("192.0.2.1", 0);
    let error = create_connection("127.0.0.1", port, Deadline::NEVER, Some(&source)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRNOTAVAIL), "{error}");
}

#[test]
fn the_error_of_every_address_is_told_in_order() {
    let (_sockets, infos) = refusing(3);
    let error = connect_any(&infos, Deadline::after(LONG), None).unwrap_err();
    let Error::Unreachable { attempts } = &error else { panic!("{error}") };
    assert_eq!(attempts.len(), 3);
    for (info, (addr, error)) in infos.iter().zip(attempts) {
        assert_eq!(addr, &info.addr);
        assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
        assert!(error.to_string().contains("ECONNREFUSED"));
    }
    assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
    for info in &infos {
        assert!(error.to_string().contains(&info.addr.to_string()), "{error}");
    }
    let none = connect_any(&[], Deadline::NEVER, None).unwrap_err();
    assert_eq!(none, Error::Unreachable { attempts: vec![] });
}

#[test]
fn the_first_address_that_answers_is_it() {
    let (_sockets, mut infos) = refusing(2);
    let (server, port) = server("127.0.0.1");
    infos.push(AddrInfo::tcp(SocketAddr::from(([127, 0, 0, 1], port))));
    let client = connect_any(&infos, Deadline::after(LONG), None).unwrap();
    assert_eq!(client.peer_addr().unwrap(), server.local_addr().unwrap());
}

#[test]
fn one_deadline_for_all_addresses() {
    let listener = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(0).unwrap();
    let silent = listener.local_addr().unwrap();
    let queued = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    queued.connect(&silent).unwrap();
    let infos = vec![AddrInfo::tcp(silent.as_inet().unwrap()); 5];
    let limit = Duration::from_millis(100);
    let start = Instant::now();
    let error = connect_any(&infos, Deadline::after(limit), None).unwrap_err();
    let took = start.elapsed();
    assert!(took >= limit && took < limit * 2 + Duration::from_secs(20), "{took:?}");
    assert!(error.is_timeout(), "{error}");
    let Error::Unreachable { attempts } = error else { panic!("{error}") };
    assert_eq!(attempts.len(), 5);
    assert!(attempts.iter().all(|(_, error)| error.is_timeout()));
}

#[test]
fn nonsense_is_refused_before_anything_is_tried() {
    let error = create_connection("127.0.0.1", 65_536, Deadline::NEVER, None).unwrap_err();
    assert_eq!(error.to_string(), "port 65536: use 0 to 65535");
    let error = create_server("127.0.0.1", -1, &ServerOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "port -1: use 0 to 65535");
    let options =
        ServerOptions { dual_stack: true, family: Some(Family::INET), ..Default::default() };
    let error = create_server("127.0.0.1", 0, &options).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error}");
}

#[test]
fn a_server_that_cannot_be_names_its_address() {
    let (_server, port) = server("127.0.0.1");
    let error = create_server("127.0.0.1", port, &ServerOptions::default()).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRINUSE));
    assert_eq!(error.to_string(), format!("bind: {}, at 127.0.0.1:{port}", Errno::EADDRINUSE));
}

#[test]
fn a_dual_stack_server_takes_both_and_another_leaves_ipv4_alone() {
    if !has_dual_stack() {
        println!("SKIPPED: no dual stack here");
        return;
    }
    let options = ServerOptions { dual_stack: true, ..Default::default() };
    let both = create_server("", 0, &options).unwrap();
    let port = both.local_addr().unwrap().port().unwrap();
    for host in ["127.0.0.1", "::1"] {
        create_connection(host, port, Deadline::after(LONG), None).unwrap();
        both.accept().unwrap();
    }
    // Somebody else may have the port of IPv4, but not each of many.
    let port_is_left = |_| {
        let (v6, port) = server("::");
        assert!(v6.only_v6().unwrap());
        create_server("127.0.0.1", port, &ServerOptions::default()).is_ok()
    };
    assert!((0..20).any(port_is_left));
}

#[test]
fn several_servers_share_a_port_if_all_say_so() {
    let options = ServerOptions { reuse_port: true, backlog: Some(-5), ..Default::default() };
    let one = create_server("127.0.0.1", 0, &options).unwrap();
    let port = one.local_addr().unwrap().port().unwrap();
    assert!(one.reuse_port().unwrap());
    create_server("127.0.0.1", port, &options).unwrap();
}

#[test]
fn what_is_adopted_tells_what_it_is() {
    let std = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    std.set_nonblocking(true).unwrap();
    let socket = Socket::adopt(OwnedFd::from(std)).unwrap();
    assert_eq!((socket.family(), socket.socket_type()), (Family::INET, Type::DGRAM));
    if cfg!(target_os = "linux") {
        assert_eq!(socket.protocol(), Protocol::UDP);
    }
    assert_eq!(socket.mode(), Mode::NonBlocking, "its O_NONBLOCK is its mode");
    assert_eq!(socket.recv(&mut [0; 1]).unwrap_err().errno(), Some(Errno::EAGAIN));
    let std = std::net::TcpListener::bind("[::1]:0").unwrap();
    let socket = Socket::try_from(OwnedFd::from(std)).unwrap();
    assert_eq!((socket.family(), socket.socket_type()), (Family::INET6, Type::STREAM));
    assert_eq!(socket.mode(), Mode::Blocking);
    assert!(socket.is_listening().unwrap());
}

#[test]
fn what_is_no_socket_is_not_adopted() {
    let file: OwnedFd = std::fs::File::open("/dev/null").unwrap().into();
    let copy = file.try_clone().unwrap();
    assert_eq!(Socket::adopt(file).unwrap_err().errno(), Some(Errno::ENOTSOCK));
    let anyway = Socket::from(socket2::Socket::from(copy));
    assert_eq!(anyway.recv(&mut [0; 1]).unwrap_err().errno(), Some(Errno::ENOTSOCK));
}

#[test]
fn what_is_detached_lives_on() {
    let (left, right) = socketpair(Type::STREAM).unwrap();
    left.set_timeout(Some(LONG)).unwrap();
    let number = left.fileno();
    let fd = left.detach();
    assert_eq!(number, Some(std::os::fd::AsRawFd::as_raw_fd(&fd).into()));
    let again = Socket::adopt(fd).unwrap();
    assert_eq!(again.mode(), Mode::NonBlocking, "as its O_NONBLOCK says");
    right.send_all(b"x").unwrap();
    assert_eq!(again.recv(&mut [0; 1]).unwrap().len, 1);
    drop(OwnedFd::from(again));
    assert_eq!(right.recv(&mut [0; 1]).unwrap().len, 0, "and ends with its last handle");
    let error = socketpair_of(Family::INET, Type::STREAM, None).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EOPNOTSUPP));
}

#[test]
fn every_descriptor_is_closed_on_exec() {
    let (server, port) = server("127.0.0.1");
    let client = create_connection("127.0.0.1", port, Deadline::NEVER, None).unwrap();
    let (accepted, _) = server.accept().unwrap();
    let copy = accepted.dup().unwrap();
    let (left, right) = socketpair(Type::DGRAM).unwrap();
    let closed = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    closed.close().unwrap();
    for socket in [&server, &client, &accepted, &copy, &left, &right, &closed] {
        let path =
            format!("/proc/self/fdinfo/{}", std::os::fd::AsRawFd::as_raw_fd(&socket.as_fd()));
        let Ok(info) = std::fs::read_to_string(path) else {
            println!("SKIPPED: no /proc here");
            return;
        };
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
        let flags = i32::from_str_radix(flags.trim(), 8).unwrap();
        assert_ne!(flags & libc::O_CLOEXEC, 0, "{socket:?}");
    }
}

#[test]
fn options_are_as_they_were_set() {
    let socket = Socket::new(Family::INET6, Type::STREAM, None).unwrap();
    assert!(!socket.keepalive().unwrap() && !socket.nodelay().unwrap());
    socket.set_keepalive(true).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_only_v6(true).unwrap();
    socket.set_ttl(7).unwrap();
    assert!(socket.keepalive().unwrap() && socket.nodelay().unwrap());
    assert!(socket.reuse_address().unwrap() && socket.only_v6().unwrap());
    assert_eq!(socket.ttl().unwrap(), 7);
    socket.set_linger(Some(Duration::from_millis(1500))).unwrap();
    assert_eq!(socket.linger().unwrap(), Some(Duration::from_secs(2)), "up, never to 0");
    assert!(socket.set_linger(Some(Duration::MAX)).is_err());
    socket.set_linger(None).unwrap();
    assert_eq!(socket.linger().unwrap(), None);
    socket.set_recv_buffer_size(1 << 15).unwrap();
    socket.set_send_buffer_size(1 << 15).unwrap();
    assert!(socket.recv_buffer_size().unwrap() >= 1 << 15);
    assert!(socket.send_buffer_size().unwrap() >= 1 << 15);
    assert!(socket.set_send_buffer_size(1 << 32).unwrap_err().to_string().contains("4294967296"));
    let mut value = [0; 4];
    let len = socket.raw_option(libc::SOL_SOCKET, libc::SO_TYPE, &mut value).unwrap();
    assert_eq!((len, i32::from_ne_bytes(value)), (4, Type::STREAM.code()));
    socket.set_raw_option(libc::SOL_SOCKET, libc::SO_KEEPALIVE, &0_i32.to_ne_bytes()).unwrap();
    assert!(!socket.keepalive().unwrap());
    let unknown = socket.raw_option(libc::SOL_SOCKET, 9999, &mut value).unwrap_err();
    assert_eq!(unknown.errno(), Some(Errno::ENOPROTOOPT));
    let wide = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    wide.set_broadcast(true).unwrap();
    assert!(wide.broadcast().unwrap());
    assert_eq!(wide.local_addr().unwrap(), Addr::from(([0, 0, 0, 0], 0)));
}

#[cfg(target_os = "linux")]
#[test]
fn options_whose_values_reach_beyond_their_bytes_are_refused() {
    use sockrates_core::SocketOption;
    const SO_ATTACH_BPF: i32 = 50;

    let socket = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    let (sock, ip, ipv6, tcp) =
        (libc::SOL_SOCKET, libc::IPPROTO_IP, libc::IPPROTO_IPV6, libc::IPPROTO_TCP);
    let mut value = [0; 64];
    let xdp = 283;
    for (level, name) in [
        (sock, libc::SO_ATTACH_FILTER), // SO_GET_FILTER has the same number
        (ip, 41),
        (ip, 48),
        (ip, 64),
        (ipv6, 48),
        (ipv6, 65),
        (tcp, 35),
        (tcp, 41),
        (xdp, 1),
    ] {
        let refused = socket.raw_option(level, name, &mut value).unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{level} {name}: {refused:?}");
    }
    for (level, name) in [(sock, libc::SO_ATTACH_FILTER), (sock, SO_ATTACH_BPF), (ip, 64), (xdp, 4)]
    {
        let refused = socket.set_raw_option(level, name, &value[..16]).unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{level} {name}: {refused:?}");
    }
    let filter = SocketOption::Raw { level: sock, name: libc::SO_ATTACH_FILTER };
    assert!(matches!(socket.option(filter), Err(Error::Invalid { .. })));
    let program = SocketOption::Raw { level: sock, name: SO_ATTACH_BPF };
    assert!(matches!(socket.set_option(program, 0), Err(Error::Invalid { .. })));
    // What only looks like one of them: SO_ORIGINAL_DST without a filter, TCP_INFO.
    let nowhere = socket.raw_option(ip, 80, &mut value).unwrap_err();
    assert!(nowhere.errno().is_some(), "{nowhere:?}");
    assert!(socket.raw_option(tcp, libc::TCP_INFO, &mut value).is_ok());
}
