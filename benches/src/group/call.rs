//! What one call costs: send and recv in each mode, connect and accept.
//!
//! Both ends of a connection are on one thread, so nothing waits and nothing wakes up: what is
//! measured is the calls themselves.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use sockrates_core::Mode;

use crate::contest::{Contest, Cost, Goal, Pair, Side, Start, Work, side};
use crate::ends::{self, PATIENCE, TIMEOUT};
use crate::raw::connection;
use crate::{Addressed, Layer, RawSocket, RustixSocket};

mod ping_pong;
mod python;

/// The contests of this group.
#[must_use]
pub fn contests() -> Vec<Contest> {
    let mut all = Vec::new();
    all.extend(tcp());
    all.extend(udp());
    all.extend(unix());
    all.extend(connections());
    all.extend(python());
    all.extend(ping_pong::contests());
    all
}

/// Two messages: there and back.
const ROUND_TRIP: Work = Work::Elements(2);
const MESSAGE_BYTES: usize = 64;
/// As fast as libc, but for what cannot be measured.
const LIBC: Option<Goal> = Some(Goal::AtLeast(0.98));

fn tcp() -> Vec<Contest> {
    let blocking = || round_trip(ends::our_tcp(Mode::Blocking));
    let timeout = || round_trip(ends::our_tcp(TIMEOUT));
    let raw = || round_trip(ends::tcp().map(RawSocket::from));
    let plain = "TCP round trip of 64 B, blocking";
    let timed = "TCP round trip of 64 B, timeout, data ready";
    let contest = |case, peer, goal, start| contest(case, "TcpStream", peer, goal, start);
    vec![
        contest(plain, "libc", LIBC, start(blocking, raw)),
        contest(plain, "std", None, start(blocking, || round_trip(ends::tcp()))),
        contest(
            plain,
            "socket2",
            None,
            start(blocking, || round_trip(ends::tcp().map(socket2::Socket::from))),
        ),
        contest(
            plain,
            "rustix",
            None,
            start(blocking, || round_trip(ends::tcp().map(RustixSocket::from))),
        ),
        contest(timed, "libc, blocking", LIBC, start(timeout, raw)),
        contest(timed, "std, SO_RCVTIMEO", None, start(timeout, || round_trip(impatient()))),
    ]
}

/// With a receive timeout, the way std has it.
fn impatient() -> [TcpStream; 2] {
    let pair = ends::tcp();
    for end in &pair {
        end.set_read_timeout(Some(PATIENCE)).expect("SO_RCVTIMEO");
    }
    pair
}

fn udp() -> Vec<Contest> {
    let blocking = || round_trip(ends::our_udp(Mode::Blocking));
    let timeout = || round_trip(ends::our_udp(TIMEOUT));
    let raw = || round_trip(ends::udp().map(RawSocket::from));
    let named = || addressed(ends::our_unconnected());
    let plain = "UDP round trip of 64 B, connected, blocking";
    let timed = "UDP round trip of 64 B, connected, timeout, data ready";
    let contest = |case, peer, goal, start| contest(case, "ConnectedUdp", peer, goal, start);
    vec![
        contest(plain, "libc", LIBC, start(blocking, raw)),
        contest(plain, "std", None, start(blocking, || round_trip(ends::udp()))),
        contest(
            plain,
            "rustix",
            None,
            start(blocking, || round_trip(ends::udp().map(RustixSocket::from))),
        ),
        contest(timed, "libc, blocking", LIBC, start(timeout, raw)),
        Contest { ours: "UdpSocket", ..contest(ADDRESSED, "libc", LIBC, start(named, raw_named)) },
    ]
}

const ADDRESSED: &str = "UDP round trip of 64 B, sendto+recvfrom, blocking";

fn unix() -> Vec<Contest> {
    let blocking = || round_trip(ends::our_unix(Mode::Blocking));
    let timeout = || round_trip(ends::our_unix(TIMEOUT));
    let raw = || round_trip(ends::unix().map(RawSocket::from));
    let plain = "local round trip of 64 B, blocking";
    let timed = "local round trip of 64 B, timeout, data ready";
    let contest = |case, peer, goal, start| contest(case, "UnixStream", peer, goal, start);
    vec![
        contest(plain, "libc", LIBC, start(blocking, raw)),
        contest(plain, "std", None, start(blocking, || round_trip(ends::unix()))),
        contest(timed, "libc, blocking", LIBC, start(timeout, raw)),
    ]
}

