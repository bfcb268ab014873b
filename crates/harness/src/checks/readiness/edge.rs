//! The checks of the clauses readiness.edge.*

mod nesting;
mod oneshot;

use std::sync::mpsc;

use sockrates_core::{Mode, Ready};

use super::{KEY, NOTHING, arrived, now, queued, soon, tells, tells_of};
use crate::checks::checks;
use crate::checks::stream::pattern::{Pattern, clog, drain as receive_all, narrow_pair};
use crate::expect::{ensure, holds, same_bytes, saw};
use crate::{Case, Conn, Observation, Poller, Rng, Stop, Trigger};

use nesting::{exclusive, exclusive_modified, nesting, nesting_circle, nesting_itself};
use oneshot::{oneshot_disarms, oneshot_once, oneshot_rearmed, oneshot_silent};

checks!("readiness.edge" {
    arrival, leftovers, again, registered, modified, room, end, drain, oneshot_disarms,
    oneshot_silent, oneshot_once, oneshot_rearmed, exclusive, exclusive_modified, nesting,
    nesting_itself, nesting_circle,
});

/// How much is sent in all to one who drains.
const STREAM: usize = 200_000;

/// The longest piece of it.
const PIECE_MAX: usize = 3_000;

/// A pair, and what watches b for arrivals, told as `trigger` says.
fn watched(case: &Case<'_>, trigger: Trigger) -> Result<(Conn, Conn, Poller), Stop> {
    let (a, b) = case.pair()?;
    let poller = case.poller()?;
    poller.register_with(&b, Ready::READ, trigger, KEY)?;
    Ok((a, b, poller))
}

fn arrival(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    for _ in 0..2 {
        a.send_all(b"1", case.soon())?;
        arrived(case, &b)?;
        tells("an end with data", Ready::READ, now(&poller)?)?;
        for _ in 0..2 {
            tells("an end that was told", NOTHING, now(&poller)?)?;
        }
        b.recv_exact(1, case.soon())?;
    }
    holds()
}

fn leftovers(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    a.send_all(b"12", case.soon())?;
    arrived(case, &b)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    b.recv_exact(1, case.soon())?;
    arrived(case, &b)?;
    tells("an end that was told and has a byte left", NOTHING, now(&poller)?)?;
    holds()
}

fn again(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    for count in 1..=3 {
        a.send_all(b"x", case.soon())?;
        queued(case, &b, count)?;
        tells("an end with more data", Ready::READ, now(&poller)?)?;
    }
    b.recv_exact(3, case.soon())?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("an end with new data", Ready::READ, now(&poller)?)?;
    holds()
}

fn registered(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    let poller = case.poller()?;
    poller.register_with(&b, Ready::READ, Trigger::Edge, KEY)?;
    tells("an end that had data before", Ready::READ, now(&poller)?)?;
    holds()
}

fn modified(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    poller.modify(&b, Ready::READ, Trigger::Edge, KEY)?;
    tells("an end with data, modified,", Ready::READ, now(&poller)?)?;
    holds()
}

fn room(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let poller = case.poller()?;
    poller.register_with(&a, Ready::WRITE, Trigger::Edge, KEY)?;
    tells("an idle end", Ready::WRITE, now(&poller)?)?;
    tells("an idle end that was told", NOTHING, now(&poller)?)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    receive_all(&b, &pattern, 0..taken, case.soon())?;
    tells("an end whose peer has received all", Ready::WRITE, soon(case, &poller)?)?;
    holds()
}

fn end(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    a.send_all(b"x", case.soon())?;
    arrived(case, &b)?;
    tells("an end with data", Ready::READ, now(&poller)?)?;
    a.close_send()?;
    let told = soon(case, &poller)?;
    tells_of("an end whose peer has ended", "read", told.read, told)?;
    holds()
}

/// The sender's pieces come at any moment: before a wait, during it, while the receiver drains.
fn drain(case: &Case<'_>) -> Observation {
    let (a, b, poller) = watched(case, Trigger::Edge)?;
    let (data, seed, deadline) = (case.bytes(STREAM), case.seed(), case.soon());
    b.set_mode(Mode::NonBlocking)?;
    std::thread::scope(|scope| {
        let (drained, all_drained) = mpsc::channel();
        let (a, data) = (&a, &data[..]);
        let sender = scope.spawn(move || {
            send_in_pieces(a, data, Rng::new(seed), deadline)?;
            // The end is an arrival of its own. Where nobody drains any more, it ends at once.
            let _ = all_drained.recv();
            a.close_send()
        });
        let received = receive_as_told(case, &poller, &b, drained);
        let sent = sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let received = received?;
        sent?;
        let Some(received) = received else { return saw("an arrival is never told") };
        same_bytes("the stream", data, &received)?;
        holds()
    })
}

fn send_in_pieces(
    conn: &Conn,
    data: &[u8],
    mut rng: Rng,
    deadline: sockrates_core::Deadline,
) -> sockrates_core::Result<()> {
    let mut left = data;
    while !left.is_empty() {
        let (piece, rest) = left.split_at((1 + rng.below(PIECE_MAX)).min(left.len()));
        conn.send_all(piece, deadline)?;
        left = rest;
        (0..rng.below(8)).for_each(|_| std::thread::yield_now());
    }
    Ok(())
}

/// Everything until the end, received whenever it is told; nothing where a telling is missing. Says
/// by `drained` when only the end is left.
fn receive_as_told(
    case: &Case<'_>,
    poller: &Poller,
    conn: &Conn,
    drained: mpsc::Sender<()>,
) -> Result<Option<Vec<u8>>, Stop> {
    let mut received = Vec::with_capacity(STREAM);
    loop {
        if !soon(case, poller)?.read {
            return Ok(None);
        }
        loop {
            match conn.recv(1 << 14) {
                Ok(bytes) if bytes.is_empty() => return Ok(Some(received)),
                Ok(bytes) => received.extend_from_slice(&bytes),
                Err(error) if error.would_block() => break,
                Err(error) => return Err(error.into()),
            }
            ensure(received.len() <= STREAM, "the bytes that were sent", "more bytes")?;
        }
        if received.len() == STREAM {
            let _ = drained.send(());
        }
    }
}
