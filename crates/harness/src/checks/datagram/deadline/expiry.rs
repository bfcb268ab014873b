//! Deadlines that pass.

use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Mode};

use crate::checks::datagram::ends::{next, poll, send, taken};
use crate::expect::{ensure, fail, holds, same_bytes, saw, times_out, told};
use crate::{Case, Observation, Stop};

/// Long enough to be measured, short enough to be waited for.
const WAIT: Duration = Duration::from_millis(20);

/// How late a deadline may be noticed on a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(2);

fn past() -> Deadline {
    Deadline::at(Instant::now())
}

pub(super) fn past_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    for room in [100, 0] {
        times_out("a receive after its deadline", b.recv_until(room, past()).map(drop))?;
    }
    let bytes = case.bytes(30);
    send(case, &a, &bytes)?;
    same_bytes("the datagram after the timeout", &bytes, &next(case, &b)?)?;
    holds()
}

/// What has arrived may be received or may be left for later, but is not lost.
pub(super) fn past_ready(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (first, second) = (case.bytes(20), case.bytes(30));
    send(case, &a, &first)?;
    send(case, &a, &second)?;
    same_bytes("the first datagram", &first, &next(case, &b)?)?;
    // The second may still be on its way, so one timeout says nothing.
    let mut tries = 0;
    let received = poll(case, || match b.recv_until(100, past()) {
        Ok(bytes) => Ok(Some(Some(bytes))),
        Err(error) if error.is_timeout() => {
            tries += 1;
            Ok((tries == 1000).then_some(None))
        }
        Err(error) => fail("the datagram, or a timeout", told(&error)),
    })?;
    let (bytes, variant) = match received.flatten() {
        Some(bytes) => (bytes, "received"),
        None => (next(case, &b)?, "timed-out"),
    };
    same_bytes("the second datagram", &second, &bytes)?;
    saw(variant)
}

/// A datagram for which there is room needs no time, so it is sent, or it is not and says so.
pub(super) fn past_send(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (late, after) = (case.bytes(20), case.bytes(30));
    let variant = match a.send_until(&late, past()) {
        Ok(count) => {
            taken(&late, Ok(count))?;
            same_bytes("the datagram", &late, &next(case, &b)?)?;
            "sent"
        }
        Err(error) if error.is_timeout() => "timed-out",
        Err(error) => return fail("it is sent, or times out", told(&error)),
    };
    send(case, &a, &after)?;
    same_bytes("the datagram after it", &after, &next(case, &b)?)?;
    saw(variant)
}

pub(super) fn recv_fires(case: &Case<'_>) -> Observation {
    let (_a, b) = case.pair()?;
    let (took, got) = case.timed(|| b.recv_until(100, Deadline::after(WAIT)).map(drop));
    times_out("a receive where nothing arrives", got)?;
    on_time(took)?;
    holds()
}

pub(super) fn timeout_fires(case: &Case<'_>) -> Observation {
    let (_a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(WAIT))?;
    let (took, got) = case.timed(|| b.recv(100).map(drop));
    times_out("a receive in timeout mode", got)?;
    on_time(took)?;
    holds()
}

/// Not before the deadline, and not long after it. A system may count time by ticks of 10 ms.
fn on_time(took: Duration) -> Result<(), Stop> {
    let permitted = "it times out at its deadline";
    ensure(took + Duration::from_millis(10) >= WAIT, permitted, "it times out early")?;
    ensure(took < WAIT + SLACK, permitted, "it times out more than 2 s late")
}

pub(super) fn usable(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_mode(Mode::Timeout(Duration::from_millis(5)))?;
    for _ in 0..2 {
        times_out("a receive where nothing arrives", b.recv(100).map(drop))?;
        let answer = case.bytes(40);
        send(case, &b, &answer)?;
        same_bytes("what it sends after the timeout", &answer, &next(case, &a)?)?;
    }
    b.set_mode(Mode::Blocking)?;
    let bytes = case.bytes(50);
    send(case, &a, &bytes)?;
    same_bytes("what it receives after the timeout", &bytes, &next(case, &b)?)?;
    holds()
}
