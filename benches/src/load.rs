//! Clients of an echo server.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};

use socket2::{Domain, Socket, Type};

/// How long a request and its answer are, in bytes.
pub const REQUEST: usize = 64;

/// Connections on one thread, which sends requests on one after the other and takes the answers in
/// the same order: two system calls a request, so that it keeps the server busy.
#[derive(Debug)]
pub struct Load {
    clients: Vec<TcpStream>,
    in_flight: usize,
    /// How many requests were sent: the next goes to that client, counted around.
    sent: usize,
}

impl Load {
    /// `clients` connections to `server`, with `in_flight` requests on their way at a time.
    ///
    /// # Panics
    /// Where the server cannot be reached; with no client.
    #[must_use]
    pub fn new(server: SocketAddr, clients: usize, in_flight: usize) -> Self {
        let connect = |_| TcpStream::connect(server).expect("connect");
        let clients: Vec<_> = (0..clients).map(connect).collect();
        let in_flight = in_flight.min(clients.len());
        let mut load = Self { clients, in_flight, sent: 0 };
        // So that the server has accepted each, and warmed up for it.
        load.run(load.clients.len() as u64);
        load
    }

    /// Has so many requests answered.
    ///
    /// # Panics
    /// Where the server fails, or answers something else.
    pub fn run(&mut self, requests: u64) {
        let requests = usize::try_from(requests).expect("a number of requests");
        let first = self.sent;
        for number in first..first + requests {
            if number >= first + self.in_flight {
                self.receive(number - self.in_flight);
            }
            self.send(number);
        }
        for number in first + requests - self.in_flight.min(requests)..first + requests {
            self.receive(number);
        }
    }

    fn send(&mut self, number: usize) {
        let mut request = [b'x'; REQUEST];
        request[..8].copy_from_slice(&number.to_ne_bytes());
        let client = number % self.clients.len();
        (&self.clients[client]).write_all(&request).expect("send");
        self.sent = number + 1;
    }

    fn receive(&self, number: usize) {
        let mut answer = [0; REQUEST];
        let client = number % self.clients.len();
        (&self.clients[client]).read_exact(&mut answer).expect("an answer");
        assert_eq!(answer[..8], number.to_ne_bytes(), "another answer");
    }
}

/// Has requests answered, each on a connection of its own that the client closes then, `at_once` of
/// them at a time and so often. The last time it sees the server close them too, so that nothing is
/// left undone.
///
/// # Panics
/// Where the server fails, or answers something else.
pub fn calls(server: SocketAddr, at_once: usize, times: u64) {
    let (mut clients, mut answer) = (Vec::with_capacity(at_once), [0; REQUEST]);
    let mut ending = Vec::new();
    for time in 1..=times {
        clients.extend((0..at_once).map(|_| {
            let mut client = TcpStream::from(from_elsewhere(server));
            client.write_all(&[b'x'; REQUEST]).expect("send");
            client
        }));
        for mut client in clients.drain(..) {
            client.read_exact(&mut answer).expect("an answer");
            if time == times {
                client.shutdown(Shutdown::Write).expect("shutdown");
                ending.push(client);
            }
        }
    }
    for mut client in ending {
        assert_eq!(client.read(&mut answer).expect("the end"), 0);
    }
}

/// Connects from one of many addresses of the loopback: a closed connection holds its ports for a
/// minute, and soon the search for a free one would be most of what is measured.
fn from_elsewhere(server: SocketAddr) -> Socket {
    static TURN: AtomicU8 = AtomicU8::new(0);
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    let turn = TURN.fetch_add(1, Ordering::Relaxed).max(1);
    let from = SocketAddr::from(([127, 0, turn, turn], 0));
    socket.bind(&from.into()).expect("bind");
    socket.connect(&server.into()).expect("connect");
    socket
}
