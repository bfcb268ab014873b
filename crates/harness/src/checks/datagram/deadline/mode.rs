//! What the mode says, and for how long.

use std::time::Duration;

use sockrates_core::{Deadline, Mode};

use crate::checks::datagram::ends::{next, send, taken};
use crate::expect::{ensure, equal, holds, same_bytes, times_out, would_block};
use crate::{Case, Observation};

/// Time enough to tell waiting from not waiting.
const SHORT: Duration = Duration::from_millis(5);

/// Time that nobody waits for: a subject that does hangs, and is stopped.
const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn minimum(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let receive = |mode, wait| {
        b.set_mode(mode)?;
        b.recv_until(100, Deadline::after(wait)).map(drop)
    };
    times_out("the call's deadline is earlier", receive(Mode::Timeout(HOUR), SHORT))?;
    times_out("the mode's timeout is earlier", receive(Mode::Timeout(SHORT), HOUR))?;
    would_block("the mode never waits", receive(Mode::NonBlocking, HOUR))?;
    times_out("only the call has a deadline", receive(Mode::Blocking, SHORT))?;
    let bytes = case.bytes(30);
    send(case, &a, &bytes)?;
    same_bytes("the datagram after the timeouts", &bytes, &next(case, &b)?)?;
    holds()
}

pub(super) fn mode_kept(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("the first mode", &Mode::Blocking, &a.mode())?;
    for mode in [Mode::Timeout(HOUR), Mode::NonBlocking, Mode::Timeout(SHORT), Mode::Blocking] {
        a.set_mode(mode)?;
        equal("the mode that was set", &mode, &a.mode())?;
        send(case, &a, b"x")?;
        next(case, &b)?;
        equal("the mode after a send", &mode, &a.mode())?;
        equal("the mode of the other end", &Mode::Blocking, &b.mode())?;
    }
    holds()
}

/// Back in blocking mode, a receive waits for as long as it takes.
pub(super) fn cleared(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(SHORT))?;
    times_out("a receive in timeout mode", b.recv(100).map(drop))?;
    b.set_mode(Mode::Blocking)?;
    let bytes = case.bytes(30);
    let deadline = case.soon();
    let start = std::time::Instant::now();
    let (received, sent) = case.while_blocked(
        || b.recv_until(100, deadline),
        || {
            // Longer than the timeout that was set; a signal that it still counts is a timeout.
            while start.elapsed() < 3 * SHORT {
                std::thread::yield_now();
            }
            a.send(&bytes)
        },
    );
    taken(&bytes, sent)?;
    same_bytes("the datagram that it waited for", &bytes, &received?)?;
    holds()
}

/// There is room, so nothing has to wait.
pub(super) fn nonblock_send(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.set_mode(Mode::NonBlocking)?;
    for len in [30, 0, 500] {
        let bytes = case.bytes(len);
        taken(&bytes, a.send(&bytes))?;
        same_bytes("the datagram", &bytes, &next(case, &b)?)?;
    }
    ensure(a.mode() == Mode::NonBlocking, "the mode stays", "it changes")?;
    holds()
}
