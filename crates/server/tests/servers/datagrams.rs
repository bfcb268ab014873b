//! Servers of datagrams.

use std::net::{SocketAddr, UdpSocket};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Errno, Error, Op, Result};
use sockrates_server::{
    Datagram, DatagramHandler, DatagramServer, Failure, Options, Running, Sequential, Threads,
};
use sockrates_socket::{Family, ServerOptions, Socket, Type, has_dual_stack};

use crate::client::LONG;

fn echo(datagram: &mut Datagram) -> Result<()> {
    datagram.reply(datagram.bytes())
}

fn both(handler: fn(&mut Datagram) -> Result<()>) -> [Running; 2] {
    let bind = || DatagramServer::bind(("127.0.0.1", 0)).unwrap();
    [
        bind().spawn(Sequential::new(), handler).unwrap(),
        bind().spawn(Threads::new(8), handler).unwrap(),
    ]
}

fn client(addr: &Addr) -> UdpSocket {
    let client = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    client.connect(addr.as_inet().unwrap()).unwrap();
    client
}

fn ask(client: &UdpSocket, bytes: &[u8]) -> Vec<u8> {
    client.send(bytes).unwrap();
    let mut answer = vec![0; 65_536];
    let len = client.recv(&mut answer).unwrap();
    answer.truncate(len);
    answer
}

#[test]
fn boundaries_and_senders_are_kept() {
    for running in both(|datagram| {
        let text = format!("{}:{}", datagram.peer(), datagram.bytes().len());
        datagram.reply(text.as_bytes())
    }) {
        let clients = [client(running.addr()), client(running.addr())];
        for client in &clients {
            let own = client.local_addr().unwrap();
            for len in [0, 1, 1400, 65_507] {
                let answer = ask(client, &vec![7; len]);
                assert_eq!(String::from_utf8(answer).unwrap(), format!("{own}:{len}"));
            }
        }
        let summary = running.stop().unwrap();
        assert_eq!((summary.accepted, summary.failed), (8, 0));
    }
}

#[test]
fn an_empty_datagram_is_served_and_may_be_the_answer() {
    for running in both(echo) {
        let client = client(running.addr());
        assert_eq!(ask(&client, b""), b"");
        assert_eq!(ask(&client, b"after"), b"after");
    }
}

#[test]
fn nothing_is_answered_but_what_the_handler_answers() {
    for running in both(|datagram| match datagram.bytes() {
        b"quiet" => Ok(()),
        b"twice" => echo(datagram).and_then(|()| echo(datagram)),
        _ => echo(datagram),
    }) {
        let client = client(running.addr());
        client.send(b"quiet").unwrap();
        assert_eq!(ask(&client, b"twice"), b"twice");
        // Threads may overtake one another, but not the answer to themselves.
        let mut answer = [0; 16];
        assert_eq!(client.recv(&mut answer).unwrap(), 5);
        assert_eq!(ask(&client, b"loud"), b"loud");
    }
}

#[test]
fn a_datagram_over_the_maximum_says_that_it_was_cut() {
    let options = Options { datagram_max: 4, ..Options::default() };
    let server = DatagramServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let handler = |datagram: &mut Datagram| {
        let text = format!("{:?} {}", datagram.bytes(), datagram.truncated());
        datagram.reply(text.as_bytes())
    };
    let running = server.spawn(Sequential::new(), handler).unwrap();
    let client = client(running.addr());
    assert_eq!(ask(&client, &[1, 2, 3, 4]), b"[1, 2, 3, 4] false");
    assert_eq!(ask(&client, &[1, 2, 3, 4, 5]), b"[1, 2, 3, 4] true");
}

#[test]
fn a_maximum_that_memory_does_not_hold_is_refused() {
    for datagram_max in [16 * 1024 * 1024 + 1, usize::MAX] {
        let options = Options { datagram_max, ..Options::default() };
        let bound = DatagramServer::bind_with(("127.0.0.1", 0), &options);
        let refused = bound.map(drop).unwrap_err();
        assert!(refused.to_string().contains(&datagram_max.to_string()), "{refused}");
    }
}

#[test]
fn a_server_that_is_shown_does_not_show_what_it_received() {
    let mut server = DatagramServer::bind(("127.0.0.1", 0)).unwrap();
    let client = client(&server.local_addr().unwrap());
    client.send(&[77; 4]).unwrap();
    server.handle_request(echo, Deadline::after(LONG)).unwrap();
    let shown = format!("{server:?}");
    assert!(shown.contains("fd: Some") && !shown.contains("77, 77"), "{}", shown.len());
}

/// Fails, panics, refuses or stops as it is told.
struct Orders(Mutex<mpsc::Sender<String>>);

impl DatagramHandler for Orders {
    fn verify(&self, _: &Addr, bytes: &[u8]) -> bool {
        bytes != b"refuse"
    }

    fn handle(&self, datagram: &mut Datagram) -> Result<()> {
        match datagram.bytes() {
            b"fail" => return Err(Error::os(Op::Recv, Errno::EINVAL)),
            b"panic" => panic!("as ordered"),
            b"stop" => datagram.stopper().stop(),
            _ => {}
        }
        echo(datagram)
    }

    fn error(&self, failure: &Failure) {
        self.0.lock().unwrap().send(failure.cause.to_string()).unwrap();
    }
}

