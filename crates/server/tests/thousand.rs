//! A thousand connections at once: each answered and closed once, and nothing left of them.
//!
//! A program of its own, for it counts the threads and descriptors of its process.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use sockrates_core::{Error, Result};
use sockrates_server::{
    Driven, EventLoop, Options, Output, Protocol, Running, Sequential, StreamServer, Threads,
};
use sockrates_socket::ServerOptions;

const CLIENTS: usize = 1000;
const LONG: Duration = Duration::from_secs(60);

/// Answers with what it was sent, and counts beginnings and ends.
struct Echo(Arc<[AtomicUsize; 2]>);

impl Protocol for Echo {
    fn opened(&mut self, _: &mut Output) -> Result<()> {
        self.0[0].fetch_add(1, SeqCst);
        Ok(())
    }

    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }

    fn closed(&mut self, error: Option<&Error>) {
        assert_eq!(error, None);
        self.0[1].fetch_add(1, SeqCst);
    }
}

/// How many descriptors and threads this process has, where the system tells.
fn holdings() -> [usize; 2] {
    ["fd", "task"].map(|what| {
        std::fs::read_dir(format!("/proc/self/{what}")).map_or(0, |entries| entries.count())
    })
}

fn connect(running: &Running) -> TcpStream {
    let client = TcpStream::connect(running.addr().as_inet().unwrap()).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    client
}

fn judge(
    name: &str,
    all_at_once: bool,
    start: impl FnOnce(StreamServer, Arc<[AtomicUsize; 2]>) -> Running,
) {
    let before = holdings();
    let counts = Arc::<[AtomicUsize; 2]>::default();
    // The queue holds them all, for a policy that serves fewer at once.
    let socket = ServerOptions { backlog: Some(1024), ..ServerOptions::default() };
    let options = Options { socket, grace: LONG, ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let running = start(server, counts.clone());

    let mut clients: Vec<_> = (0..CLIENTS).map(|_| connect(&running)).collect();
    for (client, number) in clients.iter_mut().zip(0..) {
        write!(client, "client {number}").unwrap();
    }
    if all_at_once {
        for client in &mut clients {
            client.read_exact(&mut [0; 8]).unwrap();
        }
        assert_eq!(counts[0].load(SeqCst), CLIENTS, "{name}");
    }
    for (client, number) in clients.iter_mut().zip(0..) {
        client.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        let whole = format!("client {number}");
        assert_eq!(answer, if all_at_once { &whole[8..] } else { &whole });
    }
    drop(clients);
    let summary = running.stop().unwrap();
    drop(running);
    assert_eq!(summary.accepted, CLIENTS as u64, "{name}");
    assert_eq!((summary.failed, summary.cut, summary.stuck, summary.shed), (0, 0, 0, 0));
    assert_eq!([counts[0].load(SeqCst), counts[1].load(SeqCst)], [CLIENTS; 2], "{name}");
    // A thread that was joined is in the system's books for a moment more.
    let until = Instant::now() + LONG;
    while holdings() != before {
        assert!(Instant::now() < until, "{name}: {before:?} became {:?}", holdings());
        std::thread::yield_now();
    }
}

type Counts = Arc<[AtomicUsize; 2]>;

fn echo(counts: Counts) -> impl Fn() -> Echo + Send + Sync + 'static {
    move || Echo(counts.clone())
}

#[test]
fn each_is_answered_and_closed_once_and_nothing_is_left() {
    judge("a thread each", true, |server, counts| {
        server.spawn(Threads::new(CLIENTS), Driven(echo(counts))).unwrap()
    });
    judge("64 threads", false, |server, counts| {
        server.spawn(Threads::new(64), Driven(echo(counts))).unwrap()
    });
    judge("one after the other", false, |server, counts| {
        server.spawn(Sequential::new(), Driven(echo(counts))).unwrap()
    });
    judge("event loop", true, |server, counts| {
        server.spawn(EventLoop::new(), echo(counts)).unwrap()
    });
    judge("event loop on poll", true, |server, counts| {
        server.spawn(EventLoop::on(sockrates_poll::Backend::Poll), echo(counts)).unwrap()
    });
}
