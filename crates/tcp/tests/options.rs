//! Options of TCP as the typed sockets have them, and addresses with several candidates.

use std::time::Duration;

use sockrates_core::{Deadline, Error, SocketOption};
use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

#[test]
fn what_is_set_is_told() {
    let (stream, _peer) = pair();
    let seconds = Duration::from_secs;
    stream.set_keepalive(true).unwrap();
    stream.set_keepalive_idle(Duration::from_millis(59_001)).unwrap();
    stream.set_keepalive_interval(seconds(7)).unwrap();
    stream.set_keepalive_count(3).unwrap();
    stream.set_linger(Some(Duration::from_millis(1))).unwrap();
    stream.set_tos(0x10).unwrap();
    assert!(stream.keepalive().unwrap());
    assert_eq!(stream.keepalive_idle().unwrap(), seconds(60));
    assert_eq!(stream.keepalive_interval().unwrap(), seconds(7));
    assert_eq!(stream.keepalive_count().unwrap(), 3);
    assert_eq!(stream.linger().unwrap(), Some(seconds(1)));
    assert_eq!(stream.tos().unwrap(), 0x10);
    assert_eq!(stream.option(SocketOption::KeepCount).unwrap(), 3);
    stream.set_linger(None).unwrap();
}

#[test]
fn a_user_timeout_is_in_milliseconds_and_never_zero() {
    let (stream, _peer) = pair();
    assert_eq!(stream.user_timeout().unwrap(), None);
    stream.set_user_timeout(Some(Duration::from_micros(1500))).unwrap();
    assert_eq!(stream.user_timeout().unwrap(), Some(Duration::from_millis(2)));
    for wrong in [Duration::ZERO, Duration::MAX] {
        let error = stream.set_user_timeout(Some(wrong)).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
    }
    stream.set_user_timeout(None).unwrap();
    assert_eq!(stream.user_timeout().unwrap(), None);
}

#[test]
fn numbers_out_of_range_are_refused() {
    let (stream, _peer) = pair();
    assert!(stream.set_ttl(256).is_err());
    assert!(stream.set_ttl(u32::MAX).is_err());
    assert!(stream.set_tos(256).is_err());
    assert!(stream.set_keepalive_count(u32::MAX).is_err());
    assert!(stream.set_keepalive_idle(Duration::MAX).is_err());
    assert!(stream.set_recv_buffer_size(usize::MAX).is_err());
}

#[test]
fn two_listeners_share_a_port_where_both_agree() {
    let first = TcpSocket::v4().unwrap();
    first.set_reuse_port(true).unwrap();
    first.bind(("127.0.0.1", 0)).unwrap();
    let addr = first.local_addr().unwrap();
    let second = TcpSocket::v4().unwrap();
    assert!(second.bind(addr).is_err());
    second.set_reuse_port(true).unwrap();
    second.bind(addr).unwrap();
}

#[test]
fn a_name_is_bound_at_the_first_address_that_can_be() {
    let listener = TcpListener::bind(("localhost", 0)).unwrap();
    assert!(listener.local_addr().unwrap().ip().is_loopback());
    let port = listener.local_addr().unwrap().port();
    let by = Deadline::after(Duration::from_secs(60));
    let client = TcpStream::connect_by(("localhost", port), by).unwrap();
    assert_eq!(client.peer_addr().unwrap(), listener.local_addr().unwrap());

    // Every address of the name is taken: the error names one.
    let taken = TcpListener::bind_by(listener.local_addr().unwrap(), by).unwrap_err();
    assert!(matches!(taken, Error::At { .. }), "{taken}");
    assert!(TcpListener::bind_by("127.0.0.1:0", by).unwrap().local_addr().unwrap().is_ipv4());
    assert!(TcpListener::bind(("", 0)).unwrap().local_addr().unwrap().is_ipv4());
}

#[test]
fn a_look_up_ends_at_its_deadline() {
    let past = Deadline::after(Duration::ZERO);
    let error = TcpListener::bind_by(("localhost", 0), past).unwrap_err();
    assert!(error.is_timeout(), "{error}");
}
