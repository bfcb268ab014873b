//! Connection attempts that nobody answers.

use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Mode, Ready};

use super::NEVER;
use crate::expect::{came, ensure, fails_with, holds, received, saw, times_out, would_block};
use crate::{Caps, Case, Conn, Observation, Stop};

/// How long an attempt may take that cannot succeed.
const PATIENCE: Duration = Duration::from_millis(20);

pub(super) fn pending(case: &Case<'_>) -> Observation {
    let (silent, client) = attempt(case)?;
    saw(format!("{:?}", client.connect_ex(&silent.addr)?))
}

pub(super) fn pending_name(case: &Case<'_>) -> Observation {
    let (_silent, client) = attempt(case)?;
    fails_with("getpeername", client.peer_addr(), &[Errno::ENOTCONN]).map(drop)?;
    holds()
}

pub(super) fn pending_receive(case: &Case<'_>) -> Observation {
    let (_silent, client) = attempt(case)?;
    received(client.recv_until(8, NEVER))
}

pub(super) fn pending_send(case: &Case<'_>) -> Observation {
    let (_silent, client) = attempt(case)?;
    came(client.send_until(b"x", NEVER), "accepted")
}

pub(super) fn deadline(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let (took, result) = case.timed(|| case.connect(&silent.addr, Deadline::after(PATIENCE)));
    times_out("connecting where nobody answers", result)?;
    ensure(took >= PATIENCE, "no earlier than its deadline", "earlier than its deadline")?;
    holds()
}

pub(super) fn mode_timeout(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let client = case.socket()?;
    client.set_mode(Mode::Timeout(PATIENCE))?;
    let (took, result) = case.timed(|| client.connect(&silent.addr, NEVER));
    times_out("connecting where nobody answers", result)?;
    ensure(took >= PATIENCE, "no earlier than its timeout", "earlier than its timeout")?;
    holds()
}

pub(super) fn mode_timeout_number(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let client = case.socket()?;
    client.set_mode(Mode::Timeout(PATIENCE))?;
    saw(format!("{:?}", client.connect_ex(&silent.addr)?))
}

pub(super) fn retry_after_timeout(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let client = case.socket()?;
    times_out(
        "connecting where nobody answers",
        client.connect(&silent.addr, Deadline::after(PATIENCE)),
    )?;
    came(client.connect(&silent.addr, Deadline::after(PATIENCE)), "connects")
}

pub(super) fn abandoned(case: &Case<'_>) -> Observation {
    let silent = Silent::listen(case)?;
    let before = case.descriptors();
    for _ in 0..3 {
        let hurry = Deadline::after(Duration::from_millis(2));
        times_out("connecting where nobody answers", case.connect(&silent.addr, hurry))?;
    }
    ensure(case.descriptors() == before, "as many descriptors as before", "more than before")?;
    let (_queued, _) = silent.listener.accept(case.soon())?;
    if case.has(Caps::NONBLOCK) {
        silent.listener.set_mode(Mode::NonBlocking)?;
        would_block("accepting what was given up", silent.listener.accept(NEVER))?;
    }
    holds()
}

/// An attempt that gets no answer, in non-blocking mode.
fn attempt(case: &Case<'_>) -> Result<(Silent, Conn), Stop> {
    let silent = Silent::listen(case)?;
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    let first = client.connect_ex(&silent.addr)?;
    ensure(first.in_progress(), "an attempt in progress", format!("{first:?}"))?;
    Ok((silent, client))
}

/// A listener that leaves attempts unanswered, for its queue is full.
pub(in crate::checks) struct Silent {
    pub(in crate::checks) addr: Addr,
    listener: Conn,
    _queued: Conn,
}

impl Silent {
    pub(in crate::checks) fn listen(case: &Case<'_>) -> Result<Self, Stop> {
        let (listener, addr) = case.bound()?;
        listener.listen(0)?;
        let _queued = case.connect(&addr, case.soon())?;
        // The client may be ahead: only what the listener could accept is in its queue.
        listener.wait(Ready::READ, case.soon())?;
        Ok(Self { addr, listener, _queued })
    }
}
