//! Where datagrams come from.

use sockrates_core::{Addr, RecvFlags};

use crate::checks::datagram::ends::{WINDOW, send, send_to};
use crate::expect::{ensure, equal, fail, holds, same_bytes};
use crate::{Case, Got, Observation, Stop};

pub(super) fn source(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let home = a.local_addr()?;
    for (len, room) in [(30, 100), (0, 100), (30, 10), (30, 0)] {
        send(case, &a, &case.bytes(len))?;
        let got = b.recv_with(room, RecvFlags::NONE, case.soon())?;
        from(&got, &home)?;
    }
    holds()
}

/// The sender is the one expected. Addresses differ from run to run, so the texts have none.
fn from(got: &Got, home: &Addr) -> Result<(), Stop> {
    let observed = match &got.from {
        Some(addr) if addr == home => return Ok(()),
        Some(_) => "another address",
        None => "no address",
    };
    fail("a datagram comes from the address its sender is bound to", observed)
}

pub(super) fn reply(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (question, answer) = (case.bytes(12), case.bytes(34));
    send(case, &a, &question)?;
    let got = b.recv_with(100, RecvFlags::NONE, case.soon())?;
    same_bytes("the question", &question, &got.bytes)?;
    let Some(sender) = got.from else { return fail("a datagram has a source", "none") };
    send_to(&b, &answer, &sender)?;
    let got = a.recv_with(100, RecvFlags::NONE, case.soon())?;
    same_bytes("the answer", &answer, &got.bytes)?;
    from(&got, &b.local_addr()?)?;
    holds()
}

/// One socket is written to by three others, and each gets its own answer.
pub(super) fn several_peers(case: &Case<'_>) -> Observation {
    let (server, home) = case.bound()?;
    let clients = [case.bound()?, case.bound()?, case.bound()?];
    for (client, _) in clients.iter().cycle().take(WINDOW) {
        send_to(client, &case.bytes(20), &home)?;
    }
    let mut count = [0; 3];
    for _ in 0..WINDOW {
        let got = server.recv_with(100, RecvFlags::NONE, case.soon())?;
        let at = clients.iter().position(|(_, addr)| Some(addr) == got.from.as_ref());
        let Some(at) = at else { return fail("a client's address", "another address, or none") };
        count[at] += 1;
        send_to(&server, &[at as u8], &clients[at].1)?;
    }
    equal("datagrams from each client", &[3, 3, 2], &count)?;
    for (at, (client, _)) in clients.iter().enumerate() {
        for _ in 0..count[at] {
            let answer = client.recv_until(100, case.soon())?;
            ensure(answer == [at as u8], "each client's own answer", "another's answer")?;
        }
    }
    holds()
}

pub(super) fn peek_source(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let home = a.local_addr()?;
    send(case, &a, &case.bytes(30))?;
    for (room, flags) in [(100, RecvFlags::PEEK), (1, RecvFlags::PEEK), (100, RecvFlags::NONE)] {
        from(&b.recv_with(room, flags, case.soon())?, &home)?;
    }
    holds()
}
