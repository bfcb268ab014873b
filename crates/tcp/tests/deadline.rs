//! One deadline for a whole operation, whatever it is made of.

use std::cell::Cell;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Error, Mode, Result};
use sockrates_socket::{Address, Family};
use sockrates_tcp::{TcpListener, TcpSocket, TcpStream};

mod pair;
use pair::{LONG, pair};

const SHORT: Duration = Duration::from_millis(30);

#[test]
fn a_timeout_is_for_all_of_recv_exact_and_says_how_far_it_came() {
    let (client, server) = pair();
    client.send_all(b"ab").unwrap();
    server.set_timeout(Some(SHORT)).unwrap();
    let mut buf = [0; 4];
    let start = Instant::now();
    let error = server.recv_exact(&mut buf).unwrap_err();
    assert!(start.elapsed() >= SHORT);
    assert!(error.is_timeout(), "{error}");
    assert_eq!((error.done(), &buf[..2]), (2, &b"ab"[..]));
    client.send_all(b"cd").unwrap();
    server.set_timeout(Some(LONG)).unwrap();
    server.recv_exact(&mut buf[2..]).unwrap();
    assert_eq!(&buf, b"abcd");
}

#[test]
fn a_timeout_of_send_all_says_how_much_went_and_no_byte_is_lost() {
    let (client, server) = pair();
    let bytes: Vec<u8> = (0..8 << 20).map(|i: u32| (i % 251) as u8).collect();
    let error = client.send_all_by(&bytes, Deadline::after(SHORT)).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    let done = error.done();
    assert!(done > 0 && done < bytes.len(), "{done}");
    std::thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            let mut all = vec![0; bytes.len()];
            server.recv_exact(&mut all).map(|()| all)
        });
        client.send_all(&bytes[done..]).unwrap();
        assert!(receiving.join().unwrap().unwrap() == bytes, "a byte is lost, or twice there");
    });
}

#[test]
fn std_io_tells_a_timeout_as_one() {
    let (client, _server) = pair();
    client.set_timeout(Some(Duration::from_millis(1))).unwrap();
    assert_eq!((&client).read(&mut [0; 4]).unwrap_err().kind(), io::ErrorKind::TimedOut);
    client.set_blocking(false).unwrap();
    assert_eq!((&client).read(&mut [0; 4]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn odd_timeouts_are_refused_and_change_nothing() {
    let (client, _server) = pair();
    for secs in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Mode::from_secs(Some(secs)), Err(Error::Invalid { .. })));
    }
    assert!(client.set_timeout(Some(Duration::MAX)).is_err());
    assert_eq!(client.timeout(), Some(LONG));
    client.set_mode(Mode::Timeout(Duration::ZERO)).unwrap();
    assert_eq!(client.mode(), Mode::NonBlocking);
}

/// An address that keeps the deadline which it was asked to be resolved by.
struct Asked {
    addr: std::net::SocketAddr,
    by: Cell<Deadline>,
}

impl Address for Asked {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        self.by.set(deadline);
        self.addr.resolve(family, deadline)
    }
}

#[test]
fn the_modes_timeout_bounds_the_look_up_also_where_there_is_a_deadline() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let asked = Asked { addr: listener.local_addr().unwrap(), by: Cell::new(Deadline::NEVER) };
    let socket = TcpSocket::v4().unwrap();
    socket.set_timeout(Some(LONG)).unwrap();
    let stream = socket.connect_by(&asked, Deadline::NEVER).unwrap();
    assert!(!asked.by.get().is_never(), "the look-up may take as long as it likes");

    asked.by.set(Deadline::NEVER);
    let soon = Deadline::after(LONG);
    drop::<TcpStream>(TcpStream::connect_by(&asked, soon).unwrap());
    assert_eq!(asked.by.get(), soon);
    drop(stream);
}
