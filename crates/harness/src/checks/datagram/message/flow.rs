//! Queues that are empty, and queues that are full.

use sockrates_core::{Errno, Error, Mode};

use crate::checks::datagram::ends::{next, send};
use crate::checks::datagram::ledger::{Budget, Ledger};
use crate::expect::{self, fail, holds, same_bytes, saw, told};
use crate::{Case, Conn, Observation, Stop};

/// How many datagrams a flood has: more than a queue of 212,992 bytes, Linux's default, takes.
const FLOOD: usize = 800;

pub(super) fn would_block(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::NonBlocking)?;
    expect::would_block("receiving from an empty queue", b.recv(100).map(drop))?;
    expect::would_block("receiving from an empty queue again", b.recv(0).map(drop))?;
    b.set_mode(Mode::Blocking)?;
    let bytes = case.bytes(10);
    send(case, &a, &bytes)?;
    same_bytes("the datagram", &bytes, &next(case, &b)?)?;
    b.set_mode(Mode::NonBlocking)?;
    expect::would_block("receiving from a queue that was emptied", b.recv(100).map(drop))?;
    holds()
}

/// Sends until the queue must be full, then receives what there is: whole datagrams, whichever they
/// are.
pub(super) fn overflow(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::OVERFLOW);
    let refused = flood(case, &a, &mut ledger)?;
    b.set_mode(Mode::NonBlocking)?;
    loop {
        match b.recv(2048) {
            Ok(bytes) => ledger.received(&bytes)?,
            Err(error) if error.would_block() => break,
            Err(error) => return fail("a datagram, or EAGAIN", told(&error)),
        }
    }
    settle(case, (&a, &b), &mut ledger)?;
    saw(match (refused, ledger.missing()) {
        (true, 0) => "refuses",
        (true, _) => "refuses-and-drops",
        (false, 0) => "takes-all",
        (false, _) => "drops",
    })
}

/// Sends the flood; whether the sender was told that there is no room.
fn flood(case: &Case<'_>, from: &Conn, ledger: &mut Ledger) -> Result<bool, Stop> {
    from.set_mode(Mode::NonBlocking)?;
    for number in 0..FLOOD {
        let mut bytes = number.to_le_bytes().to_vec();
        bytes.extend(case.bytes(case.below(1000)));
        match from.send(&bytes) {
            Ok(taken) if taken == bytes.len() => ledger.sent(&bytes),
            Ok(_) => return fail("a datagram is taken whole", "a part of one is taken"),
            Err(Error::Os { errno, .. }) if errno.would_block() || errno == Errno::ENOBUFS => {
                return Ok(true);
            }
            Err(error) => return fail("a datagram is sent, or EAGAIN", told(&error)),
        }
    }
    Ok(false)
}

/// Receives what may still be on its way, up to a marker, which shows that the ends still work.
fn settle(case: &Case<'_>, (a, b): (&Conn, &Conn), ledger: &mut Ledger) -> Result<(), Stop> {
    a.set_mode(Mode::Blocking)?;
    b.set_mode(Mode::Blocking)?;
    let marker = b"the flood is over";
    send(case, a, marker)?;
    for _ in 0..=FLOOD {
        let bytes = next(case, b)?;
        if bytes == marker {
            return Ok(());
        }
        ledger.received(&bytes)?;
    }
    fail("the marker after the flood", "more datagrams than were sent")
}
