//! Flags of one call.

use sockrates_core::{Deadline, Errno, Error, Mode, RecvFlags, SendFlags};

use crate::checks::datagram::ends::{poll, send, taken};
use crate::expect::{equal, fail, holds, same_bytes, saw, told, would_block};
use crate::{Caps, Case, Observation};

/// One call does not wait, whatever the mode, and the mode stays.
pub(super) fn dont_wait(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let receive = || b.recv_with(100, RecvFlags::DONTWAIT, Deadline::NEVER);
    would_block("receiving without waiting", receive().map(drop))?;
    if case.has(Caps::TIMEOUT) {
        let mode = Mode::Timeout(std::time::Duration::from_millis(40));
        b.set_mode(mode)?;
        would_block("receiving without waiting, in timeout mode", receive().map(drop))?;
        equal("the mode after that", &mode, &b.mode())?;
        b.set_mode(Mode::Blocking)?;
    }
    let bytes = case.bytes(25);
    taken(&bytes, a.send_with(&[&bytes], SendFlags::DONTWAIT, Deadline::NEVER))?;
    let arrived = poll(case, || match receive() {
        Ok(got) => Ok(Some(got.bytes)),
        Err(error) if error.would_block() => Ok(None),
        Err(error) => fail("a datagram, or EAGAIN", told(&error)),
    })?;
    match arrived {
        Some(received) => same_bytes("the datagram", &bytes, &received)?,
        None => return fail("the datagram is received without waiting", "EAGAIN throughout"),
    }
    holds()
}

/// To wait for all is to wait for one datagram, for its end is its own.
pub(super) fn wait_all(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(5);
    send(case, &a, &bytes)?;
    let got = match b.recv_with(100, RecvFlags::WAITALL, case.soon()) {
        Err(Error::Unsupported { .. }) => return saw("unsupported"),
        other => other?,
    };
    same_bytes("the datagram", &bytes, &got.bytes)?;
    saw("one-datagram")
}

pub(super) fn out_of_band(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    match a.send_with(&[b"!"], SendFlags::OOB, case.soon()) {
        Ok(_) => saw("sent-as-ordinary"),
        Err(Error::Unsupported { .. }) => saw("unsupported"),
        Err(Error::Os { errno: Errno::EOPNOTSUPP, .. }) => saw("refused"),
        Err(error) => fail("EOPNOTSUPP, or that it is not supported", told(&error)),
    }
}
