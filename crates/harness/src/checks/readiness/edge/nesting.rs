//! Several back ends at one end, and back ends that watch back ends.

use std::sync::mpsc;

use sockrates_core::{Errno, Ready};

use crate::checks::readiness::{KEY, NOTHING, OTHER, arrived, now, tells};
use crate::expect::{ensure, fails_with, holds, saw};
use crate::{Case, Observation, Trigger};

pub(super) fn exclusive(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(8)?;
    let (one, other) = (case.poller()?, case.poller()?);
    for poller in [&one, &other] {
        poller.register_with(&listener, Ready::READ, Trigger::Exclusive, KEY)?;
    }
    let patience = case.patience();
    let (tell, returned) = mpsc::channel();
    let wait = |poller: &crate::Poller, tell: mpsc::Sender<bool>| {
        let told = poller.wait(Some(patience));
        // The receiver only goes away with this function, after the threads that wait.
        let _ = tell.send(told.is_ok_and(|told| told.iter().any(|(_, ready)| ready.read)));
    };
    let (second, first) = (tell.clone(), tell);
    let (_, (_, connected)) = case.while_blocked(
        || wait(&one, first),
        || {
            case.while_blocked(
                || wait(&other, second),
                || {
                    let client = case.connect(&addr, case.soon());
                    let told = returned.recv().unwrap_or_default();
                    // The one that was not told waits on.
                    let woken = one.wake().and_then(|()| other.wake());
                    client.and_then(|client| woken.map(|()| (client, told)))
                },
            )
        },
    );
    let (_client, told) = connected?;
    ensure(told, "one of two is told of the connection", "neither is")?;
    holds()
}

pub(super) fn exclusive_modified(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let poller = case.poller()?;
    poller.register_with(&a, Ready::READ, Trigger::Exclusive, KEY)?;
    match poller.modify(&a, Ready::READ, Trigger::Level, KEY) {
        Ok(()) => saw("modified"),
        error => {
            fails_with("modifying", error, &[Errno::EINVAL]).map(drop)?;
            holds()
        }
    }
}

pub(super) fn nesting(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (inner, outer) = (case.poller()?, case.poller()?);
    inner.register(&b, Ready::READ, KEY)?;
    outer.register_poller(&inner, OTHER)?;
    tells("a back end with nothing to tell", NOTHING, now(&outer)?)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("a back end with something to tell", Ready::READ, now(&outer)?)?;
    b.recv_exact(1, case.soon())?;
    tells("a back end with nothing left to tell", NOTHING, now(&outer)?)?;
    holds()
}

pub(super) fn nesting_itself(case: &Case<'_>) -> Observation {
    let poller = case.poller()?;
    match poller.register_poller(&poller, KEY) {
        Ok(()) => saw("registered"),
        error => {
            fails_with("watching itself", error, &[Errno::EINVAL]).map(drop)?;
            holds()
        }
    }
}

pub(super) fn nesting_circle(case: &Case<'_>) -> Observation {
    let (one, other) = (case.poller()?, case.poller()?);
    one.register_poller(&other, KEY)?;
    match other.register_poller(&one, KEY) {
        Ok(()) => saw("registered"),
        error => {
            fails_with("watching in a circle", error, &[Errno::ELOOP]).map(drop)?;
            holds()
        }
    }
}
