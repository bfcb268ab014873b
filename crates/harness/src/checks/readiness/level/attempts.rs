//! Listeners and connection attempts.

use sockrates_core::{Addr, Mode, Ready};

use crate::checks::readiness::{BOTH, KEY, NOTHING, arrived, now, soon, tells, tells_of};
use crate::checks::stream::conn::{Nobody, Silent};
use crate::expect::{ensure, holds};
use crate::{Case, Conn, Observation, Stop};

pub(super) fn listener(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(8)?;
    let poller = case.poller()?;
    poller.register(&listener, Ready::READ, KEY)?;
    for _ in 0..2 {
        tells("a listener that nobody connects to", NOTHING, now(&poller)?)?;
        let _client = case.connect(&addr, case.soon())?;
        arrived(case, &listener)?;
        for _ in 0..2 {
            tells("a listener with a connection", Ready::READ, now(&poller)?)?;
        }
        listener.accept(case.soon())?;
    }
    tells("a listener whose connections are accepted", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn pending(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let client = attempt(case, &silent.addr)?;
    let poller = case.poller()?;
    poller.register(&client, BOTH, KEY)?;
    tells("an attempt that nobody answers", NOTHING, now(&poller)?)?;
    holds()
}

pub(super) fn connected(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = attempt(case, &listener.local_addr()?)?;
    let poller = case.poller()?;
    poller.register(&client, BOTH, KEY)?;
    tells("an attempt that has succeeded", Ready::WRITE, soon(case, &poller)?)?;
    holds()
}

pub(super) fn refused(case: &Case<'_>) -> Observation {
    let told = after_refusal(case)?;
    tells_of("an attempt that has failed", "write", told.write, told)?;
    holds()
}

pub(super) fn refused_error(case: &Case<'_>) -> Observation {
    let told = after_refusal(case)?;
    tells_of("an attempt that has failed", "error", told.error, told)?;
    holds()
}

/// What is told of an attempt that was refused.
fn after_refusal(case: &Case<'_>) -> Result<Ready, Stop> {
    let nobody = Nobody::find(case)?;
    let client = attempt(case, &nobody.addr)?;
    let poller = case.poller()?;
    poller.register(&client, BOTH, KEY)?;
    soon(case, &poller)
}

/// An attempt to connect, whose outcome is still to be told.
///
/// # Errors
/// [`Stop::Lacks`] where attempts that fail do so at once.
fn attempt(case: &Case<'_>, to: &Addr) -> Result<Conn, Stop> {
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    let first = client.connect_ex(to)?;
    if first == sockrates_core::Errno::ECONNREFUSED {
        return Err(Stop::Lacks("attempts that fail later"));
    }
    let begun = first.is_success() || first.in_progress();
    ensure(begun, "success, now or in progress", format!("{first:?}"))?;
    Ok(client)
}
