//! Flags of one call, and the count of what is queued.

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, RecvBuf, RecvFlags, SendFlags, Transport};

use crate::checks::stream::pattern::{Pattern, clog_by, drain, narrow_pair, nothing_between};
use crate::expect::{ends, ensure, equal, fail, holds, same_bytes, saw, told, would_block};
use crate::{Caps, Case, Conn, Observation, Stop};

pub(super) fn peek(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"hello", case.soon())?;
    let mut left = b"hello".as_slice();
    for received in [0, 2] {
        same_bytes("what was peeked at", &left[..received], &b.recv_exact(received, case.soon())?)?;
        left = &left[received..];
        for max in [3, 100, 1] {
            let peeked = b.recv_with(max, RecvFlags::PEEK, case.soon())?.bytes;
            ensure(
                (1..=max).contains(&peeked.len()) && left.starts_with(&peeked),
                "a peek returns the first bytes that the next receive will return",
                "it returns others",
            )?;
        }
    }
    same_bytes("what was peeked at", left, &b.recv_exact(left.len(), case.soon())?)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn peek_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.close_send()?;
    for _ in 0..2 {
        let peeked = b.recv_with(10, RecvFlags::PEEK, case.soon())?.bytes;
        equal("what a peek at the end returns", &0, &peeked.len())?;
    }
    ends(&b, case.soon())?;
    holds()
}

pub(super) fn waitall(case: &Case<'_>) -> Observation {
    let (a, b) = half_arrived(case)?;
    let soon = case.soon();
    let (got, sent) = case.while_blocked(
        || b.recv_with(9, RecvFlags::WAITALL, soon),
        || a.send_all(b"56789", case.soon()),
    );
    sent?;
    same_bytes("a whole buffer", b"123456789", &got?.bytes)?;
    holds()
}

pub(super) fn waitall_end(case: &Case<'_>) -> Observation {
    let (a, b) = half_arrived(case)?;
    a.close_send()?;
    let got = b.recv_with(9, RecvFlags::WAITALL, case.soon())?;
    same_bytes("the rest before the end", b"1234", &got.bytes)?;
    ends(&b, case.soon())?;
    holds()
}

pub(super) fn waitall_deadline(case: &Case<'_>) -> Observation {
    let (a, b) = half_arrived(case)?;
    let mut memory = [b'.'; 9];
    let mut buf = RecvBuf::new(&mut memory);
    let short = Deadline::at(Instant::now());
    let (counted, seen) = match b.recv_msg(&mut buf, RecvFlags::WAITALL, short) {
        Ok(got) => (got.len, "short"),
        Err(error) if error.is_timeout() => (error.done(), "timed out"),
        Err(error) => return fail("a short count, or a timeout with the count", told(&error)),
    };
    let got = buf.filled().to_vec();
    equal("the bytes counted", &got.len(), &counted)?;
    a.send_all(b"56789", case.soon())?;
    let rest = b.recv_exact(9 - got.len(), case.soon())?;
    same_bytes("all of it", b"123456789", &[got, rest].concat())?;
    saw(seen)
}

/// A pair where "b" has received "0", and "1234" is there or on its way.
fn half_arrived(case: &Case<'_>) -> Result<(Conn, Conn), Stop> {
    let (a, b) = case.pair()?;
    a.send_all(b"01234", case.soon())?;
    equal("the first byte", b"0".as_slice(), b.recv_exact(1, case.soon())?.as_slice())?;
    Ok((a, b))
}

pub(super) fn dontwait_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let dontwait = |conn: &Conn| conn.recv_with(10, RecvFlags::DONTWAIT, Deadline::NEVER);
    would_block("a receive that must not wait", dontwait(&b))?;
    let soon = case.soon();
    let (got, sent) = case.while_blocked(
        || b.recv_until(10, soon),
        || {
            a.send_all(b"x", case.soon())?;
            Ok::<_, Error>(())
        },
    );
    sent?;
    same_bytes("the next receive, which may wait", b"x", &got?)?;
    if case.has(Caps::TIMEOUT) {
        // The error tells which it was: a wait to the timeout's end is not EAGAIN.
        b.set_mode(Mode::Timeout(Duration::from_millis(40)))?;
        would_block("a receive that must not wait, in timeout mode", dontwait(&b))?;
    }
    holds()
}

pub(super) fn dontwait_send(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = clog_by(case, &pattern, |bytes| {
        a.send_with(&[bytes], SendFlags::DONTWAIT, Deadline::NEVER)
    })?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn more(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let seen = match a.send_with(&[b"head, "], SendFlags::MORE, case.soon()) {
        Ok(6) => {
            a.send_all(b"body", case.soon())?;
            same_bytes("the two sends", b"head, body", &b.recv_exact(10, case.soon())?)?;
            "delivered"
        }
        Ok(_) => return fail("all of 6 bytes taken", "a part of them"),
        Err(Error::Unsupported { .. }) => "unsupported",
        Err(Error::Os { errno: Errno::EOPNOTSUPP, .. }) => "EOPNOTSUPP",
        Err(error) => return Err(error.into()),
    };
    nothing_between(&a, &b, case.soon())?;
    saw(seen)
}

pub(super) fn queued(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("queued before anything was sent", &0, &b.queued()?)?;
    a.send_all(b"0123456789", case.soon())?;
    let patience = Instant::now() + case.transport()?.patience();
    while b.queued()? < 10 && Instant::now() < patience {
        std::thread::yield_now();
    }
    equal("queued once 10 bytes have arrived", &10, &b.queued()?)?;
    b.recv_exact(4, case.soon())?;
    equal("queued once 4 of them are received", &6, &b.queued()?)?;
    b.recv_exact(6, case.soon())?;
    equal("queued once all of them are received", &0, &b.queued()?)?;
    holds()
}
