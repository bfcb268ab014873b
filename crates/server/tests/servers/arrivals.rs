//! However bytes arrive at an event loop, it takes all of them: it is told once of an arrival.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;

use socket2::SockRef;
use sockrates_core::Result;
use sockrates_poll::Backend;
use sockrates_server::{EventLoop, Output, Protocol, Running, StreamServer};

use crate::client::{Client, LONG};

struct Echo;

impl Protocol for Echo {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(bytes);
        Ok(bytes.len())
    }
}

/// Takes a byte at a time, and answers each with a thousand.
struct Thousandfold;

impl Protocol for Thousandfold {
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
        out.send(&[bytes[0]; 1000]);
        Ok(1)
    }
}

fn echo(backend: Backend) -> Running {
    StreamServer::bind(("127.0.0.1", 0)).unwrap().spawn(EventLoop::on(backend), || Echo).unwrap()
}

#[test]
fn bytes_and_the_end_at_once() {
    for backend in Backend::ALL {
        let running = echo(*backend);
        // Now and then both are there before the loop looks.
        for round in 0..300 {
            let mut client = Client::of(running.addr());
            let text = format!("round {round}");
            client.send(&text);
            client.end();
            assert_eq!(client.rest(), text.as_bytes());
        }
    }
}

#[test]
fn more_than_is_received_at_once() {
    for backend in Backend::ALL {
        let running = echo(*backend);
        let mut client = Client::of(running.addr());
        let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
        let mut sender = client.stream().try_clone().unwrap();
        let sent = bytes.clone();
        let sending = thread::spawn(move || {
            sender.write_all(&sent).unwrap();
            sender.shutdown(Shutdown::Write).unwrap();
        });
        assert!(client.rest() == bytes, "{backend:?}");
        sending.join().unwrap();
    }
}

#[test]
fn an_urgent_byte_among_others() {
    let running = echo(Backend::BEST);
    for _ in 0..100 {
        let mut client = Client::of(running.addr());
        client.send("before");
        SockRef::from(client.stream()).send_out_of_band(b"!").unwrap();
        client.send("after\n");
        assert_eq!(client.line(), "beforeafter");
    }
}

#[test]
fn a_protocol_that_answers_faster_than_its_client_reads() {
    for backend in Backend::ALL {
        let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
        let running = server.spawn(EventLoop::on(*backend), || Thousandfold).unwrap();
        let mut client = Client::of(running.addr());
        client.send(&"x".repeat(9_000));
        client.end();
        assert_eq!(client.rest().len(), 9_000_000, "{backend:?}");
    }
}

#[test]
fn over_a_local_socket() {
    let path = std::env::temp_dir().join(format!("arrivals-{}", std::process::id()));
    let server = StreamServer::bind(path.as_path()).unwrap();
    let running = server.spawn(EventLoop::new(), || Echo).unwrap();
    let mut client = UnixStream::connect(&path).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    for text in ["one", "two", "three"] {
        client.write_all(text.as_bytes()).unwrap();
        let mut answer = vec![0; text.len()];
        client.read_exact(&mut answer).unwrap();
        assert_eq!(answer, text.as_bytes());
    }
    client.write_all(b"the last").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"the last");
    drop(running);
}
