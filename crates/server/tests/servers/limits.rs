//! What a client may take: time, connections, and other clients' patience.

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Errno, Error, Result};
use sockrates_server::{
    Connection, EventLoop, Options, Output, Protocol, Running, Sequential, StreamServer, Threads,
};
use sockrates_socket::{Family, ServerOptions, Socket, Type, has_dual_stack};

use crate::client::{Client, LONG};
use crate::orders::Orders;

const SHORT: Duration = Duration::from_millis(30);

/// Answers lines.
struct Lines;

impl Protocol for Lines {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(0) };
        out.send(&bytes[..=end]);
        Ok(end + 1)
    }
}

fn both(options: &Options) -> [Running; 2] {
    let bind = || StreamServer::bind_with(("127.0.0.1", 0), options).unwrap();
    [
        bind().spawn(Threads::new(1000), Orders::new().0).unwrap(),
        bind().spawn(EventLoop::new(), || Lines).unwrap(),
    ]
}

#[test]
fn half_a_line_does_not_keep_a_connection_open() {
    let options = Options { idle_timeout: Some(SHORT), ..Options::default() };
    for running in both(&options) {
        let mut client = Client::of(running.addr());
        // Its silence is counted from the last byte, not from the first.
        let start = Instant::now();
        while start.elapsed() < SHORT / 2 {
            assert_eq!(client.ask("whole"), "whole");
        }
        client.send("half");
        assert!(client.is_closed());
    }
}

#[test]
fn a_client_that_is_never_silent_is_still_closed_when_its_lifetime_is_over() {
    let options = Options { idle_timeout: Some(LONG), lifetime: Some(SHORT), ..Options::default() };
    for running in both(&options) {
        let mut client = Client::of(running.addr());
        // A trickle as fast as the server reads it. Once it is closed, sending fails.
        let until = Instant::now() + LONG;
        while client.stream().write_all(b"x\n").is_ok() && !client.line().is_empty() {
            assert!(Instant::now() < until, "it goes on for ever");
        }
        assert!(client.is_closed());
    }
}

#[test]
fn a_handler_may_give_less_time_and_go_on() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let handler = |conn: &mut Connection| {
        let mut line = Vec::new();
        let soon = sockrates_core::Deadline::after(Duration::from_millis(2));
        assert!(conn.read_line_by(&mut line, 100, soon).unwrap_err().is_timeout());
        conn.send_all(b"and?\n")?;
        conn.read_line(&mut line, 100)?;
        conn.send_all(&line)
    };
    let running = server.spawn(Sequential::new(), handler).unwrap();
    let mut client = Client::of(running.addr());
    client.send("half a ");
    assert_eq!(client.line(), "and?");
    assert_eq!(client.ask("line"), "half a line");
}

#[test]
fn a_limit_that_has_passed_has_passed_for_good() {
    let options = Options { idle_timeout: Some(SHORT), ..Options::default() };
    let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
    let (told, tells) = mpsc::channel::<Error>();
    let told = Mutex::new(told);
    let handler = move |conn: &mut Connection| {
        let mut line = Vec::new();
        for _ in 0..3 {
            told.lock().unwrap().send(conn.read_line(&mut line, 100).unwrap_err()).unwrap();
        }
        told.lock().unwrap().send(conn.send_all(b"more").unwrap_err()).unwrap();
        Ok(())
    };
    let running = server.spawn(Sequential::new(), handler).unwrap();
    let mut client = Client::of(running.addr());
    assert!(client.is_closed());
    running.stop().unwrap();
    assert!(tells.iter().all(|error| error.is_timeout()));
}

#[test]
fn a_line_over_the_maximum_is_refused_at_the_maximum() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let handler = |conn: &mut Connection| {
        let mut line = Vec::new();
        while conn.read_line(&mut line, 10)? {
            conn.send_all(&line)?;
        }
        Ok(())
    };
    let running = server.spawn(Sequential::new(), handler).unwrap();
    let mut client = Client::of(running.addr());
    assert_eq!(client.ask("123456789"), "123456789");
    client.send("1234567890");
    assert!(client.is_closed());
    assert_eq!(running.stop().unwrap().failed, 1);
}

#[test]
fn two_hundred_clients_that_trickle_stall_nobody() {
    for running in both(&Options::default()) {
        // Each holds a connection with half a request; a byte more comes between the others'.
        let mut slow: Vec<_> = (0..200).map(|_| Client::of(running.addr())).collect();
        for byte in ["s", "l", "o", "w"] {
            slow.iter_mut().for_each(|client| client.send(byte));
            for number in 0..5 {
                let mut quick = Client::of(running.addr());
                let line = format!("quick {number}");
                assert_eq!(quick.ask(&line), line);
            }
        }
        for client in &mut slow {
            assert_eq!(client.ask("!"), "slow!");
        }
    }
}

/// Counts how many it serves at once.
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Protocol for Crowd {
    fn opened(&mut self, _: &mut Output) -> Result<()> {
        self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
        Ok(())
    }

    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        Lines.received(bytes, out)
    }

    fn closed(&mut self, _: Option<&Error>) {
        self.now.fetch_sub(1, SeqCst);
    }
}

