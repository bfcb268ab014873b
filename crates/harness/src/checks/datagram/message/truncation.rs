//! Datagrams that are longer than the room for them.

use sockrates_core::{Errno, Error, RecvFlags};

use crate::checks::datagram::ends::{next, send, take};
use crate::expect::{equal, fail, holds, same_bytes, saw, told};
use crate::{Caps, Case, Observation};

pub(super) fn truncation(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for (len, room) in [(100, 40), (2, 1), (600, 599)] {
        let (long, after) = (case.bytes(len), case.bytes(10));
        send(case, &a, &long)?;
        same_bytes("the datagram cut", &long[..room], &take(case, &b, room)?)?;
        send(case, &a, &after)?;
        same_bytes("the datagram after it", &after, &next(case, &b)?)?;
    }
    holds()
}

pub(super) fn truncation_told(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for (len, room) in [(20, 19), (20, 20), (20, 21), (20, 0), (0, 0), (0, 5), (1, 2000)] {
        send(case, &a, &case.bytes(len))?;
        let got = b.recv_with(room, RecvFlags::NONE, case.soon())?;
        let what = format!("{len} bytes received into room for {room}: truncated");
        equal(&what, &(len > room), &got.truncated)?;
        equal(&format!("{len} bytes received into room for {room}"), &len.min(room), &got.len)?;
    }
    holds()
}

/// With `TRUNC` the length is the datagram's own; where the flag is refused, no datagram is lost.
pub(super) fn length_told(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(100);
    send(case, &a, &bytes)?;
    match b.recv_with(10, RecvFlags::TRUNC, case.soon()) {
        Ok(got) => {
            same_bytes("the datagram cut", &bytes[..10], &got.bytes)?;
            equal("truncated", &true, &got.truncated)?;
            equal("the length told", &100, &got.len)?;
            saw("told")
        }
        Err(Error::Unsupported { .. })
        | Err(Error::Os { errno: Errno::EOPNOTSUPP | Errno::EINVAL, .. }) => {
            same_bytes("the datagram after the refusal", &bytes, &next(case, &b)?)?;
            saw("refused")
        }
        Err(error) => fail("the length, or that the flag is not supported", told(&error)),
    }
}

/// Nothing fits, so nothing is received of it, and it is gone all the same.
pub(super) fn no_room(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (lost, kept) = (case.bytes(5), case.bytes(6));
    send(case, &a, &lost)?;
    let got = b.recv_with(0, RecvFlags::NONE, case.soon())?;
    equal("bytes received into no room", &0, &got.bytes.len())?;
    send(case, &a, &kept)?;
    let after = next(case, &b)?;
    if after == lost {
        return saw("kept");
    }
    same_bytes("the datagram after it", &kept, &after)?;
    if case.has(Caps::TRUNC) && !got.truncated {
        return saw("consumed-silently");
    }
    saw("consumed")
}
