//! Ends that are closed while registered, and numbers that are given out again.

use sockrates_core::{Errno, Error, Op, Ready};

use crate::checks::readiness::{KEY, OTHER, arrived, sum};
use crate::expect::{ensure, fail, holds, inconclusive, isolated, saw};
use crate::readiness::Words;
use crate::{Case, Conn, Observation, Poller, Stop};

/// An end, registered and closed, and its peer.
fn closed_while_registered(case: &Case<'_>) -> Result<(Conn, Poller, Option<i64>), Stop> {
    // Others would take the number at once.
    isolated(case)?;
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    let number = b.endpoint().fileno();
    b.drop_now();
    Ok((a, poller, number))
}

pub(super) fn closed(case: &Case<'_>) -> Observation {
    let (_a, poller, _) = closed_while_registered(case)?;
    match poller.now() {
        Err(error) if is_bad_descriptor(&error) => saw("EBADF"),
        Err(error) => Err(error.into()),
        Ok(told) if told.is_empty() => saw("silent"),
        Ok(_) => saw("told"),
    }
}

pub(super) fn closed_duplicate(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    let duplicate = b.dup()?;
    b.drop_now();
    a.send_all(b"x", case.soon())?;
    arrived(case, &duplicate)?;
    match poller.now().map(|told| sum(&told)) {
        Err(error) if is_bad_descriptor(&error) => saw("EBADF"),
        Err(error) => Err(error.into()),
        Ok(Ready { error: true, .. }) => saw("told as an error"),
        Ok(Ready { read: true, .. }) => saw("told as ready"),
        Ok(Ready { write: false, hangup: false, .. }) => saw("silent"),
        Ok(other) => fail("an error, or what is there", Words(other).to_string()),
    }
}

pub(super) fn closed_reused(case: &Case<'_>) -> Observation {
    let (one, other) = case.pair()?;
    let (_a, poller, number) = closed_while_registered(case)?;
    let same = duplicate_as(&other, number)?;
    match poller.register(&same, Ready::READ, OTHER) {
        Ok(()) => {}
        Err(Error::Unsupported { .. }) => return Err(Stop::Unsupported(Op::Wait)),
        Err(_) => return saw("refused"),
    }
    one.send_all(b"x", case.soon())?;
    arrived(case, &same)?;
    let own = poller.now()? == [(OTHER, Ready::READ)];
    saw(if own { "registered" } else { "registered, and told as another" })
}

pub(super) fn number_reused(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (one, other) = case.pair()?;
    let (_a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    poller.unregister(&b)?;
    let number = b.endpoint().fileno();
    b.drop_now();
    let same = duplicate_as(&other, number)?;
    poller.register(&same, Ready::READ, OTHER)?;
    one.send_all(b"x", case.soon())?;
    arrived(case, &same)?;
    let own = poller.now()? == [(OTHER, Ready::READ)];
    ensure(own, "the new end is told, under its own key", "something else is told")?;
    holds()
}

/// A duplicate of `end` with the number that was given back last: the lowest that is free.
fn duplicate_as(end: &Conn, number: Option<i64>) -> Result<Conn, Stop> {
    let duplicate = end.dup()?;
    match duplicate.endpoint().fileno() == number {
        true => Ok(duplicate),
        false => inconclusive("the number is not given out again"),
    }
}

fn is_bad_descriptor(error: &Error) -> bool {
    error.errno() == Some(Errno::EBADF)
}
