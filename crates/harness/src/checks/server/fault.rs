//! The checks of the clauses server.fault.*

mod exhausted;

use std::time::Instant;

use super::client::{Client, serve};
use crate::checks::checks;
use crate::expect::{equal, fail, holds};
use crate::{Caps, Case, Observation, Server, Stop};

use exhausted::{exhausted, exhausted_idle};

checks!("server.fault" {
    error, error_others, panic, panic_others, abort, abort_others, repeated, reset, left, unread,
    told, told_only, exhausted, exhausted_idle,
});

/// How often a fault is repeated where once may not be enough.
const TIMES: usize = 10;

/// How many answers a client leaves unread: more than the kernel keeps for it.
const UNREAD: usize = 16;

fn error(case: &Case<'_>) -> Observation {
    costs_one(case, "fail")
}

fn panic(case: &Case<'_>) -> Observation {
    costs_one(case, "panic")
}

fn abort(case: &Case<'_>) -> Observation {
    costs_one(case, "abort")
}

/// The order costs the connection that gave it; the next one is served.
fn costs_one(case: &Case<'_>, order: &str) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    client.say(order)?;
    client.is_cut()?;
    Client::new(case, "c2", &server)?.ask("next")?;
    holds()
}

fn error_others(case: &Case<'_>) -> Observation {
    leaves_others(case, "fail")
}

fn panic_others(case: &Case<'_>) -> Observation {
    leaves_others(case, "panic")
}

fn abort_others(case: &Case<'_>) -> Observation {
    leaves_others(case, "abort")
}

/// The order leaves a connection that is served at the same time as it was.
fn leaves_others(case: &Case<'_>, order: &str) -> Observation {
    let server = serve(case)?;
    let live = Client::new(case, "c1", &server)?;
    live.ask("before")?;
    let client = Client::new(case, "c2", &server)?;
    client.say(order)?;
    client.is_cut()?;
    live.ask("after")?;
    holds()
}

fn repeated(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let orders = if case.has(Caps::PANIC) { ["fail", "panic"] } else { ["fail", "fail"] };
    for number in 0..TIMES {
        let client = Client::new(case, &format!("c{number}"), &server)?;
        client.say(orders[number % 2])?;
        client.is_cut()?;
    }
    Client::new(case, "last", &server)?.ask("next")?;
    holds()
}

fn reset(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let live = live_beside(case, &server)?;
    for name in ["c1", "c2"] {
        let client = Client::new(case, name, &server)?;
        client.ask("hello")?;
        client.conn.abort()?;
    }
    goes_on(case, &server, live)
}

fn left(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let live = live_beside(case, &server)?;
    for number in 0..TIMES {
        Client::new(case, &format!("c{number}"), &server)?.conn.drop_now();
    }
    goes_on(case, &server, live)
}

fn unread(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let live = live_beside(case, &server)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    client.say(&["fill 1048576"; UNREAD].join("\n"))?;
    client.conn.drop_now();
    goes_on(case, &server, live)
}

/// A client that is served beside others, where that is possible.
fn live_beside<'a>(case: &'a Case<'a>, server: &Server) -> Result<Option<Client<'a>>, Stop> {
    if !case.has(Caps::CONCURRENT) {
        return Ok(None);
    }
    let live = Client::new(case, "live", server)?;
    live.ask("before")?;
    Ok(Some(live))
}

/// Who was served is still served, and whoever comes next. Several do, since it does not show when
/// the server notices what befell it.
fn goes_on(case: &Case<'_>, server: &Server, live: Option<Client<'_>>) -> Observation {
    if let Some(live) = live {
        live.ask("after")?;
    }
    for number in 0..TIMES {
        Client::new(case, &format!("next{number}"), server)?.ask("next")?;
    }
    holds()
}

fn told(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let ways = [("fail", Caps::NONE), ("panic", Caps::PANIC), ("abort", Caps::PROCESSES)];
    let ways = ways.into_iter().filter(|(_, caps)| case.has(*caps));
    for (number, (order, _)) in ways.enumerate() {
        let client = Client::new(case, &format!("c{}", number + 1), &server)?;
        client.say(order)?;
        client.is_cut()?;
        await_failures(case, &server, number + 1, order)?;
    }
    holds()
}

pub(super) fn await_failures(
    case: &Case<'_>,
    server: &Server,
    count: usize,
    what: &str,
) -> Result<(), Stop> {
    let patience = Instant::now() + case.transport()?.patience();
    while server.failures() < count {
        if Instant::now() > patience {
            return fail(format!("the hook is told of {what:?}"), "it is told nothing");
        }
        std::thread::yield_now();
    }
    equal("failures", &count, &server.failures())
}

fn told_only(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    for name in ["c1", "c2", "c3"] {
        let client = Client::new(case, name, &server)?;
        client.ask("hello")?;
        match name {
            "c1" => {
                client.say("close")?;
                client.ends()?;
            }
            "c2" => {
                client.say("fail")?;
                client.is_cut()?;
            }
            _ => client.conn.drop_now(),
        }
    }
    // Then every handler has ended.
    server.stop()?;
    equal("failures", &1, &server.failures())?;
    holds()
}
