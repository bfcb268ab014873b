//! What happens to an operation that waits.

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Error, Mode, Shutdown};

use crate::checks::datagram::ends::{connected, next, send, taken};
use crate::checks::datagram::ledger::{Budget, Ledger};
use crate::checks::signal;
use crate::expect::{ensure, fail, here, holds, isolated, same_bytes, saw, times_out, told};
use crate::{Caps, Case, Conn, Observation, Stop, thread_state};

/// Enough interruptions to show what is done about them.
const SOME: u32 = 5;

/// So many interruptions that they take several times as long as any timeout here.
const MANY: u32 = 300;

/// Long enough to be measured, short enough to be waited for.
const WAIT: Duration = Duration::from_millis(20);

/// How long an interrupted receive is to wait: time enough to interrupt it on a busy machine.
const INTERRUPTED_WAIT: Duration = Duration::from_millis(50);

/// The coarsest clock that a system counts timeouts by, 100 ticks a second.
const TICK: Duration = Duration::from_millis(10);

pub(super) fn arrival_wakes(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let deadline = case.soon();
    for len in [40, 0] {
        let bytes = case.bytes(len);
        let (received, sent) =
            case.while_blocked(|| b.recv_until(100, deadline), || a.send(&bytes));
        taken(&bytes, sent)?;
        same_bytes("the datagram that it waited for", &bytes, &received?)?;
    }
    holds()
}

/// Deadlines pass all the time while datagrams arrive, and each is received once.
pub(super) fn loses_nothing(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut ledger = Ledger::new(Budget::LOCAL);
    let datagrams: Vec<Vec<u8>> = (0..60).map(|_| case.bytes(1 + case.below(200))).collect();
    let until = Instant::now() + case.transport()?.patience();
    for pair in datagrams.chunks(2) {
        for bytes in pair {
            send(case, &a, bytes)?;
            ledger.sent(bytes);
        }
        let mut wait = Duration::ZERO;
        while ledger.missing() > 0 {
            match b.recv_until(300, Deadline::after(wait)) {
                Ok(bytes) => ledger.received(&bytes)?,
                Err(error) if error.is_timeout() && Instant::now() < until => {
                    wait += Duration::from_micros(1);
                }
                Err(error) => return fail("a datagram, or a deadline", told(&error)),
            }
        }
        times_out(
            "a receive from a queue that is empty",
            b.recv_until(300, Deadline::after(wait)).map(drop),
        )?;
    }
    ledger.settle()?;
    holds()
}

/// Waiting is left to the system: it takes next to nothing of the processor, also where the queue
/// counts as readable because it is shut down.
pub(super) fn idle(case: &Case<'_>) -> Observation {
    here(case)?;
    let (a, _b) = connected(case)?;
    if let Some(variant) = busy(&a)? {
        return saw(variant);
    }
    if case.has(Caps::SHUTDOWN) && case.has(Caps::SOCKET) {
        a.shutdown(Shutdown::Read)?;
        if let Some("spins") = busy(&a)? {
            return saw("spins-after-shutdown");
        }
    }
    saw("idle")
}

/// Whether a receive from an empty queue keeps the processor busy; `None` where it sleeps.
///
/// What counts is what it used, not what it waited for, so that others that are busy do not count.
/// They leave it a part of the processor at the least, hence the small share. Who spins does so
/// each time; a virtual processor that is taken away is counted too, but not time after time.
fn busy(end: &Conn) -> Result<Option<&'static str>, Stop> {
    // The first one makes the system add up what the thread has used before.
    let waits = [(Duration::from_millis(1), false), (WAIT, true), (WAIT, true), (WAIT, true)];
    for (wait, judged) in waits {
        let before = thread_state::processor_time();
        match end.recv_until(100, Deadline::after(wait)) {
            Err(error) if error.is_timeout() => {}
            // It does not wait at all, which is another clause's business.
            Ok(_) | Err(Error::Os { .. }) => return Ok(None),
            Err(error) => return fail("nothing to receive", told(&error)),
        }
        let Some((before, after)) = before.zip(thread_state::processor_time()) else {
            return Ok(Some("untold"));
        };
        if judged && after.saturating_sub(before) <= WAIT / 10 {
            return Ok(None);
        }
    }
    Ok(Some("spins"))
}

pub(super) fn interrupted_recv(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    let bytes = case.bytes(40);
    let soon = case.soon();
    let mut sent = Ok(0);
    let got =
        signal::interrupt(SOME, || b.recv_until(100, soon), || sent = a.send_until(&bytes, soon))?
            .value;
    taken(&bytes, sent)?;
    if is_interrupted(&got) {
        return saw("EINTR");
    }
    same_bytes("the datagram after the interruptions", &bytes, &got?)?;
    holds()
}

pub(super) fn interrupted_timeout(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(INTERRUPTED_WAIT))?;
    let early = INTERRUPTED_WAIT - 2 * TICK;
    let (took, interrupted) = signal::interrupt_wait(MANY, early, || b.recv(100))?;
    if is_interrupted(&interrupted.value) {
        return saw("EINTR");
    }
    times_out("an interrupted receive", interrupted.value)?;
    let permitted = "interruptions neither shorten nor lengthen the timeout";
    ensure(took + TICK >= INTERRUPTED_WAIT, permitted, "it times out early")?;
    ensure(interrupted.times < MANY, permitted, "each interruption starts the timeout anew")?;
    b.set_mode(Mode::Blocking)?;
    send(case, &a, b"after")?;
    same_bytes("the datagram after the timeout", b"after", &next(case, &b)?)?;
    holds()
}

fn is_interrupted<T>(result: &sockrates_core::Result<T>) -> bool {
    matches!(result, Err(Error::Os { errno: Errno::EINTR, .. }))
}
