//! Listeners: what they bind, what they say where they cannot, what ends an accept.

use std::path::Path;
use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error};
use sockrates_socket::{Family, ServerOptions, has_dual_stack};
use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};

const LONG: Duration = Duration::from_secs(20);

#[test]
fn an_address_in_use_is_named() {
    let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let addr = first.local_addr().unwrap();
    let error = TcpListener::bind(addr).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRINUSE));
    assert!(error.to_string().ends_with(&format!("at {addr}")), "{error}");
    assert!(matches!(error, Error::At { .. }), "{error:?}");
}

#[test]
fn an_address_of_nobody_here_is_named() {
    // TEST-NET-1 of RFC 5737 is on no machine.
    let error = TcpListener::bind(("192.0.2.1", 0)).unwrap_err();
    assert_eq!(error.errno(), Some(Errno::EADDRNOTAVAIL));
    assert!(error.to_string().contains("192.0.2.1:0"), "{error}");
}

#[test]
fn a_port_over_the_last_is_refused_by_name() {
    let error = TcpListener::bind(("127.0.0.1", 65_536)).unwrap_err();
    assert_eq!(error.to_string(), "port 65536: use 0 to 65535");
    let error = TcpStream::connect(("127.0.0.1", 65_536)).unwrap_err();
    assert_eq!(error.to_string(), "port 65536: use 0 to 65535");
    let error = TcpStream::connect(("127.0.0.1", -1)).unwrap_err();
    assert_eq!(error.to_string(), "port -1: use 0 to 65535");
}

#[test]
fn a_path_is_no_place_for_tcp_and_the_error_says_so() {
    let error = TcpStream::connect(Path::new("run/socket")).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
    assert!(error.to_string().contains("run/socket"), "{error}");
    let error = TcpListener::bind(Path::new("run/socket")).unwrap_err();
    assert!(error.to_string().contains("run/socket"), "{error}");
}

#[test]
fn dual_stack_is_had_or_refused_never_ignored() {
    let both = ServerOptions { dual_stack: true, ..ServerOptions::default() };
    let error = TcpListener::bind_with(("127.0.0.1", 0), &both).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. } | Error::Resolve { .. }), "{error:?}");
    let v4 = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let error = TcpListener::bind_with(v4, &both).unwrap_err();
    assert!(error.to_string().contains("dual stack"), "{error}");
    if !has_dual_stack() {
        println!("SKIPPED: no dual stack here");
        return;
    }
    let listener = TcpListener::bind_with(("", 0), &both).unwrap();
    let addr = listener.local_addr().unwrap();
    assert!(addr.is_ipv6(), "{addr}");
    listener.set_timeout(Some(LONG)).unwrap();
    let client = TcpStream::connect(("127.0.0.1", addr.port())).unwrap();
    let (_server, from) = listener.accept().unwrap();
    assert_eq!(from.port(), client.local_addr().unwrap().port());
}

#[test]
fn the_family_that_is_asked_for_is_the_one_that_is_bound() {
    let Ok(probe) = TcpListener::bind(("::1", 0)) else {
        println!("SKIPPED: no IPv6 here");
        return;
    };
    drop(probe);
    let v6 = ServerOptions { family: Some(Family::INET6), ..ServerOptions::default() };
    let listener = TcpListener::bind_with(("", 0), &v6).unwrap();
    assert!(listener.local_addr().unwrap().is_ipv6());
}

#[test]
fn close_wakes_an_accept() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_timeout(Some(LONG)).unwrap();
    std::thread::scope(|scope| {
        let accepting = scope.spawn(|| listener.accept());
        listener.close().unwrap();
        let error = accepting.join().unwrap().unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF));
    });
    assert_eq!(listener.accept().unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(listener.local_addr().unwrap_err().errno(), Some(Errno::EBADF));
    listener.close().unwrap();
}

#[test]
fn an_accepted_stream_does_not_inherit_the_listeners_mode() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    listener.set_timeout(Some(LONG)).unwrap();
    let (server, _) = listener.accept().unwrap();
    assert_eq!(server.timeout(), None);
}

#[test]
fn nobody_there_is_eagain_or_a_timeout() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let soon = Deadline::after(Duration::from_millis(2));
    assert!(listener.accept_by(soon).unwrap_err().is_timeout());
    listener.set_blocking(false).unwrap();
    assert_eq!(listener.accept().unwrap_err().errno(), Some(Errno::EAGAIN));
    assert_eq!(listener.incoming().next().unwrap().unwrap_err().errno(), Some(Errno::EAGAIN));
}

#[test]
fn a_socket_that_was_bound_becomes_a_listener_at_its_address() {
    let socket = TcpSocket::v4().unwrap();
    socket.bind(("127.0.0.1", 0)).unwrap();
    let addr = socket.local_addr().unwrap();
    let listener = socket.listen(-1).unwrap();
    assert_eq!(listener.local_addr().unwrap(), addr);
    let client = TcpStream::connect(addr).unwrap();
    listener.set_timeout(Some(LONG)).unwrap();
    assert_eq!(listener.accept().unwrap().1, client.local_addr().unwrap());
}
