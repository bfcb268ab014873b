//! Ends of streams, resets, and sockets that have no peer.

use sockrates_core::Ready;

use crate::checks::readiness::{BOTH, KEY, arrived, now, tells_of};
use crate::expect::{ends, holds, saw};
use crate::readiness::Words;
use crate::{Case, Conn, Observation, Poller, Stop};

pub(super) fn end(case: &Case<'_>) -> Observation {
    let (_a, b, poller) = ended(case, Ready::READ)?;
    let told = now(&poller)?;
    tells_of("an end whose peer has ended", "read", told.read, told)?;
    ends(&b, case.soon())?;
    let told = now(&poller)?;
    tells_of("an end that has received the end", "read", told.read, told)?;
    holds()
}

pub(super) fn half_close(case: &Case<'_>) -> Observation {
    let (_a, _b, poller) = ended(case, BOTH)?;
    let told = now(&poller)?;
    match (told.hangup, told.error) {
        (false, false) => holds(),
        (true, false) => saw("hang-up"),
        (false, true) => saw("error"),
        (true, true) => saw("error and hang-up"),
    }
}

/// A pair of which a has ended its sending, and what watches b, which has learned of it.
fn ended(case: &Case<'_>, interest: Ready) -> Result<(Conn, Conn, Poller), Stop> {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, interest, KEY)?;
    a.close_send()?;
    arrived(case, &b)?;
    Ok((a, b, poller))
}

pub(super) fn reset(case: &Case<'_>) -> Observation {
    let (_b, told) = after_reset(case, BOTH)?;
    tells_of("an end that was reset", "read+write", told.read && told.write, told)?;
    holds()
}

pub(super) fn reset_error(case: &Case<'_>) -> Observation {
    let (_b, told) = after_reset(case, BOTH)?;
    tells_of("an end that was reset", "error+hangup", told.error && told.hangup, told)?;
    holds()
}

pub(super) fn unasked(case: &Case<'_>) -> Observation {
    for (interest, what) in [
        (Ready::READ, "an end that was reset, asked whether it can receive,"),
        (Ready::WRITE, "an end that was reset, asked whether it can send,"),
    ] {
        let (_b, told) = after_reset(case, interest)?;
        tells_of(what, "error", told.error, told)?;
    }
    holds()
}

/// What is told of an end, watched before, after its peer has reset it.
fn after_reset(case: &Case<'_>, interest: Ready) -> Result<(Conn, Ready), Stop> {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, interest, KEY)?;
    a.abort()?;
    arrived(case, &b)?;
    Ok((b, now(&poller)?))
}

pub(super) fn hangup(case: &Case<'_>) -> Observation {
    let told = after_both_ended(case, Ready::READ)?;
    tells_of("an end of which both sides have ended", "hangup", told.hangup, told)?;
    holds()
}

pub(super) fn hangup_write(case: &Case<'_>) -> Observation {
    let told = after_both_ended(case, BOTH)?;
    tells_of("an end of which both sides have ended", "hangup", told.hangup, told)?;
    if told.write {
        return saw("hang-up and ready to send");
    }
    holds()
}

/// What is told of a connection of which both sides have ended, and both have learned of it.
fn after_both_ended(case: &Case<'_>, interest: Ready) -> Result<Ready, Stop> {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&a, interest, KEY)?;
    a.close_send()?;
    b.close_send()?;
    ends(&b, case.soon())?;
    ends(&a, case.soon())?;
    now(&poller)
}

pub(super) fn own_end(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&a, BOTH, KEY)?;
    a.close_send()?;
    let told = now(&poller)?;
    tells_of("an end that sends no more", "write", told.write, told)?;
    holds()
}

pub(super) fn unconnected(case: &Case<'_>) -> Observation {
    let socket = case.socket()?;
    let poller = case.poller()?;
    poller.register(&socket, BOTH, KEY)?;
    saw(Words(now(&poller)?).to_string())
}
