//! Clients that wait to be accepted.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Mode, Ready};

use crate::expect::{ensure, equal, fail, holds, same_bytes, saw};
use crate::{Caps, Case, Conn, Observation, Stop};

pub(super) fn once_each(case: &Case<'_>) -> Observation {
    const CLIENTS: u8 = 8;
    let listener = case.listen()?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let client = case.connect(&listener.local_addr()?, case.soon())?;
        client.send_all(&[number], case.soon())?;
        clients.push(client);
    }
    let mut seen = BTreeSet::new();
    for _ in 0..CLIENTS {
        let (server, _) = listener.accept("s", case.soon())?;
        seen.extend(server.recv_exact(1, case.soon())?);
    }
    equal("the clients accepted", &(0..CLIENTS).collect::<BTreeSet<_>>(), &seen)?;
    holds()
}

pub(super) fn order(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(4)?;
    let first = case.connect(&addr, case.soon())?;
    // The client may be ahead: only what the listener could accept is in its queue.
    listener.wait(Ready::READ, case.soon())?;
    let second = case.connect(&addr, case.soon())?;
    for client in [&first, &second] {
        let (_server, from) = listener.accept(case.soon())?;
        ensure(from == client.local_addr()?, "who came first, first", "the second client first")?;
    }
    holds()
}

pub(super) fn overflow(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(2)?;
    let clients = knock(case, &addr)?;
    let Some(first) = clients.first() else { return fail("a client that is let in", "none") };
    first.wait(Ready::WRITE, case.soon())?;
    let mut complete = Vec::new();
    for (number, client) in (0_u8..).zip(&clients) {
        if is_connected(client)? {
            client.set_mode(Mode::Blocking)?;
            client.send_all(&[number], case.soon())?;
            complete.push((client.local_addr()?, number));
        }
    }
    ensure(!complete.is_empty(), "a client that is connected", "none")?;
    let mut accepted = Vec::new();
    while !complete.is_empty() {
        let (server, from) = listener.accept(case.soon())?;
        ensure(!accepted.contains(&from), "each connection once", "the same connection twice")?;
        // Others may become complete meanwhile.
        if let Some(at) = complete.iter().position(|(addr, _)| *addr == from) {
            let (_, number) = complete.swap_remove(at);
            same_bytes("from the client", &[number], &server.recv_exact(1, case.soon())?)?;
        }
        accepted.push(from);
    }
    holds()
}

pub(super) fn negative_backlog(case: &Case<'_>) -> Observation {
    const TELLING: Caps = Caps::STALL.and(Caps::READY).and(Caps::NONBLOCK).and(Caps::CONNECT_EX);
    let (listener, addr) = case.bound()?;
    listener.listen(-1)?;
    if !case.has(TELLING) {
        return saw("taken");
    }
    let _queued = case.connect(&addr, case.soon())?;
    listener.wait(Ready::READ, case.soon())?;
    let second = case.socket()?;
    second.set_mode(Mode::NonBlocking)?;
    let _pending = second.connect_ex(&addr)?;
    // Where there is room it is connected at once; waiting cannot make room.
    let ready = second.wait(Ready::WRITE, Deadline::after(Duration::from_millis(40)))?;
    saw(if ready.write { "as the maximum" } else { "as zero" })
}

/// More clients than there is room for.
fn knock(case: &Case<'_>, addr: &Addr) -> Result<Vec<Conn>, Stop> {
    let mut clients = Vec::new();
    for _ in 0..8 {
        let client = case.socket()?;
        if matches!(addr, Addr::Path(_) | Addr::Abstract(_)) {
            // Connecting gives it no name by which to know it.
            client.bind(&case.transport()?.any_addr()?)?;
        }
        client.set_mode(Mode::NonBlocking)?;
        // Whatever it says: those that are connected are counted later, but for those of which
        // nothing goes on, for want of room.
        if !client.connect_ex(addr)?.would_block() {
            clients.push(client);
        }
    }
    Ok(clients)
}

fn is_connected(client: &Conn) -> Result<bool, Stop> {
    let ready = client.wait(Ready::WRITE, Deadline::at(Instant::now()))?;
    Ok(ready.write && !ready.error && client.take_error()?.is_success())
}
