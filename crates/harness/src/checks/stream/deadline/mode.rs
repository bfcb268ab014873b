//! The modes: blocking, non-blocking, and a timeout for every operation.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sockrates_core::{Error, Mode, Result, Stream};

use super::{ROUNDS, SHORT, SLACK, TICK};
use crate::checks::stream::pattern::{
    Pattern, clog, drain, more_than_fits, narrow_pair, nothing_between,
};
use crate::expect::{ensure, equal, fail, holds, same_bytes, saw, times_out, told, would_block};
use crate::{Case, Conn, Observation, Stop};

pub(super) fn timeout_fires(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let wait = 2 * TICK;
    b.set_mode(Mode::Timeout(wait))?;
    for _ in 0..ROUNDS {
        let (took, got) = case.timed(|| b.recv(10));
        times_out("a receive where nothing arrives", got)?;
        let permitted = "it times out after its timeout, give or take a tick of the system";
        ensure(took + TICK >= wait, permitted, "it times out early")?;
        ensure(took < wait + SLACK, permitted, "it times out more than 2 s late")?;
    }
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn setting(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (ended, soon) = (AtomicBool::new(false), case.soon());
    let receive = || {
        let got = b.recv_until(1, soon);
        ended.store(true, Ordering::SeqCst);
        got
    };
    let (got, then) = case.while_blocked(receive, || {
        b.set_mode(Mode::Timeout(SHORT))?;
        // Receives that start now are timed; when they are over, so would the first one be.
        for _ in 0..4 {
            times_out("a receive that starts after the timeout is set", b.recv(1))?;
        }
        let woken = ended.load(Ordering::SeqCst);
        a.send_all(b"x", case.soon())?;
        Ok::<_, Stop>(woken)
    });
    match (got, then?) {
        (Ok(byte), false) => {
            same_bytes("what the blocked receive got", b"x", &byte)?;
            saw("later operations only")
        }
        (Err(Error::TimedOut { .. }), _) => {
            same_bytes("what is received next", b"x", &b.recv_exact(1, case.soon())?)?;
            saw("blocked operations too")
        }
        (Ok(_), true) => fail("a byte that was sent", "an end before it was sent"),
        (Err(error), _) => fail("a byte, or a timeout", told(&error)),
    }
}

pub(super) fn recv_leaves_send(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(SHORT))?;
    times_out("a receive where nothing arrives", b.recv(10))?;
    // One send after the other: the timeout is for one operation, and a busy machine may not manage
    // several in it.
    let mut left: &[u8] = b"after";
    while !left.is_empty() {
        left = &left[b.send_until(left, case.soon())?..];
    }
    same_bytes("what is sent then", b"after", &a.recv_exact(5, case.soon())?)?;
    b.set_mode(Mode::Blocking)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn send_leaves_recv(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = send_until_timeout(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    nothing_between(&b, &a, case.soon())?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

/// Sends the pattern until a send times out, and tells how much was sent.
fn send_until_timeout(case: &Case<'_>, conn: &Conn, pattern: &Pattern) -> Result<usize, Stop> {
    let mut taken = clog(case, conn, pattern)?;
    conn.set_mode(Mode::Timeout(SHORT))?;
    let most = taken + case.transport()?.clog_bytes();
    let part = more_than_fits(case)?;
    while taken < most {
        match conn.send_all(&pattern.bytes(taken..taken + part), case.soon()) {
            Ok(()) => taken += part,
            Err(error) if error.is_timeout() => return Ok(taken + error.done()),
            Err(error) => return fail("a timeout", told(&error)),
        }
    }
    fail("a send where nobody receives times out", "it takes any amount")
}

pub(super) fn cleared(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(SHORT))?;
    times_out("a receive with a timeout", b.recv(10))?;
    b.set_mode(Mode::Blocking)?;
    let soon = case.soon();
    let (got, then) = case.while_blocked(
        || b.recv_until(1, soon),
        || {
            // The other end's timeout is the clock: what was cleared would have fired by then.
            a.set_mode(Mode::Timeout(4 * SHORT))?;
            times_out("a receive on the other end", a.recv(10))?;
            a.set_mode(Mode::Blocking)?;
            a.send_all(b"x", case.soon()).map_err(Stop::from)
        },
    );
    then?;
    same_bytes("a receive without a timeout", b"x", &got?)?;
    holds()
}

pub(super) fn recv_resumes(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut memory = [b'.'; 10];
    a.send_all(b"0123", case.soon())?;
    b.set_mode(Mode::Timeout(SHORT))?;
    let done = match Stream::recv_exact(&b, &mut memory, case.soon()) {
        Err(error) if error.is_timeout() => error.done(),
        Err(error) => return fail("a timeout", told(&error)),
        Ok(()) => return fail("a timeout", "success"),
    };
    ensure(done <= 4, "a count of bytes received", "more than were sent")?;
    a.send_all(b"456789", case.soon())?;
    b.set_mode(Mode::Blocking)?;
    Stream::recv_exact(&b, &mut memory[done..], case.soon())?;
    same_bytes("all of it", b"0123456789", &memory)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn send_resumes(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = send_until_timeout(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    let end = taken + more_than_fits(case)?;
    let rest = pattern.bytes(taken..end);
    let soon = case.soon();
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| a.send_all(&rest, soon));
        let received = drain(&b, &pattern, 0..end, soon);
        let sent = sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        received.and(sent.map_err(Stop::from))
    })?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn nonblock_empty(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::NonBlocking)?;
    would_block("a receive where nothing has arrived", b.recv_until(10, case.soon()))?;
    a.send_all(b"x", case.soon())?;
    let got = until_it_need_not_wait(case, || b.recv(10))?;
    same_bytes("what has arrived", b"x", &got)?;
    would_block("a receive where nothing more has arrived", b.recv_until(10, case.soon()))?;
    holds()
}

pub(super) fn nonblock_full(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    let again = until_it_need_not_wait(case, || a.send(b"x"))?;
    equal("the count of a send once there is room", &1, &again)?;
    same_bytes("what was sent then", b"x", &b.recv_exact(1, case.soon())?)?;
    holds()
}

/// Tries until it need not wait. Where the machine takes its time, so may this.
fn until_it_need_not_wait<T>(case: &Case<'_>, attempt: impl Fn() -> Result<T>) -> Result<T, Stop> {
    let patience = Instant::now() + case.transport()?.patience();
    loop {
        match attempt() {
            Err(error) if error.would_block() && Instant::now() < patience => {
                std::thread::yield_now();
            }
            other => return Ok(other?),
        }
    }
}

pub(super) fn mode_kept(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("the mode of a new end", &Mode::Blocking, &a.mode())?;
    for mode in [Mode::Timeout(Duration::from_millis(1500)), Mode::NonBlocking, Mode::Blocking] {
        a.set_mode(mode)?;
        equal("the mode that was set", &mode, &a.mode())?;
        equal("the other end's mode", &Mode::Blocking, &b.mode())?;
    }
    nothing_between(&a, &b, case.soon())?;
    holds()
}
