//! Streams: reading and writing, ends, resets, duplicates.

use std::io::{self, IoSlice, Read, Write};

use sockrates_core::{Errno, Error, Framed, Shutdown, framing::LengthPrefix};
use sockrates_tcp::TcpStream;

mod pair;
use pair::pair;

#[test]
fn std_io_reads_and_writes_through_values_and_references() {
    let (mut client, server) = pair();
    client.write_all(b"one ").unwrap();
    let slices = [IoSlice::new(b"t"), IoSlice::new(b""), IoSlice::new(b"wo")];
    assert_eq!(client.write_vectored(&slices).unwrap(), 3);
    client.flush().unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    (&server).read_to_string(&mut text).unwrap();
    assert_eq!(text, "one two");
    assert_eq!(client.write(b"more").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_half_close_leaves_the_other_direction_open() {
    let (client, server) = pair();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.recv(&mut [0; 8]).unwrap(), 0);
    assert_eq!(server.recv(&mut [0; 8]).unwrap(), 0);
    server.send_all(b"still").unwrap();
    let mut still = [0; 5];
    client.recv_exact(&mut still).unwrap();
    assert_eq!(&still, b"still");
}

#[test]
fn an_abort_is_seen_as_a_reset() {
    let (client, server) = pair();
    client.abort().unwrap();
    assert_eq!(server.recv(&mut [0; 8]).unwrap_err().errno(), Some(Errno::ECONNRESET));
    assert_eq!(client.abort().unwrap_err().errno(), Some(Errno::EBADF));
}

#[test]
fn close_wakes_a_receive() {
    let (client, _server) = pair();
    std::thread::scope(|scope| {
        let receiving = scope.spawn(|| client.recv(&mut [0; 8]));
        client.close().unwrap();
        let error = receiving.join().unwrap().unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBADF));
    });
    assert_eq!(client.send(b"x").unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(client.peer_addr().unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(client.dup().unwrap_err().errno(), Some(Errno::EBADF));
    assert_eq!(client.set_nodelay(true).unwrap_err().errno(), Some(Errno::EBADF));
}

#[test]
fn the_connection_ends_with_its_last_handle() {
    let (client, server) = pair();
    let twin = client.dup().unwrap();
    assert_eq!(twin.timeout(), client.timeout());
    client.close().unwrap();
    twin.send_all(b"on").unwrap();
    server.recv_exact(&mut [0; 2]).unwrap();
    drop(twin);
    assert_eq!(server.recv(&mut [0; 2]).unwrap(), 0);
}

#[test]
fn an_end_in_the_middle_says_how_far_it_came() {
    let (client, server) = pair();
    client.send_all(b"abc").unwrap();
    client.close().unwrap();
    let mut buf = [0; 5];
    let error = server.recv_exact(&mut buf).unwrap_err();
    assert!(matches!(error, Error::Eof { have: 3, want: Some(5), .. }), "{error:?}");
    assert_eq!(&buf[..3], b"abc");
}

#[test]
fn a_peek_takes_nothing_and_no_room_receives_nothing() {
    let (client, server) = pair();
    client.send_all(b"ab").unwrap();
    let mut two = [0; 2];
    assert_eq!(server.peek(&mut two).unwrap(), 2);
    assert_eq!(server.recv(&mut []).unwrap(), 0);
    assert_eq!(server.recv(&mut two).unwrap(), 2);
    assert_eq!(&two, b"ab");
}

#[test]
fn frames_go_both_ways_and_end_in_between() {
    let (client, server) = pair();
    let framing = || LengthPrefix::u16(16).unwrap();
    let mut client = Framed::new(client, framing());
    let mut server = Framed::new(server, framing());
    let error = client.send(&[0; 17]).unwrap_err();
    assert!(matches!(error, Error::Frame { .. }), "{error:?}");
    client.send(b"ping").unwrap();
    client.send(b"").unwrap();
    assert_eq!(server.next().unwrap(), Some(&b"ping"[..]));
    assert_eq!(server.next().unwrap(), Some(&b""[..]));
    server.send(b"pong").unwrap();
    assert_eq!(client.next().unwrap(), Some(&b"pong"[..]));
    client.get_ref().shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.next().unwrap(), None);
}

#[test]
fn a_declared_length_of_2_to_the_63_is_an_error_of_the_peer() {
    let (client, server) = pair();
    client.send_all(&(1_u64 << 63).to_be_bytes()).unwrap();
    let mut server = Framed::new(server, LengthPrefix::u64(1024).unwrap());
    let text = server.next().unwrap_err().to_string();
    assert!(text.contains("9223372036854775808") && text.contains("1024"), "{text}");
    assert!(server.next().is_err(), "what follows is not known");
    drop::<TcpStream>(client);
}
