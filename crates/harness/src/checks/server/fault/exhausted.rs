//! A server that cannot get a descriptor for a connection.

use std::time::Duration;

use sockrates_core::Deadline;

use crate::checks::server::client::{Client, Heard, serve};
use crate::expect::{fail, holds, isolated, times_out};
use crate::process::Exhaustion;
use crate::{Case, Observation, Server, Stop};

/// How many clients connect while there is no descriptor for them.
const CLIENTS: usize = 3;

/// How long there is none.
const SHORTAGE: Duration = Duration::from_millis(40);

/// How long there is none where the computing is measured: long enough for a server that spins to
/// show on a busy machine, too.
const LONG_SHORTAGE: Duration = Duration::from_millis(160);

/// How often it is looked at before it is said to spin.
const ATTEMPTS: u32 = 3;

/// How much of that the process may compute. A server that tries without pause computes all of it,
/// or what a busy machine leaves it.
const COMPUTED_MAX: Duration = Duration::from_millis(15);

pub(super) fn exhausted(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let (clients, _) = shortage(case, &server, SHORTAGE)?;
    for client in clients {
        // Some may be turned away, but none may be left waiting.
        if client.hear()? == Heard::Nothing {
            return fail("each client is served or turned away", "one hears nothing");
        }
    }
    Client::new(case, "next", &server)?.ask("next")?;
    holds()
}

pub(super) fn exhausted_idle(case: &Case<'_>) -> Observation {
    // Who spins does so each time. A virtual processor that is taken away is counted too, but not
    // time after time.
    for _ in 0..ATTEMPTS {
        let server = serve(case)?;
        let (_clients, computed) = shortage(case, &server, LONG_SHORTAGE)?;
        if computed <= COMPUTED_MAX {
            return holds();
        }
    }
    fail("a pause before it tries again", "it tries without pause")
}

/// Lets clients connect while no descriptor is to be had. Returns them, and for how long the
/// process computed meanwhile.
fn shortage<'a>(
    case: &'a Case<'a>,
    server: &Server,
    time: Duration,
) -> Result<(Vec<Client<'a>>, Duration), Stop> {
    isolated(case)?;
    // By now it has all that it needs for itself.
    Client::new(case, "first", server)?.ask("hello")?;
    let sockets = (0..CLIENTS).map(|_| case.socket()).collect::<Result<Vec<_>, _>>()?;
    let (quiet, _peer) = case.pair()?;
    let exhaustion = Exhaustion::begin()?;
    case.note("no more descriptors");
    let before = Exhaustion::computed();
    let mut clients = Vec::new();
    for socket in sockets {
        socket.connect(server.addr(), case.soon())?;
        let client = Client::on(case, socket);
        // One that was turned away already learns it when it listens.
        let _ = client.say("waiting");
        clients.push(client);
    }
    times_out("receiving what nobody sends", quiet.recv_until(1, Deadline::after(time)))?;
    let computed = Exhaustion::computed().saturating_sub(before);
    case.note(&format!("computed {computed:?}"));
    drop(exhaustion);
    case.note("descriptors again");
    Ok((clients, computed))
}
