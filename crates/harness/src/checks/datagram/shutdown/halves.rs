//! Shutting down one direction or both.

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, Shutdown};

use crate::checks::datagram::ends::{connected, connects, next, send};
use crate::expect::{
    ensure, fail, fails_with, holds, inconclusive, same_bytes, saw, told, would_block,
};
use crate::{Case, Conn, Observation, Stop};

/// How long a datagram that may be discarded is waited for.
const MAYBE: Duration = Duration::from_millis(40);

/// How often a shutdown that may have come too late is tried again.
const TRIES: usize = 50;

/// Nothing is sent any more, not even nothing.
fn sends_nothing(end: &Conn) -> Result<(), Stop> {
    for bytes in [&b"too late"[..], b""] {
        let _ = fails_with("sending after the shutdown", end.send(bytes), &[Errno::EPIPE])?;
    }
    Ok(())
}

pub(super) fn write(case: &Case<'_>) -> Observation {
    for how in [Shutdown::Write, Shutdown::Both] {
        let (a, b) = connected(case)?;
        send(case, &a, b"in time")?;
        a.shutdown(how)?;
        sends_nothing(&a)?;
        same_bytes("the datagram before it", b"in time", &next(case, &b)?)?;
    }
    holds()
}

/// The contract's own way to end the sending side. Ends that cannot be connected have no peer.
pub(super) fn close_send(case: &Case<'_>) -> Observation {
    let (a, b) = connected(case)?;
    send(case, &a, b"in time")?;
    match a.close_send() {
        Err(Error::Unsupported { .. }) => return saw("unsupported"),
        Err(Error::Os { errno: Errno::ENOTCONN, .. }) if !connects(case) => return holds(),
        other => other?,
    }
    sends_nothing(&a)?;
    same_bytes("the datagram before it", b"in time", &next(case, &b)?)?;
    holds()
}

pub(super) fn reverse(case: &Case<'_>) -> Observation {
    let (a, b) = connected(case)?;
    send(case, &b, b"before")?;
    a.shutdown(Shutdown::Write)?;
    send(case, &b, b"after")?;
    for expected in [&b"before"[..], b"after"] {
        same_bytes("the datagram the other way", expected, &next(case, &a)?)?;
    }
    holds()
}

/// There is no end to receive: the peer learns nothing.
pub(super) fn no_end(case: &Case<'_>) -> Observation {
    let (a, b) = connected(case)?;
    send(case, &a, b"the last")?;
    a.shutdown(Shutdown::Write)?;
    same_bytes("the last datagram", b"the last", &next(case, &b)?)?;
    b.set_mode(Mode::NonBlocking)?;
    let after = b.recv(100);
    if matches!(after, Err(Error::Eof { .. })) {
        return saw("ends");
    }
    would_block("receiving after the peer's last datagram", after.map(drop))?;
    holds()
}

/// After the reading side is shut down a receive says so with an empty result, or goes on as
/// before, or finds nothing any more.
pub(super) fn read(case: &Case<'_>) -> Observation {
    let (a, b) = connected(case)?;
    a.shutdown(Shutdown::Read)?;
    a.set_mode(Mode::NonBlocking)?;
    match a.recv(100) {
        Ok(bytes) if bytes.is_empty() => return saw("ends"),
        Ok(_) => return fail("nothing to receive", "a datagram that nobody sent"),
        Err(Error::Eof { .. }) => return saw("ends"),
        Err(error) if error.would_block() => {}
        Err(error) => return fail("nothing to receive, or EAGAIN", told(&error)),
    }
    // A system that discards may refuse as well; that is the sender's to hear, and no answer here.
    let _ = b.send(b"too late?");
    let until = Instant::now() + MAYBE;
    while Instant::now() < until {
        match a.recv(100) {
            Ok(bytes) => {
                same_bytes("the datagram after it", b"too late?", &bytes)?;
                return saw("delivers");
            }
            Err(error) if error.would_block() => std::thread::yield_now(),
            Err(error) => return fail("a datagram, or EAGAIN", told(&error)),
        }
    }
    saw("discards")
}

pub(super) fn wakes_receiver(case: &Case<'_>) -> Observation {
    for _ in 0..TRIES {
        let (a, _b) = connected(case)?;
        let deadline = Deadline::after(MAYBE);
        let (received, down) = case.while_blocked(
            || a.recv_until(100, deadline),
            || a.shutdown(Shutdown::Both).map(|()| deadline.remaining()),
        );
        let in_time = down?.is_some_and(|left| left > MAYBE / 2);
        match received {
            Ok(bytes) => {
                ensure(bytes.is_empty(), "nothing to receive", "a datagram that nobody sent")?;
                return saw("wakes");
            }
            // A busy machine may have been late with the shutdown.
            Err(error) if error.is_timeout() && !in_time => {}
            Err(error) if error.is_timeout() => return saw("waits-on"),
            Err(Error::Os { .. }) => return saw("wakes-with-an-error"),
            Err(Error::Eof { .. }) => return saw("wakes"),
            Err(error) => return fail("an end, an error or the deadline", told(&error)),
        }
    }
    inconclusive("the machine is too busy to shut down what waits before its deadline")
}

pub(super) fn not_connected(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    for how in [Shutdown::Read, Shutdown::Write, Shutdown::Both] {
        if a.shutdown(how).is_ok() {
            return saw("accepted");
        }
        let _ = fails_with("shutting down without a peer", a.shutdown(how), &[Errno::ENOTCONN])?;
    }
    holds()
}

/// Whether a shutdown that failed shut anything down all the same.
pub(super) fn failed(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let refused = a.shutdown(Shutdown::Write);
    if refused.is_ok() {
        return saw("did-not-fail");
    }
    let _ = fails_with("shutting down without a peer", refused, &[Errno::ENOTCONN])?;
    match a.send_until(b"still?", case.soon()) {
        Ok(_) => {
            same_bytes("the datagram after it", b"still?", &next(case, &b)?)?;
            saw("unchanged")
        }
        Err(Error::Os { errno: Errno::EPIPE, .. }) => saw("shut-down"),
        Err(error) => fail("it is sent, or EPIPE", told(&error)),
    }
}
