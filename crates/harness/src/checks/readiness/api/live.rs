//! What other threads change while a wait goes on.

use sockrates_core::Ready;

use crate::checks::readiness::{KEY, arrived, sum, tells};
use crate::expect::holds;
use crate::{Case, Observation, Trigger};

pub(super) fn live_registered(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    let (poller, patience) = (case.poller()?, case.patience());
    let wait = || poller.wait(Some(patience));
    let register = || poller.register(&b, Ready::READ, KEY);
    let (told, registered) = case.while_blocked(wait, register);
    registered?;
    tells("an end with data, registered during the wait,", Ready::READ, sum(&told?))?;
    holds()
}

pub(super) fn live_modified(case: &Case<'_>) -> Observation {
    let (_a, b) = case.pair()?;
    let (poller, patience) = (case.poller()?, case.patience());
    poller.register(&b, Ready::READ, KEY)?;
    let wait = || poller.wait(Some(patience));
    let modify = || poller.modify(&b, Ready::WRITE, Trigger::Level, KEY);
    let (told, modified) = case.while_blocked(wait, modify);
    modified?;
    tells("an idle end, modified during the wait,", Ready::WRITE, sum(&told?))?;
    holds()
}
