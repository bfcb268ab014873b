//! The checks of the clauses server.datagram.*

mod client;

use std::time::Duration;

use sockrates_core::Errno;

use super::client::serve;
use super::fault::await_failures;
use super::left::Counts;
use crate::checks::checks;
use crate::expect::{ensure, equal, fails_with, holds, isolated};
use crate::{Caps, Case, Observation, ServerConfig, Stop};

use client::Client;

checks!("server.datagram" {
    address, in_use, answers, source, apart, boundaries, empty, long, error, panic, abort, told,
    told_only, gone, stop, stop_twice, stop_within, rebind, dropped, leaves_nothing,
});

/// How long a client is listened to that must hear nothing.
const WHILE: Duration = Duration::from_millis(20);

/// How long a datagram is that is long, and fits into one nevertheless.
const LONG: usize = 60_000;

/// How often a client is gone before its answer comes.
const TIMES: usize = 8;

/// How often a server is started and stopped: a leak shows even among others' descriptors.
const ROUNDS: usize = 5;

fn address(case: &Case<'_>) -> Observation {
    let (one, other) = (serve(case)?, serve(case)?);
    ensure(one.addr().port() != Some(0), "an address", "port 0")?;
    ensure(one.addr() != other.addr(), "two addresses", "the same address twice")?;
    Client::new(case, &one)?.ask("hello")?;
    one.stop()?;
    ensure(one.addr_now() == *one.addr(), "the same address to the end", "another address")?;
    holds()
}

fn in_use(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let second = case.serve_at(server.addr(), &ServerConfig::default());
    fails_with("serving where another server does", second, &[Errno::EADDRINUSE]).map(drop)?;
    Client::new(case, &server)?.ask("still there")?;
    holds()
}

fn answers(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    for number in 0..10 {
        client.ask(&format!("order {number}"))?;
    }
    client.hears_nothing(WHILE)?;
    holds()
}

fn source(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.say(b"hello")?;
    let (_, from) = client.hear()?;
    ensure(from.as_ref() == Some(server.addr()), "from the server", "from another address")?;
    holds()
}

fn apart(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let (one, other) = (Client::new(case, &server)?, Client::new(case, &server)?);
    one.ask("one")?;
    other.ask("other")?;
    one.say(b"one again")?;
    other.say(b"other again")?;
    other.hears(b"other again")?;
    one.hears(b"one again")?;
    one.hears_nothing(WHILE)?;
    holds()
}

fn boundaries(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    let orders: [&[u8]; 5] = [b"a", b"two\nlines", b"\n", b"\0\xff\n", b"the end\n"];
    for order in orders {
        client.say(order)?;
        client.hears(order)?;
    }
    holds()
}

fn empty(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.say(b"")?;
    client.hears(b"")?;
    client.ask("and on")?;
    holds()
}

fn long(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    let order = case.bytes(LONG);
    client.say(&order)?;
    client.hears(&order)?;
    client.say(format!("fill {LONG}").as_bytes())?;
    client.hears(&[b'x'; LONG])?;
    holds()
}

fn error(case: &Case<'_>) -> Observation {
    costs_one(case, "fail")
}

fn panic(case: &Case<'_>) -> Observation {
    costs_one(case, "panic")
}

fn abort(case: &Case<'_>) -> Observation {
    costs_one(case, "abort")
}

/// The order is not answered, and whatever follows is.
fn costs_one(case: &Case<'_>, order: &str) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    for _ in 0..3 {
        client.say(order.as_bytes())?;
        client.ask("next")?;
    }
    Client::new(case, &server)?.ask("next")?;
    holds()
}

fn told(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    let ways = [("fail", Caps::NONE), ("panic", Caps::PANIC), ("abort", Caps::PROCESSES)];
    let ways = ways.into_iter().filter(|(_, caps)| case.has(*caps));
    for (number, (order, _)) in ways.enumerate() {
        client.say(order.as_bytes())?;
        await_failures(case, &server, number + 1, order)?;
    }
    holds()
}

fn told_only(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("hello")?;
    client.say(b"fail")?;
    await_failures(case, &server, 1, "fail")?;
    client.ask("hello again")?;
    // Then every handler has ended.
    server.stop()?;
    equal("failures", &1, &server.failures())?;
    holds()
}

fn gone(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("before")?;
    // Where each costs a process, there are fewer.
    let many = if case.has(Caps::PROCESSES) { 1 } else { TIMES };
    for _ in 0..TIMES {
        let leaving = Client::new(case, &server)?;
        for _ in 0..many {
            leaving.say(b"nobody waits for this")?;
        }
    }
    client.ask("after")?;
    holds()
}

fn stop(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("hello")?;
    server.stop()?;
    // That nobody is there may be told at once, or not at all.
    let _ = client.say(b"is anybody there?");
    client.hears_nothing(WHILE)?;
    holds()
}

fn stop_twice(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    Client::new(case, &server)?.ask("hello")?;
    server.stop()?;
    server.stop()?;
    holds()
}

fn stop_within(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("stop")?;
    server.stop()?;
    let _ = client.say(b"is anybody there?");
    client.hears_nothing(WHILE)?;
    holds()
}

fn rebind(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("hello")?;
    server.stop()?;
    let again = case.serve_at(server.addr(), &ServerConfig::default())?;
    ensure(again.addr() == server.addr(), "the same address", "another address")?;
    client.ask("hello again")?;
    holds()
}

fn dropped(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("hello")?;
    server.drop_now();
    let _ = client.say(b"is anybody there?");
    client.hears_nothing(WHILE)?;
    holds()
}

fn leaves_nothing(case: &Case<'_>) -> Observation {
    isolated(case)?;
    // The first time may leave what is kept for ever.
    one_life(case)?;
    let before = Counts::now()?;
    for _ in 0..ROUNDS {
        one_life(case)?;
    }
    before.again(case)?;
    holds()
}

/// A server is started, served with all there is, and stopped.
fn one_life(case: &Case<'_>) -> Result<(), Stop> {
    let server = serve(case)?;
    let client = Client::new(case, &server)?;
    client.ask("hello")?;
    client.say(b"fail")?;
    if case.has(Caps::PANIC) {
        client.say(b"panic")?;
    }
    client.ask("goodbye")?;
    Ok(server.stop()?)
}
