//! One deadline for an operation of many calls.

use std::sync::mpsc;
use std::time::Duration;

use sockrates_core::{Deadline, Error, Mode, RecvBuf, RecvFlags, Stream, Transport};

use super::{SHORT, TICK};
use crate::checks::stream::pattern::{Pattern, drain, narrow_pair, nothing_between};
use crate::expect::{ensure, fail, holds, same_bytes, saw, told};
use crate::{Case, Conn, Observation, Stop};

/// How long a slow peer pauses: a tick of the system and a little, for a system that counts ticks
/// does not count a shorter wait.
const PAUSE: Duration = TICK.saturating_add(Duration::from_millis(1));

/// How long there is for all of it: time enough for every call to make progress.
const WAIT: Duration = PAUSE.saturating_mul(4);

/// More than fits between two ends, by far.
const MOST: usize = 16 << 20;

/// What is right, whatever the operation.
const TOTAL: &str = "receiving all times out, though every part of it makes progress";

/// After how many pauses a slow peer would have taken all: long after the deadline.
const PAUSES: usize = 60;

pub(super) fn send_all_total(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    send_to_slow_peer(case, &a, &b, |all| a.send_all(all, Deadline::after(WAIT)))
}

pub(super) fn timeout_total(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    a.set_mode(Mode::Timeout(WAIT))?;
    send_to_slow_peer(case, &a, &b, |all| a.send_all(all, Deadline::NEVER))
}

fn send_to_slow_peer(
    case: &Case<'_>,
    a: &Conn,
    b: &Conn,
    send_all: impl FnOnce(&[u8]) -> Result<(), Error>,
) -> Observation {
    let pattern = Pattern::new(case);
    let all = pattern.bytes(0..MOST.min(case.transport()?.clog_bytes() / 2));
    let piece = all.len() / PAUSES;
    let (stop, stopped) = mpsc::channel();
    let (sent, received) = std::thread::scope(|scope| {
        let slow = scope.spawn(|| recv_slowly(b, &pattern, piece, stopped));
        let sent = send_all(&all);
        // The receiver may have failed and gone, which its result tells.
        let _ = stop.send(());
        (sent, slow.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let received = received?;
    let permitted = "sending all times out, though every part of it makes progress";
    let done = match sent {
        Err(error) if error.is_timeout() => error.done(),
        Err(error) => return fail(permitted, told(&error)),
        Ok(()) => return fail(permitted, "success"),
    };
    ensure(received <= done, "a count of all that was sent", "more than that arrived")?;
    drain(b, &pattern, received..done, case.soon())?;
    a.set_mode(Mode::Blocking)?;
    nothing_between(a, b, case.soon())?;
    holds()
}

fn recv_slowly(
    conn: &Conn,
    pattern: &Pattern,
    piece: usize,
    stopped: mpsc::Receiver<()>,
) -> Result<usize, Stop> {
    let mut received = 0;
    while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(PAUSE) {
        match conn.recv_until(piece, Deadline::after(SHORT)) {
            Ok(bytes) => {
                pattern.check(received, &bytes)?;
                received += bytes.len();
            }
            Err(error) if error.is_timeout() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(received)
}

pub(super) fn recv_exact_total(case: &Case<'_>) -> Observation {
    trickled(case, |b, memory, deadline| match Stream::recv_exact(b, memory, deadline) {
        Err(error) if error.is_timeout() => Ok((error.done(), "holds")),
        Err(error) => fail(TOTAL, told(&error)),
        Ok(()) => fail(TOTAL, "success"),
    })
}

pub(super) fn waitall_total(case: &Case<'_>) -> Observation {
    trickled(case, |b, memory, deadline| {
        let whole = memory.len();
        let mut buf = RecvBuf::new(memory);
        match b.recv_msg(&mut buf, RecvFlags::WAITALL, deadline) {
            Err(error) if error.is_timeout() => Ok((error.done(), "timed out")),
            Err(error) => fail(TOTAL, told(&error)),
            Ok(got) if got.len < whole => Ok((got.len, "short")),
            Ok(_) => fail(TOTAL, "success"),
        }
    })
}

/// Receives with `recv` what a slow peer sends, byte by byte, to one deadline that passes before
/// all of it has come. `recv` tells how much it got.
fn trickled(
    case: &Case<'_>,
    recv: impl FnOnce(&Conn, &mut [u8], Deadline) -> Result<(usize, &'static str), Stop>,
) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(PAUSES);
    let mut memory = vec![0; data.len()];
    let (stop, stopped) = mpsc::channel();
    let (got, sent) = std::thread::scope(|scope| {
        let slow = scope.spawn(|| send_slowly(&a, &data, stopped));
        let got = recv(&b, &mut memory, Deadline::after(WAIT));
        // The sender may have failed and gone, which its result tells.
        let _ = stop.send(());
        (got, slow.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let sent = sent?;
    let (done, seen) = got?;
    ensure(done <= sent, "a count of bytes received", "more than were sent")?;
    let rest = b.recv_exact(sent - done, case.soon())?;
    same_bytes("all of it", &data[..sent], &[&memory[..done], &rest].concat())?;
    nothing_between(&a, &b, case.soon())?;
    saw(seen)
}

fn send_slowly(conn: &Conn, data: &[u8], stopped: mpsc::Receiver<()>) -> Result<usize, Stop> {
    let mut sent = 0;
    while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(PAUSE) {
        let Some(byte) = data.get(sent) else { break };
        conn.send_all(&[*byte], Deadline::after(Duration::from_secs(3)))?;
        sent += 1;
    }
    Ok(sent)
}
