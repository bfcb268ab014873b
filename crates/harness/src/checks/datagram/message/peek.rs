//! Looking at datagrams without consuming them.

use sockrates_core::RecvFlags;

use crate::checks::datagram::ends::{next, poll, send};
use crate::expect::{equal, fail, holds, same_bytes, saw};
use crate::{Caps, Case, Conn, Observation, Stop};

pub(super) fn peek(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for len in [20, 0, 700] {
        let (first, second) = (case.bytes(len), case.bytes(30));
        send(case, &a, &first)?;
        for _ in 0..3 {
            let seen = b.recv_with(1024, RecvFlags::PEEK, case.soon())?;
            same_bytes("the datagram peeked at", &first, &seen.bytes)?;
        }
        same_bytes("the datagram received", &first, &next(case, &b)?)?;
        send(case, &a, &second)?;
        same_bytes("the datagram after it", &second, &next(case, &b)?)?;
    }
    holds()
}

pub(super) fn peek_short(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(50);
    send(case, &a, &bytes)?;
    for room in [10, 0, 49, 1] {
        let seen = b.recv_with(room, RecvFlags::PEEK, case.soon())?;
        same_bytes("the datagram peeked at", &bytes[..room], &seen.bytes)?;
        if case.has(Caps::TRUNC) {
            equal("a short peek is truncated", &true, &seen.truncated)?;
        }
    }
    same_bytes("the datagram received", &bytes, &next(case, &b)?)?;
    holds()
}

pub(super) fn queued(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("bytes queued before anything was sent", &0, &b.queued()?)?;
    send(case, &a, &case.bytes(30))?;
    let one = at_least(case, &b, 30)?;
    send(case, &a, &case.bytes(12))?;
    let two = at_least(case, &b, 30)?;
    next(case, &b)?;
    at_least(case, &b, 12)?;
    next(case, &b)?;
    equal("bytes queued once all are received", &0, &b.queued()?)?;
    saw(if (one, two) == (30, 30) { "next" } else { "all" })
}

/// How many bytes are queued, once the datagram of `len` bytes has arrived.
fn at_least(case: &Case<'_>, end: &Conn, len: usize) -> Result<usize, Stop> {
    let arrived = poll(case, || {
        let queued = end.queued()?;
        Ok((queued >= len).then_some(queued))
    })?;
    match arrived {
        Some(queued) => Ok(queued),
        None => fail(format!("{len} bytes or more are queued"), "fewer"),
    }
}
