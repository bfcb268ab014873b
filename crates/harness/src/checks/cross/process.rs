//! The checks of the clauses cross.process.*

use std::time::Instant;

use crate::checks::{checks, signal};
use crate::expect::{ensure, fail, holds, isolated, saw};
use crate::{Caps, Case, Conn, Observation, Stop};

/// How many times everything is made and dropped: a leak shows even among others' descriptors.
const ROUNDS: usize = 10;

/// How often a send is tried on a peer that is gone.
const TRIES: usize = 1000;

fn broken_pipe(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let (ended, _peer) = case.pair()?;
    let (left, gone) = case.pair()?;
    ended.close_send()?;
    gone.drop_now();
    let ((), signals) =
        signal::count_broken_pipes(|| [&ended, &left].into_iter().for_each(send_until_error))?;
    if signals > 0 {
        return saw("SIGPIPE");
    }
    holds()
}

/// Sends until it fails. Whether it does, and how, is not asked here.
fn send_until_error(conn: &Conn) {
    (0..TRIES).any(|_| conn.send(b"is anybody there?").is_err());
}

fn close_on_exec(case: &Case<'_>) -> Observation {
    isolated(case)?;
    let before = listed("fd")?;
    let everything = make_everything(case)?;
    let made = count_closing_on_exec(&before)?;
    ensure(made > 0, "a subject with descriptors opens some", "it opens none")?;
    drop(everything);
    holds()
}

/// How many descriptors there are that are not among `before`, of which every one closes on exec.
pub(in crate::checks) fn count_closing_on_exec(before: &[String]) -> Result<usize, Stop> {
    let mut made = 0;
    for fd in listed("fd")?.iter().filter(|fd| !before.contains(fd)) {
        // One that is gone again was the listing's own.
        let Ok(info) = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")) else { continue };
        made += 1;
        ensure(closes_on_exec(&info), "every descriptor closes on exec", "one does not")?;
    }
    Ok(made)
}

/// Reads the `flags` of a descriptor, which are octal.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::checks) fn closes_on_exec(fdinfo: &str) -> bool {
    let flags = fdinfo.lines().find_map(|line| line.strip_prefix("flags:"));
    flags
        .and_then(|flags| i64::from_str_radix(flags.trim(), 8).ok())
        .is_some_and(|flags| flags & i64::from(libc::O_CLOEXEC) != 0)
}

/// Where there is no such file, there is nothing to read from it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::checks) fn closes_on_exec(_: &str) -> bool {
    false
}

fn descriptors(case: &Case<'_>) -> Observation {
    as_many_as_before(case, "fd", "descriptors")
}

fn threads(case: &Case<'_>) -> Observation {
    as_many_as_before(case, "task", "threads")
}

/// After everything was made, used and dropped, this process has no more of `what` than before.
fn as_many_as_before(case: &Case<'_>, folder: &str, what: &str) -> Observation {
    isolated(case)?;
    // The first time may leave what is kept for ever.
    make_everything(case).map(drop)?;
    let before = listed(folder)?.len();
    for _ in 0..ROUNDS {
        make_everything(case).map(drop)?;
    }
    let patience = Instant::now() + case.transport()?.patience();
    while listed(folder)?.len() > before {
        if Instant::now() > patience {
            return fail(format!("no more {what} than before"), format!("more {what}"));
        }
        std::thread::yield_now();
    }
    holds()
}

/// The names in this process's `folder` of what the system tells about it.
pub(in crate::checks) fn listed(folder: &str) -> Result<Vec<String>, Stop> {
    let Ok(entries) = std::fs::read_dir(format!("/proc/self/{folder}")) else {
        return Err(Stop::Lacks("procfs"));
    };
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// One of everything that the subject can make, used once, with the errors that come of misuse.
/// Whether it works is not asked here, only that it leaves nothing behind.
fn make_everything(case: &Case<'_>) -> Result<Vec<Conn>, Stop> {
    let (a, b) = case.pair()?;
    let mut made = vec![a.clone(), b.clone()];
    if a.send(b"x").is_ok() {
        drop(b.recv_until(5, case.soon()));
    }
    made.extend(a.dup());
    if let Ok((socket, addr)) = case.bound() {
        made.push(socket);
        // Refused on a stream, and on a datagram socket a peer like any other.
        made.extend(case.connect(&addr, case.soon()));
    }
    if case.has(Caps::LISTEN.and(Caps::CONNECT)) {
        made.extend(case.accepted().into_iter().flat_map(|(client, server, _)| [client, server]));
    }
    Ok(made)
}

checks!("cross.process" { broken_pipe, close_on_exec, descriptors, threads });
