//! The checks of the clauses readiness.level.*

mod attempts;
mod ends;
mod room;

use sockrates_core::Ready;

use super::{BOTH, KEY, NOTHING, arrived, now, tells};
use crate::checks::checks;
use crate::expect::{ends, equal, fail, holds, saw};
use crate::readiness::Words;
use crate::{Case, Observation};

use attempts::{connected, listener, pending, refused, refused_error};
use ends::{
    end, half_close, hangup, hangup_write, own_end, reset, reset_error, unasked, unconnected,
};
use room::{full, room, send};

checks!("readiness.level" {
    idle, data, partial, drained, interest, both, end, half_close, full, room, listener, pending,
    connected, refused, refused_error, reset, reset_error, unasked, hangup, hangup_write, own_end,
    receive, send, unconnected,
});

fn idle(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&a, BOTH, KEY)?;
    for _ in 0..2 {
        tells("an idle end", Ready::WRITE, now(&poller)?)?;
    }
    holds()
}

fn data(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    a.send_all(b"12", case.soon())?;
    arrived(case, &b)?;
    for _ in 0..3 {
        tells("an end with data", Ready::READ, now(&poller)?)?;
    }
    holds()
}

fn partial(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    a.send_all(b"12", case.soon())?;
    arrived(case, &b)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    b.recv_exact(1, case.soon())?;
    arrived(case, &b)?;
    tells("an end with a byte left", Ready::READ, now(&poller)?)?;
    holds()
}

fn drained(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    for _ in 0..2 {
        a.send_all(b"12", case.soon())?;
        arrived(case, &b)?;
        tells("an end with data", Ready::READ, now(&poller)?)?;
        b.recv_exact(2, case.soon())?;
        tells("an end whose data was received", NOTHING, now(&poller)?)?;
    }
    holds()
}

fn interest(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    poller.register(&b, Ready::WRITE, KEY)?;
    tells("an end with data, asked whether it can send,", Ready::WRITE, now(&poller)?)?;
    poller.unregister(&b)?;
    poller.register(&a, Ready::READ, KEY)?;
    tells("an idle end, asked whether it can receive,", NOTHING, now(&poller)?)?;
    holds()
}

fn both(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, BOTH, KEY)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    match poller.now()?.as_slice() {
        [(_, ready)] => tells("an end with data", BOTH, *ready)?,
        [] => return fail("the end is told once, with both", "it is not told"),
        _ => return saw("told once for each"),
    }
    holds()
}

/// Data, the end, and the end again: whatever there is, a receive where it is told does not wait.
fn receive(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register(&b, Ready::READ, KEY)?;
    b.set_mode(sockrates_core::Mode::NonBlocking)?;
    for _ in 0..3 {
        a.send_all(b"x", case.soon())?;
        arrived(case, &b)?;
        while now(&poller)?.read {
            match b.recv(1) {
                Ok(got) => equal("what is received", b"x".as_slice(), got.as_slice())?,
                Err(error) if error.would_block() => return saw("a receive would wait"),
                Err(error) => return Err(error.into()),
            }
        }
    }
    a.close_send()?;
    arrived(case, &b)?;
    let told = now(&poller)?;
    if !told.read {
        return fail("the end is told", format!("ready for: {}", Words(told)));
    }
    ends(&b, case.soon())?;
    holds()
}
