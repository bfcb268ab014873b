//! The checks of the clauses stream.concurrent.*

mod cancelled;
mod race;

use std::thread::ScopedJoinHandle;

use sockrates_core::Mode;

use crate::checks::checks;
use crate::checks::stream::pattern::{
    Pattern, clog, drain, more_than_fits, narrow_pair, nothing_between,
};
use crate::expect::{ensure, equal, holds, same_bytes, saw};
use crate::{Case, Conn, Observation, Stop};

use cancelled::{cancelled_recv, cancelled_send, recv_buffer, send_buffer};
use race::{all_at_once, close_race, peer_gone, shutdown_race};

/// How many threads share one end.
const THREADS: usize = 4;

/// How many bytes each sender sends at once.
const BLOCK: usize = 1000;

/// How many times it does.
const BLOCKS: usize = 16;

/// What the thread returned, or its panic.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn send_while_recv(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let soon = case.soon();
    let (got, then) = case.while_blocked(
        || b.recv_until(1, soon),
        || {
            let sent = nothing_between(&b, &a, case.soon());
            a.send_all(b"x", case.soon())?;
            sent
        },
    );
    then?;
    same_bytes("what the blocked receive got", b"x", &got?)?;
    holds()
}

fn recv_while_send(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    a.set_mode(Mode::Blocking)?;
    let end = taken + more_than_fits(case)?;
    let (more, soon) = (pattern.bytes(taken..end), case.soon());
    let (sent, then) = case.while_blocked(
        || a.send_all(&more, soon),
        || {
            let received = nothing_between(&b, &a, case.soon());
            drain(&b, &pattern, 0..end, case.soon()).and(received)
        },
    );
    then?;
    sent?;
    holds()
}

fn readers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (data, soon) = (case.bytes(100_000), case.soon());
    let received = std::thread::scope(|scope| {
        let read = || {
            let mut mine = Vec::new();
            loop {
                let bytes = b.recv_until(700, soon)?;
                if bytes.is_empty() {
                    return Ok(mine);
                }
                mine.extend(bytes);
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(read)).collect();
        let sent = a.send_all(&data, soon);
        a.drop_now();
        let all: Result<Vec<Vec<u8>>, Stop> = threads.into_iter().map(joined).collect();
        sent?;
        all
    })?;
    let received = received.concat();
    equal("how much all readers received together", &data.len(), &received.len())?;
    ensure(census(&data) == census(&received), "each byte is received once", "other bytes")?;
    holds()
}

/// How often each byte occurs.
fn census(bytes: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    counts
}

fn writers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let soon = case.soon();
    let received = std::thread::scope(|scope| {
        let write = |block: [u8; BLOCK]| -> Result<(), Stop> {
            for _ in 0..BLOCKS {
                a.send_all(&block, soon)?;
            }
            Ok(())
        };
        let blocks = (0..THREADS as u8).map(|byte| [byte; BLOCK]);
        let threads: Vec<_> = blocks.map(|block| scope.spawn(move || write(block))).collect();
        let received = b.recv_exact(THREADS * BLOCKS * BLOCK, soon);
        threads.into_iter().try_for_each(joined)?;
        Ok::<_, Stop>(received?)
    })?;
    for writer in 0..THREADS {
        equal("how much of each writer arrived", &(BLOCKS * BLOCK), &census(&received)[writer])?;
    }
    nothing_between(&a, &b, case.soon())?;
    let whole = received.chunk_by(|one, next| one == next).all(|run| run.len() % BLOCK == 0);
    saw(if whole { "atomic" } else { "interleaved" })
}

/// Sends until it fails.
fn send_until_error(conn: &Conn) {
    let some = [0; 16 << 10];
    while conn.send(&some).is_ok() {}
}

checks!("stream.concurrent" {
    send_while_recv, recv_while_send, readers, writers, cancelled_recv, cancelled_send, recv_buffer,
    send_buffer, all_at_once, close_race, shutdown_race, peer_gone,
});
