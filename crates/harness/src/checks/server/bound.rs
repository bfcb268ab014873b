//! The checks of the clauses server.bound.*

use std::time::{Duration, Instant};

use sockrates_core::Deadline;

use super::client::{Client, serve};
use crate::checks::checks;
use crate::expect::{ensure, fail, holds, inconclusive};
use crate::{Caps, Case, Observation, ServerConfig, Stop};

checks!("server.bound" {
    cap, cap_waits, cap_fault, cap_stop, slow, deaf, backpressure, idle, idle_active,
});

/// How long a client is listened to that must hear nothing.
const WHILE: Duration = Duration::from_millis(25);

/// How long a send may wait until it counts as stuck.
const STUCK: Duration = Duration::from_millis(60);

/// The timeout of the servers that have one.
const IDLE: Duration = Duration::from_millis(50);

/// A timeout that is longer than a busy machine lets a thread wait, mostly.
const ACTIVE: Duration = Duration::from_millis(100);

/// How often a thing is tried that the machine may be too busy for.
const ATTEMPTS: u32 = 5;

fn capped(max: usize) -> ServerConfig {
    ServerConfig { connections_max: Some(max), ..ServerConfig::default() }
}

fn cap(case: &Case<'_>) -> Observation {
    let max = if case.has(Caps::CONCURRENT) { 2 } else { 1 };
    let server = case.serve(&capped(max))?;
    let names = ["c1", "c2"];
    let served = names[..max].iter().map(|name| Client::new(case, name, &server));
    let served = served.collect::<Result<Vec<_>, _>>()?;
    for client in &served {
        client.ask("in")?;
    }
    let waiting = Client::new(case, "c3", &server)?;
    waiting.say("too many")?;
    waiting.hears_nothing(WHILE)?;
    // Those that are served have noticed nothing.
    for client in &served {
        client.ask("still in")?;
    }
    holds()
}

fn cap_waits(case: &Case<'_>) -> Observation {
    let server = case.serve(&capped(1))?;
    let first = Client::new(case, "c1", &server)?;
    first.ask("in")?;
    let waiting = Client::new(case, "c2", &server)?;
    waiting.say("one")?;
    waiting.say("two")?;
    waiting.hears_nothing(WHILE)?;
    first.say("close")?;
    first.ends()?;
    waiting.hears("one")?;
    waiting.hears("two")?;
    holds()
}

fn cap_fault(case: &Case<'_>) -> Observation {
    let server = case.serve(&capped(1))?;
    let ways = [("fail", Caps::NONE), ("panic", Caps::PANIC), ("abort", Caps::PROCESSES)];
    for (order, _) in ways.into_iter().filter(|(_, caps)| case.has(*caps)) {
        let client = Client::new(case, order, &server)?;
        client.say(order)?;
        client.is_cut()?;
    }
    // The place is free again, and it is one.
    let client = Client::new(case, "c1", &server)?;
    client.ask("in")?;
    let waiting = Client::new(case, "c2", &server)?;
    waiting.say("too many")?;
    waiting.hears_nothing(WHILE)?;
    holds()
}

fn cap_stop(case: &Case<'_>) -> Observation {
    let grace = Duration::from_millis(20);
    let server = case.serve(&ServerConfig { grace, ..capped(1) })?;
    let served = Client::new(case, "c1", &server)?;
    served.ask("in")?;
    let waiting = Client::new(case, "c2", &server)?;
    server.stop()?;
    waiting.was_cut()?;
    holds()
}

fn slow(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let slow = Client::new(case, "slow", &server)?;
    slow.send(b"one\nhalf an ")?;
    slow.hears("one")?;
    for name in ["c1", "c2", "c3"] {
        Client::new(case, name, &server)?.ask("whole")?;
    }
    slow.send(b"order\n")?;
    slow.hears("half an order")?;
    holds()
}

fn deaf(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let deaf = Client::new(case, "deaf", &server)?;
    deaf.say(&["fill 1048576"; 16].join("\n"))?;
    for name in ["c1", "c2", "c3"] {
        Client::new(case, name, &server)?.ask("hello")?;
    }
    holds()
}

fn backpressure(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let deaf = Client::new(case, "deaf", &server)?;
    let mut order = [b'x'; 1024];
    order[1023] = b'\n';
    let orders = order.repeat(64);
    let most = case.transport()?.clog_bytes();
    let mut sent = 0;
    while sent < most {
        match deaf.conn.send_until(&orders, Deadline::after(STUCK)) {
            Ok(len) => sent += len,
            Err(error) if error.is_timeout() => return holds(),
            Err(error) => return Err(error.into()),
        }
        // What was cut off in the middle makes an order longer, and no more.
    }
    fail("orders wait until answers are taken", "any number of answers is kept")
}

fn idle(case: &Case<'_>) -> Observation {
    let config = ServerConfig { idle_timeout: Some(IDLE), ..ServerConfig::default() };
    let server = case.serve(&config)?;
    let begun = Instant::now();
    let client = Client::new(case, "c1", &server)?;
    client.is_cut()?;
    ensure(begun.elapsed() >= IDLE, "no earlier than its timeout", "earlier than its timeout")?;
    // It costs nobody else anything. Who speaks too late may count as silent too.
    for number in 0..ATTEMPTS {
        let begun = Instant::now();
        let client = Client::new(case, &format!("c{}", number + 2), &server)?;
        let said = client.say("hello");
        if begun.elapsed() < IDLE * 9 / 10 {
            said?;
            client.hears("hello")?;
            return holds();
        }
        case.note("too slow: once more");
    }
    inconclusive("the machine is too busy to say something early enough")
}

fn idle_active(case: &Case<'_>) -> Observation {
    // Where the machine is too busy for a timeout, a longer one may do.
    for timeout in (0..ATTEMPTS).map(|attempt| ACTIVE * (1 << attempt)) {
        let config = ServerConfig { idle_timeout: Some(timeout), ..ServerConfig::default() };
        let server = case.serve(&config)?;
        let client = Client::new(case, "c1", &server)?;
        if trickle(&client, timeout)? {
            client.hears("trickle")?;
            return holds();
        }
        case.note("too slow: once more");
    }
    inconclusive("the machine is too busy to say something often enough")
}

/// Says an order bit by bit, which takes longer than the timeout. Tells whether no two bits were so
/// far apart that the client may have counted as silent; otherwise whatever came of it proves
/// nothing.
fn trickle(client: &Client<'_>, timeout: Duration) -> Result<bool, Stop> {
    let far = timeout * 9 / 10;
    let mut last = Instant::now();
    for bits in [&b"tr"[..], b"ic", b"k", b"l", b"e\n"] {
        let begun = Instant::now();
        let sent = client.conn.send_all(bits, Deadline::after(timeout));
        if last.elapsed() > far {
            return Ok(false);
        }
        sent?;
        last = begun;
        if bits != b"e\n" {
            // Nothing is answered before the end; the wait is what counts.
            let waited = client.hears_nothing(timeout * 3 / 10);
            if last.elapsed() > far {
                return Ok(false);
            }
            waited?;
        }
    }
    Ok(true)
}
