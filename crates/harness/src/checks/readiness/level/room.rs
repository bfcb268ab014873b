//! Room to send.

use sockrates_core::{Mode, Ready};

use crate::checks::readiness::{KEY, now, soon, tells};
use crate::checks::stream::pattern::{Pattern, clog, drain, narrow_pair};
use crate::expect::{fail, holds, inconclusive, saw};
use crate::{Case, Observation};

/// How often an end is filled anew where what it holds moves on.
const TRIES: usize = 100;

/// How much is sent in one call.
const PIECE: usize = 64 << 10;

pub(super) fn full(case: &Case<'_>) -> Observation {
    let (a, _b) = narrow_pair(case)?;
    let poller = case.poller()?;
    poller.register(&a, Ready::WRITE, KEY)?;
    let pattern = Pattern::new(case);
    for _ in 0..TRIES {
        clog(case, &a, &pattern)?;
        if !now(&poller)?.write {
            return holds();
        }
        match a.send(&pattern.bytes(0..PIECE)) {
            Ok(_) => {}
            Err(error) if error.would_block() => return saw("ready where a send would wait"),
            Err(error) => return Err(error.into()),
        }
    }
    inconclusive("there is room to send again at every try")
}

pub(super) fn room(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let poller = case.poller()?;
    poller.register(&a, Ready::WRITE, KEY)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    tells("an end whose peer has received all", Ready::WRITE, soon(case, &poller)?)?;
    holds()
}

pub(super) fn send(case: &Case<'_>) -> Observation {
    let (a, _b) = narrow_pair(case)?;
    let poller = case.poller()?;
    poller.register(&a, Ready::WRITE, KEY)?;
    a.set_mode(Mode::NonBlocking)?;
    let piece = case.bytes(PIECE);
    let (most, mut taken) = (case.transport()?.clog_bytes(), 0);
    while now(&poller)?.write {
        match a.send(&piece) {
            Ok(0) => return saw("a send takes nothing"),
            Ok(n) => taken += n,
            Err(error) if error.would_block() => return saw("a send would wait"),
            Err(error) => return Err(error.into()),
        }
        if taken > most {
            return fail("room runs out where nobody receives", "any amount is taken");
        }
    }
    match taken {
        0 => fail("an idle end is ready to send", "it is not"),
        _ => holds(),
    }
}
