//! Connected pairs over the loopback, as every layer gets them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use sockrates_core::Mode;

/// Longer than any wait, so that a timeout costs what it costs and never fires; and what a datagram
/// that were lost is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A timeout that never fires.
pub const TIMEOUT: Mode = Mode::Timeout(PATIENCE);

/// A connected pair without Nagle's delay.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn tcp() -> [TcpStream; 2] {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listen");
    let near = TcpStream::connect(listener.local_addr().expect("address")).expect("connect");
    let (far, _) = listener.accept().expect("accept");
    for end in [&near, &far] {
        end.set_nodelay(true).expect("TCP_NODELAY");
    }
    [near, far]
}

/// The same of ours, in `mode`.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn our_tcp(mode: Mode) -> [sockrates_tcp::TcpStream; 2] {
    let pair = tcp().map(sockrates_tcp::TcpStream::from);
    for end in &pair {
        end.set_mode(mode).expect("a mode");
    }
    pair
}

/// Two sockets, each connected to the other.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn udp() -> [UdpSocket; 2] {
    let [near, far] = [(); 2].map(|()| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind"));
    near.connect(far.local_addr().expect("address")).expect("connect");
    far.connect(near.local_addr().expect("address")).expect("connect");
    [near, far]
}

/// The same of ours, in `mode`.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn our_udp(mode: Mode) -> [sockrates_udp::ConnectedUdp; 2] {
    let [near, far] =
        [(); 2].map(|()| sockrates_udp::UdpSocket::bind(("127.0.0.1", 0)).expect("bind"));
    let ends = [near.local_addr().expect("address"), far.local_addr().expect("address")];
    let pair = [near.connect(ends[1]).expect("connect"), far.connect(ends[0]).expect("connect")];
    for end in &pair {
        end.set_mode(mode).expect("a mode");
    }
    pair
}

/// Two sockets that are not connected, with the address of each.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn unconnected() -> [(UdpSocket, SocketAddr); 2] {
    [(); 2].map(|()| {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
        let addr = socket.local_addr().expect("address");
        (socket, addr)
    })
}

/// The same of ours, blocking.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn our_unconnected() -> [(sockrates_udp::UdpSocket, SocketAddr); 2] {
    [(); 2].map(|()| {
        let socket = sockrates_udp::UdpSocket::bind(("127.0.0.1", 0)).expect("bind");
        let addr = socket.local_addr().expect("address");
        (socket, addr)
    })
}

/// A connected pair of local streams.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn unix() -> [UnixStream; 2] {
    let (near, far) = UnixStream::pair().expect("socketpair");
    [near, far]
}

/// The same of ours, in `mode`.
///
/// # Panics
/// Where the system has none.
#[must_use]
pub fn our_unix(mode: Mode) -> [sockrates_unix::UnixStream; 2] {
    let (near, far) = sockrates_unix::UnixStream::pair().expect("socketpair");
    let pair = [near, far];
    for end in &pair {
        end.set_mode(mode).expect("a mode");
    }
    pair
}
