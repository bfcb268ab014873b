//! Everything at the same time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use sockrates_core::{Deadline, Errno, Mode, Ready, Result, Shutdown};

use super::{THREADS, joined, send_until_error};
use crate::expect::{ensure, fails_with, holds};
use crate::{Caps, Case, Conn, Observation, Stop};

/// How many times both sides do something.
const ROUNDS: usize = 25;

/// How many times each of several threads does its thing at least, and how long that is waited for.
const TURNS: usize = 10;
const TURMOIL_MAX: Duration = Duration::from_secs(1);

/// How long an operation waits where it can be told to.
const MOMENT: Duration = Duration::from_millis(1);

/// How many times a race is run.
const RACES: usize = 5;

pub(super) fn all_at_once(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let patience = case.has(Caps::DEADLINE).then_some(MOMENT);
    let (stop, turns) = (AtomicBool::new(false), case.has(Caps::NONBLOCK.and(Caps::TIMEOUT)));
    // Whatever the operations return in the turmoil is right, as long as they return.
    let recv = || drop(a.recv_until(100, patience.into()));
    let send = || drop(a.send_until(&[0; 100], patience.into()));
    let ask = || ask_everything(&a);
    let turn = || {
        if turns {
            let modes = [Mode::NonBlocking, Mode::Timeout(MOMENT), Mode::Blocking];
            modes.into_iter().for_each(|mode| drop(a.set_mode(mode)));
        }
    };
    let doings: [&(dyn Fn() + Sync); 6] = [&recv, &recv, &send, &send, &ask, &turn];
    let done = doings.map(|_| AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let (stop, done) = (&stop, &done);
        let threads = std::array::from_fn::<_, 6, _>(|at| {
            scope.spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    doings[at]();
                    done[at].fetch_add(1, Ordering::SeqCst);
                }
            })
        });
        // On a busy machine a thread may not have had its turn yet. One that died needs no more.
        let late = Instant::now() + TURMOIL_MAX;
        let may_end = |round: usize| {
            round >= ROUNDS
                && (done.iter().all(|done| done.load(Ordering::SeqCst) >= TURNS)
                    || threads.iter().any(ScopedJoinHandle::is_finished)
                    || Instant::now() > late)
        };
        for round in 0.. {
            if may_end(round) {
                break;
            }
            drop(b.send_until(&[1; 10], patience.into()));
            drop(b.recv_until(4096, patience.into()));
        }
        stop.store(true, Ordering::SeqCst);
        b.drop_now();
        threads.into_iter().for_each(joined);
    });
    holds()
}

fn ask_everything(conn: &Conn) {
    // Only that it returns matters here.
    let _ = (conn.local_addr(), conn.peer_addr(), conn.queued(), conn.take_error(), conn.mode());
    let both = Ready { read: true, ..Ready::WRITE };
    let _ = conn.wait(both, Deadline::at(Instant::now()));
}

pub(super) fn close_race(case: &Case<'_>) -> Observation {
    for _ in 0..RACES {
        let (a, _b) = case.pair()?;
        ended_by(case, &a, || a.close())?;
        fails_with("a receive after closing", a.recv(1), &[Errno::EBADF]).map(drop)?;
    }
    holds()
}

pub(super) fn shutdown_race(case: &Case<'_>) -> Observation {
    for _ in 0..RACES {
        let (a, _b) = case.pair()?;
        ended_by(case, &a, || a.shutdown(Shutdown::Both))?;
    }
    holds()
}

pub(super) fn peer_gone(case: &Case<'_>) -> Observation {
    for _ in 0..RACES {
        let (a, b) = case.pair()?;
        ended_by(case, &a, || {
            b.drop_now();
            Ok(())
        })?;
    }
    holds()
}

/// Has threads receive from and send on `conn` until `act` ends them all: one receive is blocked by
/// then, the others are where they are. One that is not ended hangs.
fn ended_by(case: &Case<'_>, conn: &Conn, act: impl FnOnce() -> Result<()>) -> Result<(), Stop> {
    std::thread::scope(|scope| {
        let recv = || match conn.recv(1) {
            Ok(bytes) => ensure(bytes.is_empty(), "an end or an error", "bytes that nobody sent"),
            Err(_) => Ok(()),
        };
        let sender = scope.spawn(|| send_until_error(conn));
        let receivers: Vec<_> = (1..THREADS).map(|_| scope.spawn(recv)).collect();
        let (received, acted) = case.while_blocked(recv, act);
        acted?;
        received?;
        joined(sender);
        receivers.into_iter().try_for_each(joined)
    })
}