fn contest(
    case: &str,
    ours: &'static str,
    peer: &'static str,
    goal: Option<Goal>,
    start: Start,
) -> Contest {
    let (case, work, cost) = (case.to_owned(), ROUND_TRIP, Cost::Time);
    Contest { group: "call", case, ours, peer, goal, work, cost, start }
}

fn start(ours: impl Fn() -> Side + 'static, peer: impl Fn() -> Side + 'static) -> Start {
    Box::new(move || Ok(Pair { ours: ours(), peer: peer() }))
}

fn round_trip<L: Layer>(ends: [L; 2]) -> Side {
    let [near, far] = ends;
    let message = [7; MESSAGE_BYTES];
    let mut room = [0; MESSAGE_BYTES];
    side(move || {
        assert_eq!(near.send(&message), MESSAGE_BYTES);
        assert_eq!(far.recv(&mut room), MESSAGE_BYTES);
        assert_eq!(far.send(&room), MESSAGE_BYTES);
        assert_eq!(near.recv(&mut room), MESSAGE_BYTES);
    })
}

fn connections() -> Vec<Contest> {
    let case = "TCP connect+accept+close, IPv4 loopback";
    let contest = |peer, goal, start| Contest {
        work: Work::Elements(1),
        ..contest(case, "TcpStream, TcpListener", peer, goal, start)
    };
    let ours = || {
        let listener = sockrates_tcp::TcpListener::bind(("127.0.0.1", 0)).expect("listen");
        let addr = listener.local_addr().expect("address");
        side(move || {
            let client = sockrates_tcp::TcpStream::connect(addr).expect("connect");
            let server = listener.accept().expect("accept");
            reset(&client);
            drop(server);
        })
    };
    let libc = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listen");
        let port = listener.local_addr().expect("address").port();
        side(move || {
            let client = connection::connect(port).expect("connect");
            let server = connection::accept(&listener).expect("accept");
            reset(&client);
            drop(server);
        })
    };
    let std = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listen");
        let addr = listener.local_addr().expect("address");
        side(move || {
            let client = TcpStream::connect(addr).expect("connect");
            let server = listener.accept().expect("accept");
            reset(&client);
            drop(server);
        })
    };
    vec![contest("libc", LIBC, start(ours, libc)), contest("std", None, start(ours, std))]
}

/// Lets the close that follows leave nothing behind: connections that linger take every port.
fn reset(client: &impl AsFd) {
    socket2::SockRef::from(client).set_linger(Some(Duration::ZERO)).expect("SO_LINGER");
}

fn python() -> Vec<Contest> {
    let timed = || round_trip(ends::our_tcp(TIMEOUT));
    let named = || addressed(ends::our_unconnected());
    let against = |ours: fn() -> Side, script: &'static str| -> Start {
        Box::new(move || Ok(Pair { peer: python::side(script)?, ours: ours() }))
    };
    // What libc itself has over it is as much as there is to be had.
    let raw_tcp = || round_trip(ends::tcp().map(RawSocket::from));
    vec![
        contest(
            "TCP round trip of 64 B, timeout, data ready",
            "TcpStream",
            "CPython, settimeout",
            Some(Goal::AtLeast(1.25)),
            against(timed, python::TCP),
        ),
        contest(
            "TCP round trip of 64 B, timeout, data ready",
            "libc, blocking",
            "CPython, settimeout",
            None,
            against(raw_tcp, python::TCP),
        ),
        contest(
            ADDRESSED,
            "UdpSocket",
            "CPython",
            Some(Goal::AtLeast(1.4)),
            against(named, python::UDP),
        ),
        contest(ADDRESSED, "libc", "CPython", None, against(raw_named, python::UDP)),
    ]
}

fn raw_named() -> Side {
    addressed(ends::unconnected().map(|(socket, addr)| (RawSocket::from(socket), addr)))
}

/// Each datagram with its address, there and back.
fn addressed<A: Addressed>(ends: [(A, SocketAddr); 2]) -> Side {
    let [(near, near_addr), (far, far_addr)] = ends;
    let message = [7; MESSAGE_BYTES];
    let mut room = [0; MESSAGE_BYTES];
    side(move || {
        assert_eq!(near.send_to(&message, far_addr), MESSAGE_BYTES);
        let (len, from) = far.recv_from(&mut room);
        assert_eq!((len, from), (MESSAGE_BYTES, near_addr));
        assert_eq!(far.send_to(&room, from), MESSAGE_BYTES);
        assert_eq!(near.recv_from(&mut room), (MESSAGE_BYTES, far_addr));
    })
}
