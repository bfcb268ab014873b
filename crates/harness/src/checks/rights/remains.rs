//! What becomes of descriptors that nobody receives.

use std::os::fd::{AsFd, BorrowedFd};

use sockrates_core::{Control, RecvFlags};

use super::passed::{Passed, Taken, pass, read_all, take_with, take_within};
use crate::expect::{ensure, equal, fail, holds, isolated, saw};
use crate::process::Exhaustion;
use crate::{Case, Observation, Stop};

const BYTES: &[u8] = b"left";

pub(super) fn no_room(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    nothing_but_bytes(&take_within(case, &b, (64, 0), RecvFlags::NONE)?)?;
    near.sees_it_closed(case)?;
    holds()
}

pub(super) fn some_room(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let all = [b'a', b'b', b'c', b'd'].map(Passed::new);
    let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
    let fds: Vec<BorrowedFd<'_>> = all.iter().map(|passed| passed.far.as_fd()).collect();
    pass(case, &a, BYTES, &fds)?;
    let room = Control::room_for_rights(2);
    let Taken { bytes, fds, lost, .. } = take_within(case, &b, (64, room), RecvFlags::NONE)?;
    equal("bytes received", BYTES, &bytes[..])?;
    ensure(lost, "it shows that some are lost", "it does not")?;
    let letters = read_all(fds)?;
    for passed in all {
        drop(passed.far);
        let mut near = passed.near;
        near.sees_it_closed(case)?;
    }
    match &letters[..] {
        b"ab" => saw("the first ones"),
        b"" => saw("none"),
        _ => fail("the first two, or none", "others"),
    }
}

pub(super) fn no_numbers(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let mut near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    let exhaustion = Exhaustion::begin()?;
    let taken = take_with(case, &b, 64, RecvFlags::NONE);
    drop(exhaustion);
    nothing_but_bytes(&taken?)?;
    near.sees_it_closed(case)?;
    holds()
}

pub(super) fn plain_receive(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    equal("bytes received", BYTES, &b.recv_until(64, case.soon())?[..])?;
    near.sees_it_closed(case)?;
    holds()
}

pub(super) fn receiver_gone(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    b.drop_now();
    near.sees_it_closed(case)?;
    holds()
}

/// The bytes came, and that no descriptor did shows.
fn nothing_but_bytes(taken: &Taken) -> Result<(), Stop> {
    equal("bytes received", BYTES, &taken.bytes[..])?;
    equal("descriptors received", &0, &taken.fds.len())?;
    ensure(taken.lost, "it shows that one is lost", "it does not")
}
