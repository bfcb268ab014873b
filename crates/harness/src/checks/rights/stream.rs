//! Which bytes of a stream descriptors come with.

use std::os::fd::AsFd;

use sockrates_core::{ControlRef, RecvFlags};

use super::passed::{Passed, read_all, take, take_with};
use super::passing::refusal;
use crate::expect::{equal, fail, holds, saw};
use crate::{Case, Observation};

pub(super) fn needs_byte(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let passed = Passed::new(b'x')?;
    let fds = [passed.far.as_fd()];
    let seen = refusal(a.send_beside(b"", &[ControlRef::Rights(&fds)], case.soon()))?;
    equal("bytes sent", &4, &a.send_until(b"next", case.soon())?)?;
    let next = take(case, &b)?;
    equal("bytes received", b"next", &next.bytes[..])?;
    match (&seen[..], &read_all(next.fds)?[..]) {
        ("accepted", b"x") => saw("with the next byte"),
        ("accepted", b"") => saw("lost"),
        (_, b"") => saw(seen),
        _ => fail("refused, or with the next byte", "something else"),
    }
}

pub(super) fn apart(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _near = [
        Passed::new(b'1')?.pass(case, &a, b"one")?,
        Passed::new(b'2')?.pass(case, &a, b"two")?,
        Passed::new(b'3')?.pass(case, &a, b"three")?,
    ];
    take(case, &b)?.is(b"one", b"1")?;
    take(case, &b)?.is(b"two", b"2")?;
    take(case, &b)?.is(b"three", b"3")?;
    holds()
}

pub(super) fn after(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("bytes sent", &6, &a.send_until(b"before", case.soon())?)?;
    let _near = Passed::new(b'x')?.pass(case, &a, b"!")?;
    equal("bytes sent", &5, &a.send_until(b"after", case.soon())?)?;
    let first = take(case, &b)?;
    let seen = match &first.bytes[..] {
        b"before!" => {
            first.is(b"before!", b"x")?;
            "with those before"
        }
        _ => {
            first.is(b"before", b"")?;
            take(case, &b)?.is(b"!", b"x")?;
            "apart from those before"
        }
    };
    take(case, &b)?.is(b"after", b"")?;
    saw(seen)
}

pub(super) fn first_byte(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _near = Passed::new(b'x')?.pass(case, &a, b"12345")?;
    take_with(case, &b, 1, RecvFlags::NONE)?.is(b"1", b"x")?;
    take(case, &b)?.is(b"2345", b"")?;
    holds()
}
