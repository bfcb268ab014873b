//! Signals that arrive while an operation waits.

use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error, Mode, Result};

use super::TICK;
use crate::checks::signal;
use crate::checks::stream::pattern::{
    Pattern, clog, drain, more_than_fits, narrow_pair, nothing_between,
};
use crate::expect::{ensure, holds, isolated, same_bytes, saw, times_out};
use crate::{Caps, Case, Observation};

/// Enough interruptions to show what is done about them.
const SOME: u32 = 5;

/// How long an operation may take that is to succeed: each interruption waits until the one before
/// was slept off, which takes its time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long an interrupted receive is to wait.
const WAIT: Duration = Duration::from_millis(50);

/// So many interruptions that they take several times as long.
const MANY: u32 = 300;

pub(super) fn interrupted_recv(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let patient = patient(case);
    let mut sent = Ok(());
    let got = signal::interrupt(
        SOME,
        || b.recv_until(1, patient),
        || {
            sent = a.send_all(b"x", patient);
        },
    )?
    .value;
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
    let (more, patient) = (pattern.bytes(taken..end), patient(case));
    let send = || {
        let sent = a.send_all(&more, patient);
        if sent.is_err() {
            // So that the receiver does not wait for what never comes.
            a.close_send()?;
        }
        sent
    };
    let mut received = Ok(());
    let receive = || received = drain(&b, &pattern, 0..end, patient);
    let sent = signal::interrupt(SOME, send, receive)?.value;
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
    b.set_mode(Mode::Timeout(WAIT))?;
    let (took, interrupted) = signal::interrupt_wait(MANY, WAIT - 2 * TICK, || b.recv(1))?;
    if is_interrupted(&interrupted.value) {
        return saw("EINTR");
    }
    times_out("an interrupted receive", interrupted.value)?;
    let permitted = "interruptions neither shorten nor lengthen the timeout";
    ensure(took + TICK >= WAIT, permitted, "it times out early")?;
    ensure(interrupted.times < MANY, permitted, "each interruption starts the timeout anew")?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn patient(case: &Case<'_>) -> Deadline {
    if case.has(Caps::DEADLINE) { Deadline::after(PATIENCE) } else { Deadline::NEVER }
}

fn is_interrupted<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Os { errno: Errno::EINTR, .. }))
}
