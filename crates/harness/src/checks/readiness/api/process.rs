//! What a back end leaves in the process, and what it pretends.

use sockrates_core::{Error, Op, Ready};

use crate::checks::cross::process::{count_closing_on_exec, listed};
use crate::checks::readiness::KEY;
use crate::expect::{ensure, holds, isolated};
use crate::{Caps, Case, Conn, Observation, Poller, Stop, Trigger};

/// How many times everything is made and dropped: a leak shows even among others' descriptors.
const ROUNDS: usize = 10;

/// The ways to be told, each with what has to be declared for it.
const TRIGGERS: [(Caps, Trigger); 3] = [
    (Caps::EDGE, Trigger::Edge),
    (Caps::ONESHOT, Trigger::OneShot),
    (Caps::EXCLUSIVE, Trigger::Exclusive),
];

pub(super) fn undeclared(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let poller = case.poller()?;
    for (caps, trigger) in TRIGGERS {
        refuses(case, caps, || poller.register_with(&a, Ready::READ, trigger, KEY))?;
    }
    refuses(case, Caps::WAKE, || poller.wake())?;
    refuses(case, Caps::NESTING, || poller.inner().as_endpoint().map(drop))?;
    holds()
}

/// The operation answers "unsupported", unless it is declared.
fn refuses(
    case: &Case<'_>,
    caps: Caps,
    probe: impl Fn() -> sockrates_core::Result<()>,
) -> Result<(), Stop> {
    if case.has(caps) {
        return Ok(());
    }
    let observed = match probe() {
        Err(Error::Unsupported { .. }) => return Ok(()),
        Err(_) => format!("{caps}: another error"),
        Ok(()) => format!("{caps}: success"),
    };
    ensure(false, format!("{caps}: unsupported, for it is not declared"), observed)
}

pub(super) fn descriptors(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, _b) = case.pair()?;
    // The first time may leave what is kept for ever.
    used(case, &a).map(drop)?;
    let before = listed("fd")?.len();
    for _ in 0..ROUNDS {
        used(case, &a).map(drop)?;
    }
    ensure(listed("fd")?.len() <= before, "no more descriptors than before", "more descriptors")?;
    holds()
}

pub(super) fn close_on_exec(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, _b) = case.pair()?;
    let before = listed("fd")?;
    let _used = used(case, &a)?;
    // There may be none: select and poll keep nothing open.
    count_closing_on_exec(&before)?;
    holds()
}

/// A back end that has done everything once.
fn used(case: &Case<'_>, end: &Conn) -> Result<Poller, Stop> {
    let poller = case.poller()?;
    poller.register(end, Ready::WRITE, KEY)?;
    match poller.wake() {
        Ok(()) | Err(Error::Unsupported { op: Op::Wait }) => {}
        Err(error) => return Err(error.into()),
    }
    poller.now()?;
    poller.unregister(end)?;
    Ok(poller)
}
