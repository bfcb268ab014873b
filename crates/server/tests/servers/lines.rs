//! What a handler reads and sends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use sockrates_core::{Deadline, RecvFlags, Result, framing::Netstring};
use sockrates_server::{Connection, Running, Sequential, StreamServer, Threads};

use crate::client::Client;

fn start(handler: fn(&mut Connection) -> Result<()>) -> (Running, TcpStream) {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Threads::new(4).named("lines"), handler).unwrap();
    let client = TcpStream::connect(running.addr().as_inet().unwrap()).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (running, client)
}

fn echo(conn: &mut Connection) -> Result<()> {
    let mut line = Vec::new();
    while conn.read_line(&mut line, 4096)? {
        conn.send_all(&line)?;
    }
    Ok(())
}

#[test]
fn lines_come_whole_however_they_are_cut() {
    let (running, mut client) = start(echo);
    for piece in ["on", "e\ntwo\nth", "ree\n", "no end"] {
        client.write_all(piece.as_bytes()).unwrap();
    }
    client.shutdown(Shutdown::Write).unwrap();
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    assert_eq!(all, "one\ntwo\nthree\nno end");
    assert_eq!(running.stop().unwrap().accepted, 1);
}

#[test]
fn what_is_buffered_is_not_lost_when_the_framing_changes() {
    let (_running, mut client) = start(|conn| {
        let mut line = Vec::new();
        assert!(conn.read_line(&mut line, 64)?);
        conn.send_all(&line)?;
        let mut framed = conn.framed(Netstring::new(64));
        while let Some(body) = framed.next()? {
            let body = body.to_vec();
            framed.send(&body)?;
        }
        Ok(())
    });
    client.write_all(b"netstrings now\n3:abc,0:,").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    assert_eq!(all, "netstrings now\n3:abc,0:,");
}

#[test]
fn a_connection_is_a_reader_and_writer_of_the_standard_library() {
    let (_running, mut client) = start(|conn| {
        let mut word = Vec::new();
        conn.read_until(b' ', &mut word).unwrap();
        let mut rest = [0; 4];
        conn.read_exact(&mut rest)?;
        write!(conn, "{} {}", word.escape_ascii(), rest.escape_ascii()).unwrap();
        Ok(())
    });
    client.write_all(b"one four").unwrap();
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    assert_eq!(all, "one  four");
}

#[test]
fn sequential_serves_one_after_the_other() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Sequential::new(), echo).unwrap();
    let addr = running.addr().as_inet().unwrap();
    let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(addr).unwrap()).collect();
    for (mut client, number) in clients.into_iter().zip(0..) {
        writeln!(client, "client {number}").unwrap();
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line).unwrap();
        assert_eq!(line, format!("client {number}\n"));
    }
    assert_eq!(running.stop().unwrap().accepted, 3);
}

#[test]
fn an_answer_arrives_whole_also_where_not_all_was_read() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let addr = server.local_addr().unwrap().as_inet().unwrap();
    let mut client = TcpStream::connect(addr).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // More than the handler's buffer takes, and there before it is served.
    client.write_all(&[b"order\n", &[b'x'; 30_000][..]].concat()).unwrap();
    let answer = |conn: &mut Connection| {
        conn.read_line(&mut Vec::new(), 64)?;
        conn.send_all(b"answer")
    };
    let running = server.spawn(Sequential::new(), answer).unwrap();
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    assert_eq!(all, "answer");
    running.stop().unwrap();
    // Where the answer is still on its way, a reset destroys it; on loopback it only shows.
    assert!(client.take_error().unwrap().is_none(), "the connection was reset");
}

#[test]
fn a_line_that_has_arrived_is_read_also_past_the_deadline() {
    let (_running, mut client) = start(|conn| {
        let mut line = Vec::new();
        // Waits until all of it is there, and leaves it there.
        let (flags, all) = (RecvFlags::PEEK | RecvFlags::WAITALL, &mut [0; 8]);
        assert_eq!(conn.socket().recv_with(all, flags)?.len, 8);
        let past = Deadline::after(Duration::ZERO);
        assert!(conn.read_line_by(&mut line, 100, past)?);
        assert!(conn.read_line_by(&mut Vec::new(), 100, past).unwrap_err().is_timeout());
        conn.send_all(&line)
    });
    client.write_all(b"hello\nan").unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"hello\n");
}

#[test]
fn a_name_with_a_nul_names_threads_all_the_same() {
    let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
    let running = server.spawn(Threads::new(2).named("a\0b"), echo).unwrap();
    assert_eq!(Client::of(running.addr()).ask("hello"), "hello");
}
