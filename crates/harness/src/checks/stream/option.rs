//! The checks of the clauses stream.option.*

mod address;
mod family;
mod urgent;

use std::time::Duration;

use sockrates_core::{Addr, SocketOption};

use crate::checks::checks;
use crate::checks::option::{self, number, of_type, switch};
use crate::expect::{ensure, equal, holds, saw};
use crate::{Case, Conn, Observation, Stop};

use address::{lingering, reuse_lingering, reuse_listening, shared_port, unshared_port};
use family::{dual_stack, only_v6};
use urgent::{urgent, urgent_inline, urgent_none};

checks!("stream.option" {
    nodelay, keepalive, keep_idle, keep_times, keep_range, linger, buffers, kind, listens, unknown,
    hops,
    reuse_lingering, lingering, reuse_listening, shared_port, unshared_port, only_v6, dual_stack,
    urgent, urgent_inline, urgent_none,
});

fn nodelay(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    switch((&a, &b), SocketOption::NoDelay, false)?;
    // What is sent at once arrives like anything else.
    a.send_all(b"at once", case.soon())?;
    equal("what arrives", b"at once".as_slice(), b.recv_exact(7, case.soon())?.as_slice())?;
    holds()
}

fn keepalive(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    switch((&a, &b), SocketOption::KeepAlive, false)?;
    holds()
}

fn keep_idle(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let idle = a.option(SocketOption::KeepIdle)?;
    ensure(idle >= 7200, "two hours or more", "less than two hours")?;
    holds()
}

fn keep_times(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let times = [SocketOption::KeepIdle, SocketOption::KeepInterval, SocketOption::KeepCount];
    let of = |end: &Conn| times.map(|time| end.option(time).ok());
    let before = of(&b);
    for (time, value) in times.into_iter().zip([61, 7, 3]) {
        number(&a, time, &[value, value + 1])?;
    }
    equal("all three", &[Some(62), Some(8), Some(4)], &of(&a))?;
    equal("those of the other end", &before, &of(&b))?;
    holds()
}

/// Zero and less are no time to wait and no number of probes.
fn keep_range(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    let mut seen = "refused";
    for time in [SocketOption::KeepIdle, SocketOption::KeepInterval, SocketOption::KeepCount] {
        number(&a, time, &[5])?;
        for wrong in [0, -1] {
            match a.set_option(time, wrong) {
                Ok(()) => seen = "taken",
                Err(error) if error.errno().is_some() => {
                    equal("what was set before", &5, &a.option(time)?)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    saw(seen)
}

fn linger(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let seconds = |count| Some(Duration::from_secs(count));
    equal("unless set", &None, &a.linger()?)?;
    for value in [seconds(5), seconds(1), seconds(0), None, seconds(7), None] {
        a.set_linger(value)?;
        equal("after setting it", &value, &a.linger()?)?;
    }
    equal("of the other end", &None, &b.linger()?)?;
    holds()
}

fn buffers(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    option::buffers(&a, &b)?;
    holds()
}

fn kind(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    of_type(&a, &[1])?;
    holds()
}

fn listens(case: &Case<'_>) -> Observation {
    let is = |end: &Conn| Ok::<_, Stop>(end.option(SocketOption::AcceptConn)? != 0);
    let (listener, addr) = case.bound()?;
    equal("before it listens", &false, &is(&listener)?)?;
    listener.listen(1)?;
    equal("of a listener", &true, &is(&listener)?)?;
    let (client, server) = joined(case, &listener, &addr)?;
    equal("of a client", &false, &is(&client)?)?;
    equal("of an accepted connection", &false, &is(&server)?)?;
    holds()
}

fn unknown(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    option::unknown(&a)
}

fn hops(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    option::hops(&a)?;
    holds()
}

/// A connection to `listener`, which is at `addr`, and the other end.
fn joined(case: &Case<'_>, listener: &Conn, addr: &Addr) -> Result<(Conn, Conn), Stop> {
    let client = case.connect(addr, case.soon())?;
    let (server, _) = listener.accept(case.soon())?;
    Ok((client, server))
}
