//! Protocols, on the event loop and driven by threads.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_server::{
    Driven, EventLoop, Failure, Options, Output, Protocol, Protocols, Running, StreamServer,
    Threads,
};

use crate::client::{Client, LONG};

/// Answers lines, and tells what became of it.
struct Lines(Sender<String>);

impl Protocol for Lines {
    fn opened(&mut self, out: &mut Output) -> Result<()> {
        out.send(b"welcome\n");
        Ok(())
    }

    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(0) };
        match &bytes[..end] {
            b"panic" => panic!("as asked"),
            b"fail" => return Err(Error::os(Op::Recv, Errno::EINVAL)),
            b"close" => {
                out.send(b"closing\n");
                out.close();
            }
            line => {
                out.send(line);
                out.send(b"!\n");
            }
        }
        Ok(end + 1)
    }

    fn ended(&mut self, rest: &[u8], out: &mut Output) -> Result<()> {
        writeln!(out, "{} left", rest.len()).unwrap();
        Ok(())
    }

    fn closed(&mut self, error: Option<&Error>) {
        let how = error.map_or("in order".to_owned(), |error| error.to_string());
        self.0.send(how).unwrap();
    }

    fn window_max(&self) -> usize {
        1000
    }
}

struct Factory {
    ends: Mutex<Sender<String>>,
    failures: Arc<AtomicUsize>,
}

impl Protocols for Factory {
    type Protocol = Lines;

    fn protocol(&self, _: &Addr) -> Lines {
        Lines(self.ends.lock().unwrap().clone())
    }

    fn error(&self, _: &Failure) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
}

struct Served {
    running: Running,
    ends: Receiver<String>,
    failures: Arc<AtomicUsize>,
}

/// The same protocol, by one loop and by threads.
fn served(options: &Options) -> [Served; 2] {
    [true, false].map(|by_loop| {
        let (sender, ends) = mpsc::channel();
        let failures = Arc::<AtomicUsize>::default();
        let factory = Factory { ends: Mutex::new(sender), failures: failures.clone() };
        let server = StreamServer::bind_with(("127.0.0.1", 0), options).unwrap();
        let running = match by_loop {
            true => server.spawn(EventLoop::new(), factory).unwrap(),
            false => server.spawn(Threads::new(8), Driven(factory)).unwrap(),
        };
        Served { running, ends, failures }
    })
}

#[test]
fn a_protocol_is_told_everything_in_order() {
    for Served { running, ends, .. } in served(&Options::default()) {
        let mut client = Client::of(running.addr());
        assert_eq!(client.line(), "welcome");
        client.send("one\ntw");
        assert_eq!(client.line(), "one!");
        client.send("o\nthr");
        assert_eq!(client.line(), "two!");
        client.end();
        assert_eq!(client.rest(), b"3 left\n");
        assert_eq!(ends.recv_timeout(LONG).unwrap(), "in order");
    }
}

#[test]
fn a_protocol_closes_when_its_answer_is_delivered() {
    for Served { running, ends, .. } in served(&Options::default()) {
        let mut client = Client::of(running.addr());
        client.send("close\nnot taken any more\n");
        assert_eq!(client.rest(), b"welcome\nclosing\n");
        assert_eq!(ends.recv_timeout(LONG).unwrap(), "in order");
    }
}

#[test]
fn what_goes_wrong_in_one_protocol_is_told_and_ends_that_connection_alone() {
    for Served { running, ends, failures } in served(&Options::default()) {
        let mut bystander = Client::of(running.addr());
        assert_eq!(bystander.line(), "welcome");
        let mut client = Client::of(running.addr());
        client.send("said before\nfail\n");
        assert_eq!(client.rest(), b"welcome\nsaid before!\n");
        assert!(ends.recv_timeout(LONG).unwrap().contains("EINVAL"));
        let mut client = Client::of(running.addr());
        client.send("panic\n");
        client.rest();
        let mut client = Client::of(running.addr());
        client.send(&"x".repeat(1000));
        client.rest();
        assert!(ends.recv_timeout(LONG).unwrap().contains("too long"));
        assert_eq!(bystander.ask("still there"), "still there!");
        drop(bystander);
        assert_eq!(running.stop().unwrap().failed, 3);
        assert_eq!(failures.load(Ordering::SeqCst), 3);
    }
}

#[test]
fn a_silent_client_is_closed_and_the_protocol_knows_why() {
    let options = Options { idle_timeout: Some(Duration::from_millis(20)), ..Options::default() };
    for Served { running, ends, .. } in served(&options) {
        let mut client = Client::of(running.addr());
        assert_eq!(client.rest(), b"welcome\n");
        assert!(ends.recv_timeout(LONG).unwrap().contains("timed out"));
    }
}

#[test]
fn a_client_that_outlives_the_grace_is_cut_and_the_protocol_knows_why() {
    let options = Options { grace: Duration::from_millis(1), ..Options::default() };
    for Served { running, ends, .. } in served(&options) {
        let mut client = Client::of(running.addr());
        assert_eq!(client.line(), "welcome");
        assert_eq!(running.stop().unwrap().cut, 1);
        assert!(client.is_closed());
        assert!(ends.recv_timeout(LONG).unwrap().contains("ECONNABORTED"));
    }
}

/// Answers every byte with 4 KiB, and remembers the most that ever waited.
struct Amplifier(Arc<AtomicUsize>);

impl Protocol for Amplifier {
    fn received(&mut self, _: &[u8], out: &mut Output) -> Result<usize> {
        assert!(!out.is_full(), "asked for more while the client takes nothing");
        out.send(&[b'x'; 4096]);
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(1)
    }
}

#[test]
fn a_client_that_does_not_read_its_answers_cannot_fill_the_memory() {
    let answered = Arc::<AtomicUsize>::default();
    let counted = answered.clone();
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(EventLoop::new(), move || Amplifier(counted.clone())).unwrap();
    let client = Client::of(running.addr());
    // 64 KiB of requests ask for 256 MiB, more than any kernel buffers.
    client.stream().write_all(&[b'?'; 65_536]).unwrap();
    // Another client is served meanwhile, so that the loop neither waits for the first nor spins.
    let mut other = Client::of(running.addr());
    other.send("?");
    let mut answer = [0; 4096];
    other.stream().read_exact(&mut answer).unwrap();
    assert!(answered.load(Ordering::SeqCst) < 60_000);
    // Once it reads, it gets all of it.
    client.end();
    let mut total = 0;
    let mut piece = vec![0; 1 << 20];
    loop {
        match client.stream().read(&mut piece).unwrap() {
            0 => break,
            n => total += n,
        }
    }
    assert_eq!(total, 65_536 * 4096);
    assert_eq!(answered.load(Ordering::SeqCst), 65_537);
}

/// Fails twice over: on hearing of its end, and when it goes.
struct Twice;

impl Protocol for Twice {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }

    fn closed(&mut self, _: Option<&Error>) {
        panic!("on its end");
    }
}

impl Drop for Twice {
    fn drop(&mut self) {
        panic!("on going");
    }
}

#[test]
fn a_protocol_that_panics_at_every_end_takes_nothing_down() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(EventLoop::new(), || Twice).unwrap();
    for _ in 0..3 {
        let mut client = Client::of(running.addr());
        assert_eq!(client.ask("hello"), "hello");
        client.end();
        assert!(client.is_closed());
    }
    let summary = running.stop().unwrap();
    assert_eq!((summary.accepted, summary.failed), (3, 3));
}
