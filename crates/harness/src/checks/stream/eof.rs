//! The checks of the clauses stream.eof.*

use std::sync::Barrier;
use std::thread;

use sockrates_core::{Deadline, Errno, Error, RecvFlags, SendFlags, Shutdown};

use crate::checks::checks;
use crate::expect::{came, ends, fails_with, holds, received, same_bytes, saw, told, would_block};
use crate::{Caps, Case, Conn, Observation, Stop};

checks!("stream.eof" {
    drained, sticky, half, own, unread_input, write_after, empty_write_after, queued, twice,
    unconnected,
    wrong_number, read_side, late_data, simultaneous, wakes_reader, unsupported,
});

fn drained(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"the last words", case.soon())?;
    let _open = finish(a, case.has(Caps::HALF_CLOSE))?;
    same_bytes("before the end", b"the last words", &b.recv_to_end(case.soon())?)?;
    holds()
}

fn sticky(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _open = finish(a, case.has(Caps::HALF_CLOSE))?;
    for _ in 0..3 {
        ends(&b, case.soon())?;
    }
    holds()
}

fn half(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"question", case.soon())?;
    a.close_send()?;
    same_bytes("the question", b"question", &b.recv_to_end(case.soon())?)?;
    b.send_all(b"answer", case.soon())?;
    b.close_send()?;
    same_bytes("the answer", b"answer", &a.recv_to_end(case.soon())?)?;
    holds()
}

fn own(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close_send()?;
    if case.has(Caps::DONTWAIT) {
        let early = a.recv_with(8, RecvFlags::DONTWAIT, Deadline::NEVER);
        would_block("a receive before the peer sends", early)?;
    }
    b.send_all(b"still open", case.soon())?;
    same_bytes("to the side that ended", b"still open", &a.recv_exact(10, case.soon())?)?;
    holds()
}

fn unread_input(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"unread", case.soon())?;
    same_bytes("the first byte", b"u", &b.recv_exact(1, case.soon())?)?;
    b.close_send()?;
    ends(&a, case.soon())?;
    same_bytes("the input after the end", b"nread", &b.recv_exact(5, case.soon())?)?;
    a.send_all(b", and more", case.soon())?;
    same_bytes("what came after it", b", and more", &b.recv_exact(10, case.soon())?)?;
    holds()
}

fn write_after(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.close_send()?;
    came(a.send_until(b"x", case.soon()), "accepted")
}

fn empty_write_after(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    a.close_send()?;
    came(a.send_with(&[b""], SendFlags::NONE, case.soon()), "accepted")
}

fn queued(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let sent = case.bytes(300_000);
    let (soon, alone) = (case.soon(), case.has(Caps::HALF_CLOSE));
    let received = thread::scope(|scope| {
        let sender = scope.spawn(|| {
            a.send_all(&sent, soon)?;
            finish(a, alone)
        });
        let received = b.recv_to_end(soon);
        let sent = sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        sent.and_then(|_open| Ok(received?))
    })?;
    same_bytes("before the end", &sent, &received)?;
    holds()
}

fn twice(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.shutdown(Shutdown::Write)?;
    let again = a.shutdown(Shutdown::Write);
    ends(&b, case.soon())?;
    came(again, "succeeds")
}

fn unconnected(case: &Case<'_>) -> Observation {
    for how in [Shutdown::Read, Shutdown::Write, Shutdown::Both] {
        let result = case.socket()?.shutdown(how);
        fails_with("shutting an unconnected socket down", result, &[Errno::ENOTCONN]).map(drop)?;
    }
    holds()
}

fn wrong_number(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let seen = match a.endpoint().shutdown_by_number(7) {
        Err(Error::Unsupported { .. }) => "unrepresentable".into(),
        other => came(other, "accepted")?,
    };
    // Whatever it was called, it must have closed nothing.
    b.send_all(b"in", case.soon())?;
    same_bytes("after the wrong number", b"in", &a.recv_exact(2, case.soon())?)?;
    a.send_all(b"out", case.soon())?;
    same_bytes("after the wrong number", b"out", &b.recv_exact(3, case.soon())?)?;
    saw(seen)
}

fn read_side(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.shutdown(Shutdown::Read)?;
    let seen = received(a.recv_until(8, case.soon()))?;
    a.send_all(b"on", case.soon())?;
    same_bytes("from the side that reads no more", b"on", &b.recv_exact(2, case.soon())?)?;
    saw(seen)
}

fn late_data(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.shutdown(Shutdown::Read)?;
    if let Err(error) = b.send_until(b"late", case.soon()) {
        return saw(told(&error));
    }
    saw(match received(a.recv_until(8, case.soon()))?.as_ref() {
        "data" => "delivered".to_owned(),
        "end" => "discarded".to_owned(),
        error => error.to_owned(),
    })
}

fn simultaneous(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let start = Barrier::new(2);
    let close = |end: &Conn| {
        start.wait();
        end.close_send()
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| close(&b));
        let (one, other) = (close(&a), other.join());
        one.and(other.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    ends(&a, case.soon())?;
    ends(&b, case.soon())?;
    holds()
}

fn wakes_reader(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (soon, alone) = (case.soon(), case.has(Caps::HALF_CLOSE));
    let (read, closed) = case.while_blocked(|| b.recv_until(8, soon), || finish(a, alone));
    let _open = closed?;
    received(read)
}

fn unsupported(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    match a.close_send() {
        Ok(()) => {}
        Err(Error::Unsupported { .. }) => return saw("unsupported"),
        Err(error) => return saw(told(&error)),
    }
    // A side that was not ended takes bytes, and its peer gets them.
    if a.send_until(b"more", case.soon()).is_ok() {
        return saw("pretends");
    }
    ends(&b, case.soon())?;
    b.send_all(b"back", case.soon())?;
    same_bytes("to the side that ended", b"back", &a.recv_exact(4, case.soon())?)?;
    saw(if case.has(Caps::HALF_CLOSE) { "supported" } else { "supported but not declared" })
}

/// Ends the sending side of `end`: `alone`, in which case the rest of it is returned, else by
/// dropping it.
fn finish(end: Conn, alone: bool) -> Result<Option<Conn>, Stop> {
    if alone {
        end.close_send()?;
        return Ok(Some(end));
    }
    end.drop_now();
    Ok(None)
}
