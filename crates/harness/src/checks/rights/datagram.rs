//! Which message descriptors come with.

use std::os::fd::AsFd;

use sockrates_core::{ControlRef, RecvFlags};

use super::passed::{Passed, pass, read_all, take, take_with};
use super::passing::refusal;
use crate::expect::{ensure, equal, fail, holds, saw};
use crate::{Case, Observation};

pub(super) fn apart(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _first = Passed::new(b'1')?.pass(case, &a, b"one")?;
    equal("bytes sent", &4, &a.send_until(b"none", case.soon())?)?;
    let (two, three) = (Passed::new(b'2')?, Passed::new(b'3')?);
    pass(case, &a, b"two", &[two.far.as_fd(), three.far.as_fd()])?;
    take(case, &b)?.is(b"one", b"1")?;
    take(case, &b)?.is(b"none", b"")?;
    take(case, &b)?.is(b"two", b"23")?;
    holds()
}

pub(super) fn empty(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let passed = Passed::new(b'x')?;
    let fds = [passed.far.as_fd()];
    let seen = refusal(a.send_beside(b"", &[ControlRef::Rights(&fds)], case.soon()))?;
    if seen == "accepted" {
        let taken = take(case, &b)?;
        equal("bytes received", b"", &taken.bytes[..])?;
        return match &read_all(taken.fds)?[..] {
            b"x" => saw("arrives"),
            b"" => saw("lost"),
            _ => fail("the descriptor, or a refusal", "something else"),
        };
    }
    equal("bytes sent", &4, &a.send_until(b"next", case.soon())?)?;
    take(case, &b)?.is(b"next", b"")?;
    saw(seen)
}

pub(super) fn truncated(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _near = Passed::new(b'x')?.pass(case, &a, b"0123456789")?;
    let taken = take_with(case, &b, 4, RecvFlags::NONE)?;
    ensure(taken.truncated, "it shows that a tail is lost", "it does not")?;
    ensure(!taken.lost, "no control message is said to be lost", "one is")?;
    taken.is(b"0123", b"x")?;
    holds()
}
