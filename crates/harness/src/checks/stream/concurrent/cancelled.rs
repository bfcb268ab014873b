//! Operations that are given up while the other side goes on.

use std::time::Duration;

use sockrates_core::{Deadline, Mode, RecvBuf, RecvFlags, Result, Transport};

use super::joined;
use crate::checks::stream::pattern::{Pattern, clog, drain, narrow_pair, nothing_between};
use crate::expect::{equal, fail, holds, same_bytes, times_out, told};
use crate::{Case, Conn, Observation, Rng, Stop};

/// Time enough to wait and give up.
const MOMENT: Duration = Duration::from_millis(1);

/// A deadline that passes in the middle of things: at once, or up to a tenth of a millisecond on.
fn abrupt(rng: &mut Rng) -> Deadline {
    Deadline::after(Duration::from_micros(rng.below(100) as u64))
}

pub(super) fn cancelled_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (data, seed, soon) = (case.bytes(20_000), case.seed(), case.soon());
    times_out("a receive before anything is sent", b.recv_until(1, Deadline::after(MOMENT)))?;
    let received = std::thread::scope(|scope| {
        let sender = scope.spawn(|| -> Result<()> {
            data.chunks(97).try_for_each(|piece| a.send_all(piece, soon))
        });
        let received = recv_abruptly(&b, data.len(), Rng::new(seed), soon);
        joined(sender)?;
        received
    })?;
    same_bytes("the stream", &data, &received)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn recv_abruptly(conn: &Conn, len: usize, mut rng: Rng, soon: Deadline) -> Result<Vec<u8>, Stop> {
    let mut received = Vec::new();
    while received.len() < len {
        let most = (1 + rng.below(200)).min(len - received.len());
        match conn.recv_until(most, abrupt(&mut rng)) {
            Ok(bytes) if bytes.is_empty() => return fail("all of the stream", "an early end"),
            Ok(bytes) => received.extend(bytes),
            Err(error) if error.is_timeout() && !soon.has_passed() => {}
            Err(error) if error.is_timeout() => {
                return fail("all of the stream", "a part of it is missing");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(received)
}

pub(super) fn cancelled_send(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let data = pattern.bytes(0..256 << 10);
    let (seed, soon) = (case.seed(), case.soon());
    // More than fits in most, so that this one is given up.
    let first = match a.send_all(&data, Deadline::after(MOMENT)) {
        Ok(()) => data.len(),
        Err(error) if error.is_timeout() => error.done(),
        Err(error) => return fail("progress", told(&error)),
    };
    std::thread::scope(|scope| {
        let receiver = scope.spawn(|| drain(&b, &pattern, 0..data.len(), soon));
        let sent = send_abruptly(&a, &data[first..], Rng::new(seed), soon);
        joined(receiver).and(sent)
    })?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

fn send_abruptly(conn: &Conn, data: &[u8], mut rng: Rng, soon: Deadline) -> Result<(), Stop> {
    let mut sent = 0;
    while sent < data.len() {
        match conn.send_all(&data[sent..], abrupt(&mut rng)) {
            Ok(()) => return Ok(()),
            Err(error) if error.is_timeout() && !soon.has_passed() => sent += error.done(),
            Err(error) => return fail("progress", told(&error)),
        }
    }
    Ok(())
}

pub(super) fn recv_buffer(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut memory = [b'.'; 16];
    let given_up =
        b.recv_msg(&mut RecvBuf::new(&mut memory), RecvFlags::NONE, Deadline::after(MOMENT));
    times_out("a receive where nothing arrives", given_up)?;
    a.send_all(b"0123456789", case.soon())?;
    same_bytes("what is received next", b"0123456789", &b.recv_exact(10, case.soon())?)?;
    equal("the buffer of the receive that was given up", &[b'.'; 16], &memory)?;
    holds()
}

pub(super) fn send_buffer(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let mut taken = clog(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    let most = taken + case.transport()?.clog_bytes();
    loop {
        let mut more = pattern.bytes(taken..taken + (64 << 10));
        let sent = a.send_all(&more, Deadline::after(MOMENT));
        more.fill(b'!');
        match sent {
            Ok(()) if taken < most => taken += more.len(),
            Ok(()) => return fail("a send where nobody receives times out", "success"),
            Err(error) if error.is_timeout() => {
                taken += error.done();
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    drain(&b, &pattern, 0..taken, case.soon())?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}
