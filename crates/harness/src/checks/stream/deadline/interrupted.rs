//! Signals that arrive while an operation waits.

use std::time::Duration;

use sockrates_core::{Errno, Error, Mode, Result};

use super::TICK;
use crate::checks::signal;
use crate::checks::stream::pattern::{
    Pattern, clog, drain, more_than_fits, narrow_pair, nothing_between,
};
use crate::expect::{ensure, holds, isolated, same_bytes, saw, times_out};
use crate::{Case, Observation};

/// Enough interruptions to show what is done about them.
const SOME: u32 = 5;

/// More than a second of interruptions: longer than any timeout here.
const MANY: u32 = 1500;

pub(super) fn interrupted_recv(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let soon = case.soon();
    let mut sent = Ok(());
    let (got, _) = signal::interrupt(
        SOME,
        || b.recv_until(1, soon),
        || {
            sent = a.send_all(b"x", soon);
        },
    )?;
    sent?;
    if is_interrupted(&got) {
        return saw("EINTR");
    }
    same_bytes("what is received after the interruptions", b"x", &got?)?;
    holds()
}

pub(super) fn interrupted_send(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    let end = taken + more_than_fits(case)?;
    let (more, soon) = (pattern.bytes(taken..end), case.soon());
    let send = || {
        let sent = a.send_all(&more, soon);
        if sent.is_err() {
            // So that the receiver does not wait for what never comes.
            a.close_send()?;
        }
        sent
    };
    let mut received = Ok(());
    let (sent, _) = signal::interrupt(SOME, send, || received = drain(&b, &pattern, 0..end, soon))?;
    if is_interrupted(&sent) {
        return saw("EINTR");
    }
    sent?;
    received?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn interrupted_timeout(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let wait = Duration::from_millis(30);
    b.set_mode(Mode::Timeout(wait))?;
    let (took, stormed) = case.timed(|| signal::interrupt(MANY, || b.recv(1), || ()));
    let (got, in_time) = stormed?;
    if is_interrupted(&got) {
        return saw("EINTR");
    }
    times_out("an interrupted receive", got)?;
    let permitted = "interruptions neither shorten nor lengthen the timeout";
    ensure(took + TICK >= wait, permitted, "it times out early")?;
    ensure(in_time, permitted, "each interruption starts the timeout anew")?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn is_interrupted<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Os { errno: Errno::EINTR, .. }))
}