#[test]
fn no_more_are_served_than_the_maximum_and_none_is_lost() {
    let options = Options { connections_max: Some(3), ..Options::default() };
    for by_loop in [true, false] {
        let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let crowd = {
            let (now, most) = (now.clone(), most.clone());
            move || Crowd { now: now.clone(), most: most.clone() }
        };
        let server = StreamServer::bind_with(("127.0.0.1", 0), &options).unwrap();
        let running = match by_loop {
            true => server.spawn(EventLoop::new(), crowd).unwrap(),
            false => server.spawn(Threads::new(64), sockrates_server::Driven(crowd)).unwrap(),
        };
        let mut clients: Vec<_> = (0..20).map(|_| Client::of(running.addr())).collect();
        for client in &mut clients {
            client.send("hello\n");
        }
        // The first three are served at once; each that goes makes room for the next.
        for client in &mut clients[..3] {
            assert_eq!(client.line(), "hello");
        }
        for mut client in clients.drain(..).skip(3) {
            assert_eq!(client.line(), "hello");
        }
        assert_eq!(running.stop().unwrap().accepted, 20);
        assert_eq!((now.load(SeqCst), most.load(SeqCst)), (0, 3));
    }
}

#[test]
fn a_server_takes_both_families() {
    if !has_dual_stack() {
        eprintln!("not judged: no dual stack on this machine");
        return;
    }
    let socket = ServerOptions { dual_stack: true, ..ServerOptions::default() };
    let options = Options { socket, ..Options::default() };
    let server = StreamServer::bind_with(("", 0), &options).unwrap();
    let port = server.local_addr().unwrap().port().unwrap();
    let running = server.spawn(Threads::new(4), Orders::new().0).unwrap();
    for host in ["127.0.0.1", "::1"] {
        let addr = std::net::SocketAddr::new(host.parse().unwrap(), port);
        assert_eq!(Client::of(&addr.into()).ask("hello"), "hello");
    }
    drop(running);
}

/// A path that nobody else has.
fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sockrates-{name}-{}", std::process::id()))
}

fn ask_at(path: &PathBuf, line: &[u8]) -> Result<Vec<u8>> {
    let client = Socket::new(Family::UNIX, Type::STREAM, None)?;
    client.set_timeout(Some(LONG))?;
    client.connect(path)?;
    client.send_all(line)?;
    let mut answer = vec![0; line.len()];
    client.recv_exact(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_path_is_served_and_its_file_goes_with_the_server() {
    let path = path("served");
    for by_loop in [true, false] {
        let server = StreamServer::bind(&path).unwrap();
        assert_eq!(server.local_addr().unwrap(), Addr::Path(path.clone()));
        let running = match by_loop {
            true => server.spawn(EventLoop::new(), || Lines).unwrap(),
            false => server.spawn(Threads::new(4), Orders::new().0).unwrap(),
        };
        assert_eq!(ask_at(&path, b"hello\n").unwrap(), b"hello\n");
        running.stop().unwrap();
        assert!(!path.exists());
    }
    drop(StreamServer::bind(&path).unwrap());
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_not_the_servers_is_left_alone() {
    let path = path("others");
    let first = StreamServer::bind(&path).unwrap();
    let taken = StreamServer::bind(&path).unwrap_err();
    assert_eq!(taken.errno(), Some(Errno::EADDRINUSE));
    assert!(taken.to_string().contains(path.to_str().unwrap()));
    // Somebody puts another in its place.
    std::fs::remove_file(&path).unwrap();
    let second = StreamServer::bind(&path).unwrap();
    drop(first);
    assert!(path.exists());
    drop(second);
    assert!(!path.exists());
}

#[test]
fn no_file_is_left_without_a_listener_for_a_moment() {
    let path = path("moment");
    // Whoever finds one takes it away, and may have put his own there when the server does.
    for round in 0..60 {
        let server = StreamServer::bind(&path).unwrap();
        let (at, (ready, is_ready)) = (path.clone(), mpsc::channel());
        let looks = thread::spawn(move || {
            ready.send(()).unwrap();
            loop {
                let Err(error) = UnixStream::connect(&at) else { continue };
                // The system looks for the file first and then for its socket, and both may go in
                // between. Whoever is refused by a server that goes finds no file any more.
                return match error.kind() {
                    ErrorKind::ConnectionRefused if !at.exists() => ErrorKind::NotFound,
                    kind => kind,
                };
            }
        });
        is_ready.recv().unwrap();
        match round % 3 {
            0 => drop(server),
            1 => drop(server.spawn(EventLoop::new(), || Lines).unwrap().stop().unwrap()),
            _ => drop(server.spawn(Threads::new(4), |_: &mut Connection| Ok(())).unwrap().stop()),
        }
        assert_eq!(looks.join().unwrap(), ErrorKind::NotFound, "round {round}");
    }
}
