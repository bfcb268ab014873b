//! The checks of the clauses stream.deadline.*

mod interrupted;
mod mode;
mod total;

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Mode};

use crate::checks::checks;
use crate::checks::stream::pattern::{Pattern, clog, drain, narrow_pair, nothing_between};
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw, times_out, told, would_block};
use crate::{Case, Observation, Stop};

use interrupted::{interrupted_recv, interrupted_send, interrupted_timeout};
use mode::{cleared, mode_kept, nonblock_empty, nonblock_full, setting, timeout_fires};
use mode::{recv_leaves_send, recv_resumes, send_leaves_recv, send_resumes};
use total::{recv_exact_total, send_all_total, timeout_total, waitall_total};

/// Time enough to tell waiting from not waiting.
const SHORT: Duration = Duration::from_millis(5);

/// How many times time is taken: on a busy machine one that is early can look punctual once.
const ROUNDS: usize = 3;

/// Time that nobody waits for: a subject that does hangs, and is stopped.
const HOUR: Duration = Duration::from_secs(3600);

/// How late a deadline may be noticed on a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(2);

/// The coarsest clock that a system counts timeouts by, 100 ticks a second.
const TICK: Duration = Duration::from_millis(10);

fn past() -> Deadline {
    Deadline::at(Instant::now())
}

fn past_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    times_out("a receive after its deadline", b.recv_until(10, past()))?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn past_send(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let mut taken = clog(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    // What was sent moves on, and makes room for more.
    let most = case.transport()?.clog_bytes();
    let refused = loop {
        match a.send_until(&pattern.bytes(taken..taken + 1024), past()) {
            Ok(n) if taken < most => taken += n,
            other => break other,
        }
    };
    equal(
        "the count of a send that failed",
        &0,
        &refused.as_ref().map_or_else(|e| e.done(), |n| *n),
    )?;
    times_out("a send after its deadline", refused)?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn past_ready(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"01234", case.soon())?;
    equal("the first byte", b"0".as_slice(), b.recv_exact(1, case.soon())?.as_slice())?;
    let (got, seen) = match b.recv_until(4, past()) {
        Ok(got) => (got, "received"),
        Err(error) if error.is_timeout() => (Vec::new(), "timed out"),
        Err(error) => return fail("the bytes, or a timeout", told(&error)),
    };
    let rest = b.recv_exact(4 - got.len(), case.soon())?;
    same_bytes("all of it", b"1234", &[got, rest].concat())?;
    saw(seen)
}

fn recv_fires(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for _ in 0..ROUNDS {
        let wait = 3 * SHORT;
        let (took, got) = case.timed(|| b.recv_until(10, Deadline::after(wait)));
        times_out("a receive where nothing arrives", got)?;
        on_time(took, wait)?;
    }
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn send_fires(case: &Case<'_>) -> Observation {
    let (a, _b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    clog(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    let more = vec![0; case.transport()?.clog_bytes()];
    for _ in 0..ROUNDS {
        let wait = 3 * SHORT;
        let (took, sent) = case.timed(|| a.send_all(&more, Deadline::after(wait)));
        times_out("a send where nobody receives", sent)?;
        on_time(took, wait)?;
    }
    holds()
}

/// Not before the deadline, and not long after it.
fn on_time(took: Duration, wait: Duration) -> Result<(), Stop> {
    ensure(took >= wait, "it times out at its deadline", "it times out early")?;
    ensure(took < wait + SLACK, "it times out at its deadline", "it times out more than 2 s late")
}

fn minimum(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(HOUR))?;
    times_out("the call's deadline is earlier", b.recv_until(10, Deadline::after(SHORT)))?;
    b.set_mode(Mode::Timeout(SHORT))?;
    times_out("the mode's timeout is earlier", b.recv_until(10, Deadline::after(HOUR)))?;
    b.set_mode(Mode::NonBlocking)?;
    would_block("the mode never waits", b.recv_until(10, Deadline::after(HOUR)))?;
    b.set_mode(Mode::Blocking)?;
    times_out("only the call has a deadline", b.recv_until(10, Deadline::after(SHORT)))?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

checks!("stream.deadline" {
    past_recv, past_send, past_ready, recv_fires, send_fires, timeout_fires, minimum, setting,
    recv_leaves_send, send_leaves_recv, cleared, recv_resumes, send_resumes, nonblock_empty,
    nonblock_full, mode_kept, send_all_total, timeout_total, recv_exact_total, waitall_total,
    interrupted_recv, interrupted_send, interrupted_timeout,
});