#[test]
fn what_goes_wrong_with_one_datagram_is_told_and_no_more() {
    let (sender, told) = mpsc::channel();
    let server = DatagramServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Sequential::new(), Orders(Mutex::new(sender))).unwrap();
    let client = client(running.addr());
    for order in ["refuse", "fail", "panic"] {
        client.send(order.as_bytes()).unwrap();
    }
    assert_eq!(ask(&client, b"still there"), b"still there");
    assert!(told.recv_timeout(LONG).unwrap().contains("EINVAL"));
    assert!(told.recv_timeout(LONG).unwrap().contains("as ordered"));
    assert_eq!(ask(&client, b"stop"), b"stop");
    let summary = running.join().unwrap();
    assert_eq!((summary.accepted, summary.refused, summary.failed), (5, 1, 2));
}

#[test]
fn the_port_can_be_bound_again_at_once() {
    for running in both(echo) {
        let start = Instant::now();
        running.stop().unwrap();
        assert!(start.elapsed() < LONG);
        let again = DatagramServer::bind(running.addr()).unwrap();
        let again = again.spawn(Sequential::new(), echo as fn(&mut Datagram) -> _).unwrap();
        assert_eq!(ask(&client(again.addr()), b"hello"), b"hello");
    }
}

/// A server whose socket is connected is told what the network says of its answers.
#[test]
fn what_the_network_reports_of_an_answer_ends_nothing() {
    let peer = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let peer_addr = peer.local_addr().unwrap();
    let socket = Socket::new(Family::INET, Type::DGRAM, None).unwrap();
    socket.bind(("127.0.0.1", 0)).unwrap();
    socket.connect(peer_addr).unwrap();
    let server_addr = socket.local_addr().unwrap().as_inet().unwrap();
    let (sender, told) = mpsc::channel();
    let sender = Mutex::new(sender);
    let handler = move |datagram: &mut Datagram| {
        // Nobody is there to answer to: the second answer is what learns it, or the next receive.
        for _ in 0..2 {
            let refused = datagram.reply(b"anybody?");
            assert!(refused.is_ok() || refused.unwrap_err().errno() == Some(Errno::ECONNREFUSED));
        }
        sender.lock().unwrap().send(datagram.bytes().to_vec()).unwrap();
        Ok(())
    };
    let server = DatagramServer::from_socket(socket, &Options::default()).unwrap();
    let running = server.spawn(Sequential::new(), handler).unwrap();
    peer.send_to(b"first", server_addr).unwrap();
    drop(peer);
    for text in [&b"first"[..], b"second", b"third"] {
        if text != b"first" {
            let peer = UdpSocket::bind(peer_addr).unwrap();
            peer.send_to(text, server_addr).unwrap();
        }
        assert_eq!(told.recv_timeout(LONG).unwrap(), text);
    }
    assert_eq!(running.stop().unwrap().failed, 0);
}

#[test]
fn one_datagram_at_a_time_is_served_on_the_callers_thread() {
    let mut server = DatagramServer::bind(("127.0.0.1", 0)).unwrap();
    let soon = Deadline::after(Duration::from_millis(5));
    assert!(server.handle_request(echo, soon).unwrap_err().is_timeout());
    let client = client(&server.local_addr().unwrap());
    client.send(b"hello").unwrap();
    server.handle_request(echo, Deadline::after(LONG)).unwrap();
    assert_eq!(client.recv(&mut [0; 8]).unwrap(), 5);
}

#[test]
fn a_server_takes_both_families() {
    if !has_dual_stack() {
        eprintln!("not judged: no dual stack on this machine");
        return;
    }
    let socket = ServerOptions { dual_stack: true, ..ServerOptions::default() };
    let options = Options { socket, ..Options::default() };
    let server = DatagramServer::bind_with(("", 0), &options).unwrap();
    let port = server.local_addr().unwrap().port().unwrap();
    let running = server.spawn(Sequential::new(), echo as fn(&mut Datagram) -> _).unwrap();
    for host in ["127.0.0.1", "::1"] {
        let addr = SocketAddr::new(host.parse().unwrap(), port);
        let client = UdpSocket::bind((host, 0)).unwrap();
        client.set_read_timeout(Some(LONG)).unwrap();
        client.connect(addr).unwrap();
        assert_eq!(ask(&client, b"hello"), b"hello");
    }
    drop(running);
}

#[test]
fn a_path_is_served() {
    let folder = std::env::temp_dir();
    let [path, own] = ["datagrams", "client"]
        .map(|name| folder.join(format!("sockrates-{name}-{}", std::process::id())));
    let server = DatagramServer::bind(&path).unwrap();
    let running = server.spawn(Threads::new(2), echo as fn(&mut Datagram) -> _).unwrap();
    let client = Socket::new(Family::UNIX, Type::DGRAM, None).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    // Without an address of its own it cannot be answered; that is told, and harms nobody.
    client.connect(&path).unwrap();
    client.send(b"nameless").unwrap();
    let client = Socket::new(Family::UNIX, Type::DGRAM, None).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    client.bind(&own).unwrap();
    client.connect(&path).unwrap();
    client.send(b"hello").unwrap();
    assert_eq!(client.recv(&mut [0; 8]).unwrap().len, 5);
    assert_eq!(running.stop().unwrap().failed, 1);
    assert!(!path.exists());
    std::fs::remove_file(&own).unwrap();
}
