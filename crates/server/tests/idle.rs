//! Thousands of idle connections on one thread, and a few that work.
//!
//! A program of its own, for it takes most of a process's descriptors.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sockrates_core::Result;
use sockrates_server::{EventLoop, Options, Output, Protocol, StreamServer};
use sockrates_socket::{Family, ServerOptions, Socket, Type};
use std::time::Duration;

const IDLE: u64 = 9000;
const ACTIVE: usize = 64;
const LONG: Duration = Duration::from_secs(60);

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }
}

/// How many idle connections this process may hold both ends of.
fn idle() -> usize {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let most = limit.maximum.map_or(IDLE, |most| (most.saturating_sub(400)) / 2);
    if most < IDLE {
        eprintln!("this process may have {most} idle connections, not {IDLE}");
    }
    most.min(IDLE) as usize
}

fn connect(addr: &sockrates_core::Addr) -> Socket {
    let client = Socket::new(Family::INET, Type::STREAM, None).unwrap();
    client.set_timeout(Some(LONG)).unwrap();
    // It ends with a reset, so that no port lingers for the next run.
    client.set_linger(Some(Duration::ZERO)).unwrap();
    client.connect(addr).unwrap();
    client
}

fn ask(client: &Socket, text: &str) {
    client.send_all(text.as_bytes()).unwrap();
    let mut answer = vec![0; text.len()];
    client.recv_exact(&mut answer).unwrap();
    assert_eq!(answer, text.as_bytes());
}

#[test]
fn idle_connections_are_kept_while_others_are_served() {
    let socket = ServerOptions { backlog: Some(4096), ..ServerOptions::default() };
    let options = Options { socket, grace: Duration::ZERO, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let running = server.spawn(EventLoop::new(), || Echo).unwrap();
    let idle: Vec<_> = (0..idle()).map(|_| connect(running.addr())).collect();
    let active: Vec<_> = (0..ACTIVE).map(|_| connect(running.addr())).collect();
    for round in 0..50 {
        // All of them have something on the way at once.
        let text = format!("round {round}");
        active.iter().for_each(|client| client.send_all(text.as_bytes()).unwrap());
        for client in &active {
            let mut answer = vec![0; text.len()];
            client.recv_exact(&mut answer).unwrap();
            assert_eq!(answer, text.as_bytes());
        }
    }
    // Those that were idle were not forgotten.
    idle.iter().for_each(|client| ask(client, "still here"));
    let summary = running.stop().unwrap();
    assert_eq!(summary.accepted as usize, idle.len() + ACTIVE);
    assert_eq!(summary.cut, idle.len() + ACTIVE);
    assert!(
        idle.iter()
            .chain(&active)
            .all(|client| client.recv(&mut [0]).is_ok_and(|got| { got.len == 0 }))
    );
}
