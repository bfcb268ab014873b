//! The checks of the clauses server.stop.*

use std::thread;
use std::time::{Duration, Instant};

use sockrates_core::{Errno, Result};

use super::client::{Client, serve, serve_grace};
use super::left::Counts;
use crate::checks::checks;
use crate::expect::{ensure, fail, fails_with, holds, isolated};
use crate::{Caps, Case, Conn, Observation, Server, ServerConfig, Stop};

checks!("server.stop" {
    refuses, at_once, drains, grace, forces, forces_unread, prompt, in_time, twice, concurrent,
    within, within_live, within_within, rebind, dropped, leaves_nothing,
});

/// A grace that is soon over.
const GRACE: Duration = Duration::from_millis(40);

/// A grace that nobody waits for to the end.
const LONG: Duration = Duration::from_secs(1);

/// How much later than it should a thing may happen on a busy machine.
const SLACK: Duration = Duration::from_millis(250);

/// How often a server is started and stopped: a leak shows even among others' descriptors.
const ROUNDS: usize = 5;

fn refuses(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    Client::new(case, "c1", &server)?.ask("hello")?;
    server.stop()?;
    is_refused(case.connect_as("c2", server.addr(), case.soon()))?;
    holds()
}

/// Nobody listens there; a path is gone.
fn is_refused(connected: Result<Conn>) -> Result<(), Stop> {
    let errnos = [Errno::ECONNREFUSED, Errno::ENOENT];
    fails_with("connecting to a server that has stopped", connected, &errnos).map(drop)
}

fn at_once(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let live = Client::new(case, "c1", &server)?;
    live.ask("hello")?;
    let (stopped, refused) = case.while_blocked(
        || server.stop(),
        || {
            let patience = Instant::now() + case.transport()?.patience();
            // It may take a moment until it has begun to stop.
            while case.connect_as("c2", server.addr(), case.soon()).is_ok() {
                if Instant::now() > patience {
                    return fail("new connections are refused", "they are accepted");
                }
            }
            drop(live);
            Ok(())
        },
    );
    refused?;
    stopped?;
    holds()
}

fn drains(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.send(b"before\nbe")?;
    client.hears("before")?;
    let (stopped, answered) = case.while_blocked(
        || server.stop(),
        || {
            client.send(b"gun\n")?;
            client.hears("begun")?;
            // It ends in order, and so the server does not wait for the grace to be over.
            drop(client);
            Ok::<_, Stop>(())
        },
    );
    answered?;
    stopped?;
    holds()
}

fn grace(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let (took, stopped) = case.timed(|| server.stop());
    stopped?;
    ensure(took >= GRACE, "no earlier than its grace", "earlier than its grace")?;
    holds()
}

fn forces(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let one = Client::new(case, "c1", &server)?;
    one.ask("hello")?;
    // Where one is served at a time, the other waits to be.
    let other = Client::new(case, "c2", &server)?;
    other.send(b"half an")?;
    server.stop()?;
    one.was_cut()?;
    other.was_cut()?;
    holds()
}

fn forces_unread(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let deaf = Client::new(case, "deaf", &server)?;
    deaf.ask("hello")?;
    deaf.say(&["fill 1048576"; 16].join("\n"))?;
    server.stop()?;
    holds()
}

fn prompt(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, LONG)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let (stopped, left) = case.while_blocked(
        || (server.stop(), Instant::now()),
        || {
            let now = Instant::now();
            drop(client);
            now
        },
    );
    stopped.0?;
    let took = stopped.1.saturating_duration_since(left);
    ensure(took < LONG / 2, "stopped once nobody is served", "it waits for its grace to be over")?;
    holds()
}

fn in_time(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let (took, stopped) = case.timed(|| server.stop());
    stopped?;
    ensure(took < GRACE + SLACK, "stopped when its grace is over", "it takes much longer")?;
    holds()
}

fn twice(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    Client::new(case, "c1", &server)?.ask("hello")?;
    server.stop()?;
    server.stop()?;
    server.stop()?;
    holds()
}

fn concurrent(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let stopped = thread::scope(|scope| {
        let stop = || scope.spawn(|| server.stop());
        [stop(), stop(), stop()].map(|thread| thread.join())
    });
    for stopped in stopped {
        match stopped {
            Ok(stopped) => stopped?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    client.was_cut()?;
    holds()
}

fn within(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("stop")?;
    drop(client);
    server.stop()?;
    is_refused(case.connect_as("c2", server.addr(), case.soon()))?;
    holds()
}

fn within_live(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("stop")?;
    client.ask("and go on")?;
    holds()
}

fn within_within(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let (stopped, answered) = case.while_blocked(
        || server.stop(),
        || {
            client.ask("stop")?;
            client.ask("stop")?;
            drop(client);
            Ok::<_, Stop>(())
        },
    );
    answered?;
    stopped?;
    holds()
}

fn rebind(case: &Case<'_>) -> Observation {
    let server = serve(case)?;
    let addr = server.addr().clone();
    let client = Client::new(case, "c1", &server)?;
    // The server's side ends first, and so the kernel keeps the connection for a while.
    client.say("close")?;
    client.ends()?;
    drop(client);
    server.stop()?;
    let again = case.serve_at(&addr, &ServerConfig::default())?;
    ensure(*again.addr() == addr, "the same address", "another address")?;
    Client::new(case, "c2", &again)?.ask("hello again")?;
    holds()
}

fn dropped(case: &Case<'_>) -> Observation {
    let server = serve_grace(case, GRACE)?;
    let client = Client::new(case, "c1", &server)?;
    client.ask("hello")?;
    let addr = server.addr().clone();
    server.drop_now();
    client.was_cut()?;
    is_refused(case.connect_as("c2", &addr, case.soon()))?;
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
    let server: Server = serve_grace(case, Duration::from_millis(10))?;
    let ways = [
        ("close", Caps::NONE),
        ("fail", Caps::NONE),
        ("panic", Caps::PANIC),
        ("abort", Caps::PROCESSES),
    ];
    for (order, _) in ways.into_iter().filter(|(_, caps)| case.has(*caps)) {
        let client = Client::new(case, "c1", &server)?;
        client.ask("hello")?;
        client.say(order)?;
        client.is_cut()?;
    }
    let held = Client::new(case, "c2", &server)?;
    held.ask("hello")?;
    Ok(server.stop()?)
}
