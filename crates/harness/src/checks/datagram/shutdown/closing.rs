//! Closing, and what stays.

use sockrates_core::{Deadline, Errno, Error};

use crate::checks::datagram::ends::{next, send};
use crate::expect::{ensure, fail, fails_with, holds, same_bytes, told};
use crate::{Caps, Case, Observation};

/// How often an address that was closed is bound again, for somebody else may have been faster.
const TRIES: usize = 3;

pub(super) fn close_wakes(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let (received, closed) =
        case.while_blocked(|| a.recv_until(100, Deadline::NEVER), || a.close());
    closed?;
    match received {
        Err(Error::Os { errno: Errno::EBADF, .. }) => holds(),
        Err(error) => fail("the receive ends with EBADF", told(&error)),
        Ok(_) => fail("the receive ends with EBADF", "a datagram that nobody sent"),
    }
}

pub(super) fn frees_address(case: &Case<'_>) -> Observation {
    for tried in 1..=TRIES {
        let (socket, addr) = case.bound()?;
        socket.drop_now();
        let again = case.socket()?;
        match again.bind(&addr) {
            Ok(()) => {
                ensure(again.local_addr()? == addr, "the address that was freed", "another")?;
                return holds();
            }
            Err(Error::Os { errno: Errno::EADDRINUSE, .. }) if tried < TRIES => {}
            Err(error) => return fail("the address can be bound again", told(&error)),
        }
    }
    fail("the address can be bound again", "never")
}

pub(super) fn closed(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    send(case, &b, b"too late")?;
    let home = if case.has(Caps::ADDRESSES) { Some(a.local_addr()?) } else { None };
    a.close()?;
    let closed = [Errno::EBADF];
    let _ = fails_with("receiving after close", a.recv_until(100, case.soon()).map(drop), &closed)?;
    let _ = fails_with("sending after close", a.send(b"x"), &closed)?;
    if let Some(home) = home {
        let _ = fails_with("the address after close", a.local_addr().map(drop), &closed)?;
        if case.has(Caps::SENDTO) {
            let _ = fails_with("sending to an address", a.send_to(b"x", Some(&home)), &closed)?;
        }
    }
    holds()
}

pub(super) fn close_twice(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for _ in 0..3 {
        a.close()?;
    }
    b.close()?;
    holds()
}

pub(super) fn sent_survives(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let datagrams = [case.bytes(30), case.bytes(0), case.bytes(900)];
    for bytes in &datagrams {
        send(case, &a, bytes)?;
    }
    a.drop_now();
    for bytes in &datagrams {
        same_bytes("the datagram of an end that is gone", bytes, &next(case, &b)?)?;
    }
    holds()
}

/// A duplicate is the same socket: it has the address, the peer and the queue, also after the
/// original is gone.
pub(super) fn dup(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    send(case, &b, b"before")?;
    let twin = a.dup()?;
    if case.has(Caps::ADDRESSES) {
        ensure(twin.local_addr()? == a.local_addr()?, "the same address", "another")?;
    }
    same_bytes("the datagram in the queue", b"before", &next(case, &twin)?)?;
    a.drop_now();
    for (from, to) in [(&twin, &b), (&b, &twin)] {
        send(case, from, b"after")?;
        same_bytes("the datagram after", b"after", &next(case, to)?)?;
    }
    holds()
}
