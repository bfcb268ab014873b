//! One-shots.

use sockrates_core::Ready;

use super::watched;
use crate::checks::readiness::{BOTH, KEY, NOTHING, arrived, now, tells};
use crate::expect::{ends, holds};
use crate::{Case, Conn, Observation, Poller, Stop, Trigger};

pub(super) fn oneshot_disarms(case: &Case<'_>) -> Observation {
    let (_a, _b, poller) = told_once(case)?;
    for _ in 0..2 {
        tells("a one-shot that has told", NOTHING, now(&poller)?)?;
    }
    holds()
}

pub(super) fn oneshot_silent(case: &Case<'_>) -> Observation {
    let (a, b, poller) = told_once(case)?;
    b.recv_exact(1, case.soon())?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("a one-shot that has told, with new data,", NOTHING, now(&poller)?)?;
    b.recv_exact(1, case.soon())?;
    a.close_send()?;
    ends(&b, case.soon())?;
    tells("a one-shot that has told, at the end,", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn oneshot_once(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register_with(&b, BOTH, Trigger::OneShot, KEY)?;
    tells("a one-shot for both", Ready::WRITE, now(&poller)?)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("a one-shot that has told one of both", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn oneshot_rearmed(case: &Case<'_>) -> Observation {
    let (_a, b, poller) = told_once(case)?;
    tells("a one-shot that has told", NOTHING, now(&poller)?)?;
    for _ in 0..2 {
        poller.modify(&b, Ready::READ, Trigger::OneShot, KEY)?;
        tells("a one-shot that is armed again", Ready::READ, now(&poller)?)?;
        tells("a one-shot that has told again", NOTHING, now(&poller)?)?;
    }
    holds()
}

/// A one-shot that has told the byte that is still there.
fn told_once(case: &Case<'_>) -> Result<(Conn, Conn, Poller), Stop> {
    let (a, b, poller) = watched(case, Trigger::OneShot)?;
    tells("a one-shot where nothing has arrived", NOTHING, now(&poller)?)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("a one-shot with data", Ready::READ, now(&poller)?)?;
    Ok((a, b, poller))
}
