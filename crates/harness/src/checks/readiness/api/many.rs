//! Many ends in one back end, and one end in several.

use std::collections::BTreeSet;

use sockrates_core::Ready;

use crate::checks::readiness::{KEY, OTHER, arrived, now, tells};
use crate::expect::{ensure, fail, holds};
use crate::{Caps, Case, Conn, Observation, Stop};

/// How many ends there are where there are many.
const MANY: usize = 100;

/// Keys that are easily lost: the least, and one that no 32 bits hold, nor 63.
const KEYS: [u64; 3] = [0, 1 << 63, u32::MAX as u64 + 1];

pub(super) fn keys(case: &Case<'_>) -> Observation {
    let pairs = [case.pair()?, case.pair()?, case.pair()?];
    let poller = case.poller()?;
    for (key, (_, end)) in KEYS.into_iter().zip(&pairs) {
        poller.register(end, Ready::READ, key)?;
    }
    for (key, (peer, end)) in KEYS.into_iter().zip(&pairs) {
        peer.send_all(b"x", case.soon())?;
        arrived(case, end)?;
        match poller.now()?.as_slice() {
            [(under, _)] if *under == key => {}
            [] => return fail("the end is told", "it is not"),
            _ => return fail("the end is told under its key", "told under another"),
        }
        end.recv_exact(1, case.soon())?;
    }
    holds()
}

pub(super) fn one_of_many(case: &Case<'_>) -> Observation {
    let ends = many(case)?;
    let poller = case.poller()?;
    for (key, end) in (0..).zip(&ends) {
        poller.register(end, Ready::READ, key)?;
    }
    for _ in 0..3 {
        let place = case.below(MANY);
        // The two ends of a pair are neighbours.
        let (end, peer) = (&ends[place], &ends[place ^ 1]);
        peer.send_all(b"x", case.soon())?;
        arrived(case, end)?;
        let told = poller.now()?;
        let one = told.as_slice() == [(place as u64, Ready::READ)];
        ensure(one, "the one that is ready is told", told_otherwise(told.len()))?;
        end.recv_exact(1, case.soon())?;
    }
    forget(case, &ends)
}

fn told_otherwise(count: usize) -> &'static str {
    match count {
        0 => "nothing is told",
        1 => "another is told",
        _ => "several are told",
    }
}

pub(super) fn every_one(case: &Case<'_>) -> Observation {
    let ends = many(case)?;
    let poller = case.poller()?;
    for (key, end) in (0..).zip(&ends) {
        poller.register(end, Ready::WRITE, key)?;
    }
    let mut seen = BTreeSet::new();
    for _ in 0..MANY {
        seen.extend(poller.wait(Some(case.patience()))?.into_iter().map(|(key, _)| key));
        if seen.len() >= MANY {
            break;
        }
    }
    let all = seen.iter().copied().eq(0..MANY as u64);
    ensure(all, "each of a hundred is told", "one of a hundred is never told")?;
    forget(case, &ends)
}

fn many(case: &Case<'_>) -> Result<Vec<Conn>, Stop> {
    let mut ends = Vec::with_capacity(MANY);
    while ends.len() < MANY {
        let (a, b) = case.pair()?;
        ends.extend([a, b]);
    }
    Ok(ends)
}

/// Closes so many connections in a way that leaves their ports free.
fn forget(case: &Case<'_>, ends: &[Conn]) -> Observation {
    if case.has(Caps::ABORT) {
        for end in ends {
            // The other end of a connection that is reset already may say so.
            drop(end.abort());
        }
    }
    holds()
}

pub(super) fn same_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (one, other) = (case.poller()?, case.poller()?);
    one.register(&b, Ready::READ, KEY)?;
    other.register(&b, Ready::READ, OTHER)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    for _ in 0..2 {
        tells("an end of two watchers, by the first,", Ready::READ, now(&one)?)?;
        tells("an end of two watchers, by the second,", Ready::READ, now(&other)?)?;
    }
    holds()
}
