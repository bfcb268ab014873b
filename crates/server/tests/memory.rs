//! How much memory a connection takes: a bound for each policy, with much room.
//!
//! A program of its own, for it measures the memory of its process.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sockrates_core::Result;
use sockrates_server::{Driven, EventLoop, Options, Output, Protocol, StreamServer, Threads};
use sockrates_socket::ServerOptions;

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }
}

/// As an echo, but it never takes the last byte. How many it has left.
struct Leaving(usize);

impl Protocol for Leaving {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(&bytes[self.0..]);
        self.0 = 1;
        Ok(bytes.len() - 1)
    }

    fn window_max(&self) -> usize {
        128
    }
}

/// The memory of this process that is no file's, in bytes.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1024
}

/// Has each client send `len` bytes, and receive them again.
fn ask_all(clients: &mut [TcpStream], len: usize) {
    let text = vec![b'x'; len];
    let mut answer = vec![0; len];
    for client in clients {
        client.write_all(&text).unwrap();
        client.read_exact(&mut answer).unwrap();
    }
}

/// What each of `count` connections takes, in bytes: idle from the first, and idle again after it
/// has been answered, shortly and at length.
fn each_takes(
    count: usize,
    start: impl FnOnce(StreamServer) -> sockrates_server::Running,
) -> [usize; 2] {
    let socket = ServerOptions { backlog: Some(4096), ..ServerOptions::default() };
    let options = Options { socket, grace: Duration::ZERO, ..Options::default() };
    let running = start(StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap());
    let addr = running.addr().as_inet().unwrap();
    let connect = || {
        let client = TcpStream::connect(addr).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        client
    };
    // What the server itself takes, it has taken by the first answer.
    ask_all(&mut [connect()], 64);
    let before = memory();
    let mut clients: Vec<_> = (0..count).map(|_| connect()).collect();
    // The one that comes last is answered when all are there.
    ask_all(&mut [connect()], 64);
    let idle = memory().saturating_sub(before);
    ask_all(&mut clients, 64);
    ask_all(&mut clients, 32 * 1024);
    let used = memory().saturating_sub(before);
    running.stop().unwrap();
    [idle, used].map(|bytes| bytes / count)
}

#[test]
fn a_connection_takes_no_more_than_it_is_said_to() {
    let by_one = each_takes(2000, |server| server.spawn(EventLoop::new(), || Echo).unwrap());
    assert!(by_one.iter().all(|bytes| *bytes < 2048), "event loop: {by_one:?} bytes each");
    let leaving = each_takes(500, |server| server.spawn(EventLoop::new(), || Leaving(0)).unwrap());
    assert!(leaving.iter().all(|bytes| *bytes < 8192), "that leave some: {leaving:?} bytes each");
    let by_threads =
        each_takes(200, |server| server.spawn(Threads::new(1000), Driven(|| Echo)).unwrap());
    assert!(by_threads.iter().all(|bytes| *bytes < 128 * 1024), "threads: {by_threads:?} each");
    eprintln!("event loop: {by_one:?} bytes each; threads: {by_threads:?}");
}
