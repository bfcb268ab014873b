//! The checks of the clauses stream.state.*

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Ready, RecvFlags, Shutdown};

use crate::checks::checks;
use crate::expect::{
    came, ends, ensure, equal, fails_with, holds, received, same_bytes, saw, told,
};
use crate::{Case, Conn, Observation, Stop};

checks!("stream.state" {
    fresh, peek_all, no_room_at_end, queued_before_shutdown, peer_after_end, peer_after_reset,
    listen_again, listen_connected, bind_connected, linger_taken_back, wait_idle, wait_data,
    wait_end, wait_shutdown,
});

/// Neither what succeeds nor what would have had to wait is an error of the connection.
fn fresh(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("the pending error at first", &Errno::SUCCESS, &a.take_error()?)?;
    a.send_all(b"x", case.soon())?;
    b.recv_exact(1, case.soon())?;
    let early = b.recv_with(1, RecvFlags::DONTWAIT, Deadline::NEVER);
    ensure(early.is_err(), "nothing more arrives", "something arrives")?;
    equal("the pending error of the sender", &Errno::SUCCESS, &a.take_error()?)?;
    equal("the pending error of the receiver", &Errno::SUCCESS, &b.take_error()?)?;
    holds()
}

fn peek_all(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"first, ", case.soon())?;
    let (soon, flags) = (case.soon(), RecvFlags::PEEK | RecvFlags::WAITALL);
    let (peeked, sent) =
        case.while_blocked(|| b.recv_with(13, flags, soon), || a.send_all(b"second", case.soon()));
    sent?;
    let whole = b"first, second";
    let peeked = peeked?.bytes;
    ensure(whole.starts_with(&peeked), "the first of what was sent", "other bytes")?;
    same_bytes("after the peek", whole, &b.recv_exact(whole.len(), case.soon())?)?;
    saw(if peeked.len() == whole.len() { "all" } else { "what there was" })
}

fn no_room_at_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"x", case.soon())?;
    a.close_send()?;
    for what in ["before the last byte", "at the end", "after the end"] {
        match b.recv_until(0, case.soon()) {
            Ok(bytes) => equal(what, &0, &bytes.len())?,
            Err(error) => return saw(format!("{what}: {}", told(&error))),
        }
        match what {
            "before the last byte" => same_bytes(what, b"x", &b.recv_exact(1, case.soon())?)?,
            _ => ends(&b, case.soon())?,
        }
    }
    holds()
}

fn queued_before_shutdown(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"before", case.soon())?;
    b.wait(Ready::READ, case.soon())?;
    b.shutdown(Shutdown::Read)?;
    let mut arrived = Vec::new();
    let ended = loop {
        match b.recv_until(16, case.soon()) {
            Ok(bytes) if bytes.is_empty() => break "discarded".to_owned(),
            Ok(bytes) => arrived.extend(bytes),
            Err(error) => break told(&error),
        }
        if arrived.len() >= b"before".len() {
            break "delivered".to_owned();
        }
    };
    if !arrived.is_empty() {
        same_bytes("what had arrived", b"before", &arrived)?;
    }
    saw(ended)
}

fn peer_after_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (own, peer) = (b.local_addr()?, b.peer_addr()?);
    a.close_send()?;
    ends(&b, case.soon())?;
    ensure(b.local_addr()? == own, "its own address, as before", "another address")?;
    match b.peer_addr() {
        Ok(addr) => ensure(addr == peer, "the peer's address, as before", "another address")?,
        Err(error) => return saw(told(&error)),
    }
    holds()
}

fn peer_after_reset(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let peer = b.peer_addr()?;
    a.abort()?;
    let _ = received(b.recv_until(8, case.soon()))?;
    match b.peer_addr() {
        Ok(addr) if addr == peer => saw("told"),
        Ok(_) => saw("another address"),
        Err(error) => saw(told(&error)),
    }
}

/// Whoever waited is accepted, whatever the second call came to.
fn listen_again(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(4)?;
    let client = case.connect(&addr, case.soon())?;
    let again = came(listener.listen(8), "again")?;
    let (server, _) = listener.accept(case.soon())?;
    client.send_all(b"hello", case.soon())?;
    same_bytes("from who had waited", b"hello", &server.recv_exact(5, case.soon())?)?;
    saw(again)
}

fn listen_connected(case: &Case<'_>) -> Observation {
    let (client, server, _listener) = case.accepted()?;
    for end in [&client, &server] {
        fails_with("listening on a connection", end.listen(1), &[Errno::EINVAL]).map(drop)?;
    }
    still_connected(case, &client, &server)?;
    holds()
}

fn bind_connected(case: &Case<'_>) -> Observation {
    let (client, server, _listener) = case.accepted()?;
    let bound = came(client.bind(&case.transport()?.any_addr()?), "named")?;
    still_connected(case, &client, &server)?;
    saw(bound)
}

fn still_connected(case: &Case<'_>, a: &Conn, b: &Conn) -> Result<(), Stop> {
    for (from, to) in [(a, b), (b, a)] {
        from.send_all(b"still", case.soon())?;
        same_bytes("on the connection", b"still", &to.recv_exact(5, case.soon())?)?;
    }
    Ok(())
}

fn linger_taken_back(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_linger(Some(Duration::ZERO))?;
    b.set_linger(None)?;
    b.send_all(b"x", case.soon())?;
    b.drop_now();
    same_bytes("before the end", b"x", &a.recv_exact(1, case.soon())?)?;
    received(a.recv_until(8, case.soon()))
}

/// Whether `end` is ready to receive by `deadline`.
fn readable(end: &Conn, deadline: Deadline) -> Result<bool, Stop> {
    match end.wait(Ready::READ, deadline) {
        Ok(ready) => Ok(ready.read),
        Err(error) if error.is_timeout() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn wait_idle(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let none = readable(&a, Deadline::at(Instant::now()))?;
    ensure(!none, "nothing to receive where nothing was sent", "something to receive")?;
    let room = a.wait(Ready::WRITE, case.soon())?.write;
    ensure(room, "room to send", "none")?;
    holds()
}

fn wait_data(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"two", case.soon())?;
    for left in [3, 2, 1] {
        let there = readable(&b, case.soon())?;
        ensure(there, format!("{left} bytes to receive"), "nothing to receive")?;
        b.recv_exact(1, case.soon())?;
    }
    let more = readable(&b, Deadline::at(Instant::now()))?;
    ensure(!more, "nothing to receive once all was received", "something to receive")?;
    holds()
}

fn wait_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close_send()?;
    for _ in 0..3 {
        ensure(readable(&b, case.soon())?, "the end to receive", "nothing to receive")?;
        ends(&b, case.soon())?;
    }
    holds()
}

fn wait_shutdown(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.shutdown(Shutdown::Both)?;
    ensure(readable(&a, case.soon())?, "a receive that does not wait", "nothing to receive")?;
    received(a.recv_until(8, case.soon()))
}
