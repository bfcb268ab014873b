//! Registering, modifying and unregistering.

use sockrates_core::{Error, Op, Ready, Result};

use crate::checks::readiness::{BOTH, KEY, NOTHING, OTHER, arrived, now, sum, tells};
use crate::expect::{ensure, fail, holds, saw};
use crate::readiness::Words;
use crate::{Case, Conn, Observation, Stop, Trigger};

/// A pair of which b has a byte to receive.
fn with_data(case: &Case<'_>) -> Result<(Conn, Conn), Stop> {
    let (a, b) = case.pair()?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    Ok((a, b))
}

/// Whether it was refused, in whatever words.
fn is_refused(result: Result<()>) -> Result<bool, Stop> {
    match result {
        Ok(()) => Ok(false),
        Err(Error::Unsupported { .. }) => Err(Stop::Unsupported(Op::Wait)),
        Err(_) => Ok(true),
    }
}

/// Exactly one end is told, as ready to receive, under `key`.
fn only(what: &str, key: u64, told: &[(u64, Ready)]) -> Result<(), Stop> {
    let permitted = format!("{what} is told once, under its key, to receive");
    match told {
        [(under, Ready::READ)] if *under == key => Ok(()),
        [(under, _)] if *under != key => fail(permitted, "told under another key"),
        [(_, ready)] => fail(permitted, format!("told as ready for: {}", Words(*ready))),
        [] => fail(permitted, "not told"),
        _ => fail(permitted, "told more than once"),
    }
}

pub(super) fn twice(case: &Case<'_>) -> Observation {
    let (_a, b) = with_data(case)?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    let refused = is_refused(poller.register(&b, Ready::WRITE, OTHER))?;
    let told = poller.now()?;
    let (first, second) = (sum(&told).read, sum(&told).write);
    match (refused, first, second) {
        (true, true, false) => only("an end registered once", KEY, &told)?,
        (true, ..) => return saw("refused, and the first is gone"),
        (false, false, true) => return saw("replaced"),
        (false, true, false) => return saw("ignored"),
        (false, ..) => return saw("registered twice"),
    }
    holds()
}

pub(super) fn again(case: &Case<'_>) -> Observation {
    let (_a, b) = with_data(case)?;
    let poller = case.poller()?;
    for key in [KEY, OTHER] {
        poller.register(&b, Ready::READ, key)?;
        only("an end that is registered", key, &poller.now()?)?;
        poller.unregister(&b)?;
    }
    holds()
}

pub(super) fn absent(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&a, Ready::READ, KEY)?;
    if !is_refused(poller.unregister(&b))? {
        return saw("accepted");
    }
    poller.unregister(&a)?;
    if !is_refused(poller.unregister(&a))? {
        return saw("accepted the second time");
    }
    holds()
}

pub(super) fn absent_modified(case: &Case<'_>) -> Observation {
    let (_a, b) = case.pair()?;
    let poller = case.poller()?;
    let refused = is_refused(poller.modify(&b, Ready::WRITE, Trigger::Level, KEY))?;
    match (refused, now(&poller)? == NOTHING) {
        (true, true) => holds(),
        (true, false) => saw("refused, and registered"),
        (false, true) => saw("ignored"),
        (false, false) => saw("registered"),
    }
}

pub(super) fn unregistered(case: &Case<'_>) -> Observation {
    let (a, b) = with_data(case)?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    poller.unregister(&b)?;
    tells("an end that was unregistered before it was told", NOTHING, now(&poller)?)?;
    poller.register(&b, Ready::READ, KEY)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    poller.unregister(&b)?;
    tells("an end that was unregistered", NOTHING, now(&poller)?)?;
    b.recv_exact(1, case.soon())?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("an end that was unregistered, with new data,", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn unregistered_others(case: &Case<'_>) -> Observation {
    let pairs = [with_data(case)?, with_data(case)?, with_data(case)?];
    let poller = case.poller()?;
    for (key, (_, end)) in (0..).zip(&pairs) {
        poller.register(end, Ready::READ, key)?;
    }
    // The first in the list, so that what comes behind it may move.
    poller.unregister(&pairs[0].1)?;
    for (key, (_, end)) in (0..).zip(&pairs).skip(1) {
        let told = poller.now()?;
        let listed = told.contains(&(key, Ready::READ));
        ensure(listed, "the others are told, each under its key", "one of the others is not")?;
        end.recv_exact(1, case.soon())?;
    }
    tells("what is left", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn modified(case: &Case<'_>) -> Observation {
    let (_a, b) = with_data(case)?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    for (interest, what) in [
        (Ready::WRITE, "an end with data, asked now whether it can send,"),
        (BOTH, "an end with data, asked now for both,"),
        (Ready::READ, "an end with data, asked now whether it can receive,"),
    ] {
        poller.modify(&b, interest, Trigger::Level, KEY)?;
        tells(what, interest, now(&poller)?)?;
    }
    holds()
}

pub(super) fn modified_key(case: &Case<'_>) -> Observation {
    let (_a, b) = with_data(case)?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    poller.modify(&b, Ready::READ, Trigger::Level, OTHER)?;
    only("an end with another key", OTHER, &poller.now()?)?;
    holds()
}

pub(super) fn nothing_asked(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    if is_refused(poller.register(&b, NOTHING, KEY))? {
        return saw("refused");
    }
    a.abort()?;
    arrived(case, &b)?;
    let told = now(&poller)?;
    match (told.read || told.write, told.hangup) {
        (true, _) => saw(Words(told).to_string()),
        (false, true) => saw("tells a hang-up"),
        (false, false) => saw("silent"),
    }
}
