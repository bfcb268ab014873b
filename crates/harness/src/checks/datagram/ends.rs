//! What datagram checks start from: two ends that are connected, one whose peer is gone, the next
//! datagram.

use sockrates_core::{Addr, Deadline, Error};

use super::ledger::Ledger;
use crate::expect::{fail, told};
use crate::{Caps, Case, Conn, Stop};

/// How many datagrams of up to 1 KiB may be on the way at once, so that no queue is full.
pub(super) const WINDOW: usize = 8;

/// More than any datagram here has, but for the longest of all.
pub(super) const ROOM: usize = 2048;

/// The next datagram, which has to be there.
pub(super) fn next(case: &Case<'_>, end: &Conn) -> Result<Vec<u8>, Stop> {
    take(case, end, ROOM)
}

/// The next datagram, which has to be there, with room for `max` bytes.
pub(super) fn take(case: &Case<'_>, end: &Conn, max: usize) -> Result<Vec<u8>, Stop> {
    match end.recv_until(max, case.soon()) {
        Ok(bytes) => Ok(bytes),
        Err(Error::Unsupported { op }) => Err(Stop::Unsupported(op)),
        Err(error) => fail(
            format!("{} receives a datagram", end.name()),
            format!("{} receives {}", end.name(), told(&error)),
        ),
    }
}

/// Sends each of `datagrams`, a window at a time, and enters in `ledger` what is sent and received.
pub(super) fn exchange(
    case: &Case<'_>,
    (from, to): (&Conn, &Conn),
    datagrams: &[Vec<u8>],
    ledger: &mut Ledger,
) -> Result<(), Stop> {
    for window in datagrams.chunks(WINDOW) {
        for bytes in window {
            send(case, from, bytes)?;
            ledger.sent(bytes);
        }
        for _ in window {
            ledger.received(&next(case, to)?)?;
        }
    }
    Ok(())
}

/// Sends one datagram, which has to be taken as a whole.
pub(super) fn send(case: &Case<'_>, from: &Conn, bytes: &[u8]) -> Result<(), Stop> {
    taken(bytes, from.send_until(bytes, case.soon()))
}

/// Sends one datagram to `to`, which has to be taken as a whole.
pub(super) fn send_to(from: &Conn, bytes: &[u8], to: &Addr) -> Result<(), Stop> {
    taken(bytes, from.send_to(bytes, Some(to)))
}

/// What came of sending `bytes` is that they were taken as a whole.
pub(super) fn taken(bytes: &[u8], sent: sockrates_core::Result<usize>) -> Result<(), Stop> {
    let observed = match sent {
        Ok(taken) if taken == bytes.len() => return Ok(()),
        Ok(taken) if taken < bytes.len() => "a part of it is sent".to_owned(),
        Ok(_) => "more than it is sent".to_owned(),
        Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
        Err(error) => told(&error),
    };
    fail("a datagram is sent whole", observed)
}

/// Two ends connected to each other: bare sockets where there are any, else the subject's own pair.
pub(super) fn connected(case: &Case<'_>) -> Result<(Conn, Conn), Stop> {
    if !case.has(Caps::SOCKET | Caps::ADDRESSES) {
        return case.pair();
    }
    let ((one, to_one), (other, to_other)) = (case.bound()?, case.bound()?);
    one.connect(&to_other, case.soon())?;
    other.connect(&to_one, case.soon())?;
    Ok((one, other))
}

/// Whether [`connected`] makes ends that are connected, and not merely aimed at each other.
pub(super) fn connects(case: &Case<'_>) -> bool {
    case.has(Caps::SOCKET | Caps::ADDRESSES) || !case.has(Caps::SENDTO)
}

/// An end connected to a peer that is gone, after it sent `last` where there is something.
pub(super) fn orphan(case: &Case<'_>, last: Option<&[u8]>) -> Result<Conn, Stop> {
    let (end, peer) = connected(case)?;
    if let Some(bytes) = last {
        send(case, &peer, bytes)?;
    }
    peer.drop_now();
    Ok(end)
}

/// Tries again and again, without waiting, until there is a value. `None` where that takes longer
/// than the subject's patience.
pub(super) fn poll<T>(
    case: &Case<'_>,
    mut attempt: impl FnMut() -> Result<Option<T>, Stop>,
) -> Result<Option<T>, Stop> {
    let deadline = Deadline::after(case.transport()?.patience());
    loop {
        if let Some(value) = attempt()? {
            return Ok(Some(value));
        }
        if deadline.has_passed() {
            return Ok(None);
        }
        std::thread::yield_now();
    }
}
