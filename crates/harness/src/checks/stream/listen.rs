//! The checks of the clauses stream.listen.*

mod early;
mod queue;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Errno, Mode, Shutdown};

use crate::checks::checks;
use crate::expect::{
    came, ensure, fails_with, holds, received, same_bytes, saw, times_out, told, would_block,
};
use crate::{Case, Conn, Observation, Stop};

use super::conn::joined;
use early::{early_close, early_data, early_reset};
use queue::{negative_backlog, once_each, order, overflow};

checks!("stream.listen" {
    chosen_port, in_use, foreign, bound_twice, unbound, accept_unlistening, accept_accepted,
    accept_empty, accept_deadline, accept_address, early_data, early_close, early_reset, once_each,
    order, overflow, negative_backlog, close_resets, close_keeps_accepted, close_wakes,
    shutdown_wakes, close_on_exec, accepted_mode, inherited_options,
});

fn chosen_port(case: &Case<'_>) -> Observation {
    let (_one, one) = case.bound()?;
    let (_other, other) = case.bound()?;
    ensure(one.port() != Some(0), "a port", "port 0")?;
    ensure(one != other, "two addresses", "the same address twice")?;
    holds()
}

fn in_use(case: &Case<'_>) -> Observation {
    let (first, addr) = case.bound()?;
    let bound = case.socket()?.bind(&addr);
    fails_with("binding where somebody is bound", bound, &[Errno::EADDRINUSE]).map(drop)?;
    first.listen(1)?;
    let listening = case.socket()?.bind(&addr);
    fails_with("binding where somebody listens", listening, &[Errno::EADDRINUSE]).map(drop)?;
    holds()
}

fn foreign(case: &Case<'_>) -> Observation {
    let (_bound, own) = case.bound()?;
    let Some(inet) = own.as_inet() else {
        return Err(Stop::HarnessError("no IP address, though declared".to_owned()));
    };
    // Both are set aside for documentation: no machine has them.
    let foreign = match inet.is_ipv4() {
        true => Addr::from((Ipv4Addr::new(192, 0, 2, 1), 0)),
        false => Addr::from((Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 0)),
    };
    let bound = case.socket()?.bind(&foreign);
    fails_with("binding a foreign address", bound, &[Errno::EADDRNOTAVAIL]).map(drop)?;
    holds()
}

fn bound_twice(case: &Case<'_>) -> Observation {
    let (socket, addr) = case.bound()?;
    let again = socket.bind(&case.transport()?.any_addr()?);
    fails_with("binding again", again, &[Errno::EINVAL]).map(drop)?;
    ensure(socket.local_addr()? == addr, "bound where it was", "bound elsewhere")?;
    holds()
}

fn unbound(case: &Case<'_>) -> Observation {
    let socket = case.socket()?;
    if let Err(error) = socket.listen(1) {
        return saw(told(&error));
    }
    saw(if socket.local_addr()?.port() == Some(0) { "listens nowhere" } else { "autobinds" })
}

fn accept_unlistening(case: &Case<'_>) -> Observation {
    let (socket, _) = case.bound()?;
    let accepted = socket.accept(case.soon());
    fails_with("accepting without listening", accepted, &[Errno::EINVAL]).map(drop)?;
    holds()
}

fn accept_accepted(case: &Case<'_>) -> Observation {
    let (_client, server, _listener) = case.accepted()?;
    let accepted = server.accept(case.soon());
    fails_with("accepting from a connection", accepted, &[Errno::EINVAL]).map(drop)?;
    holds()
}

fn accept_empty(case: &Case<'_>) -> Observation {
    let (listener, _) = case.bound()?;
    listener.listen(1)?;
    listener.set_mode(Mode::NonBlocking)?;
    would_block("accepting where nobody has connected", listener.accept(Deadline::NEVER))?;
    holds()
}

fn accept_deadline(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let patience = Duration::from_millis(20);
    let (took, accepted) = case.timed(|| listener.accept("s", Deadline::after(patience)));
    times_out("accepting where nobody connects", accepted)?;
    ensure(took >= patience, "no earlier than its deadline", "earlier than its deadline")?;
    // Giving up has harmed nothing.
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    let (server, _) = listener.accept("s", case.soon())?;
    joined(case, &client, &server)?;
    holds()
}

fn accept_address(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    let (server, from) = listener.accept("s", case.soon())?;
    let own = client.local_addr()?;
    ensure(from == own, "accepted from the client's address", "from another address")?;
    ensure(server.peer_addr()? == own, "connected to the client", "to somebody else")?;
    holds()
}

fn close_resets(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    case.note("l dropped");
    drop(listener);
    received(client.recv_until(8, case.soon()))
}

fn close_keeps_accepted(case: &Case<'_>) -> Observation {
    let (client, server, listener) = case.accepted()?;
    let addr = listener.local_addr()?;
    case.note("l dropped");
    drop(listener);
    // The connection keeps the address from being given to somebody else.
    let late = case.connect(&addr, case.soon());
    fails_with("connecting after the listener was closed", late, &[Errno::ECONNREFUSED])
        .map(drop)?;
    joined(case, &client, &server)?;
    holds()
}

fn close_wakes(case: &Case<'_>) -> Observation {
    let (listener, _) = case.bound()?;
    listener.listen(1)?;
    let soon = case.soon();
    let (accepted, closed) = case.while_blocked(|| listener.accept(soon), || listener.close());
    closed?;
    came(accepted, "accepted")
}

fn shutdown_wakes(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(1)?;
    let soon = case.soon();
    let (accepted, (shut, _client)) = case.while_blocked(
        || listener.accept(soon),
        || match listener.shutdown(Shutdown::Both) {
            Ok(()) => (Ok(()), None),
            // Then somebody has to come, or it waits for ever.
            Err(error) => (Err(error), case.connect(&addr, soon).ok()),
        },
    );
    match shut {
        Ok(()) => came(accepted, "accepted"),
        Err(error) => saw(told(&error)),
    }
}

fn close_on_exec(case: &Case<'_>) -> Observation {
    let (client, server, _listener) = case.accepted()?;
    let mut seen = "close-on-exec";
    for end in [&client, &server] {
        let Some(number) = end.endpoint().fileno() else {
            return Err(Stop::HarnessError("no descriptor, though declared".to_owned()));
        };
        match is_close_on_exec(number) {
            None => return Err(Stop::Lacks("/proc/self/fdinfo")),
            Some(true) => {}
            Some(false) => seen = "inherited by children",
        }
    }
    saw(seen)
}

fn accepted_mode(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.listen(4)?;
    let timeout = Duration::from_millis(5);
    for mode in [Mode::NonBlocking, Mode::Timeout(timeout)] {
        listener.set_mode(mode)?;
        let client = case.connect(&addr, case.soon())?;
        let server = accept_waiting(case, &listener)?;
        if server.mode() != Mode::Blocking {
            return saw("inherited");
        }
        let (read, sent) = case.while_blocked(
            || server.recv_until(8, Deadline::NEVER),
            || {
                // Waits as often as the listener does in its mode: a receive of the same mode
                // would have ended long before.
                for _ in 0..6 {
                    let _ = listener.accept(Deadline::NEVER);
                }
                client.send_all(b"x", case.soon())
            },
        );
        sent?;
        match read {
            Ok(bytes) => same_bytes("in blocking mode", b"x", &bytes)?,
            Err(error) if error.would_block() || error.is_timeout() => return saw("inherited"),
            Err(error) => return Err(error.into()),
        }
    }
    saw("blocking")
}

fn inherited_options(case: &Case<'_>) -> Observation {
    let (listener, addr) = case.bound()?;
    listener.set_linger(Some(Duration::ZERO))?;
    listener.listen(1)?;
    let client = case.connect(&addr, case.soon())?;
    let (server, _) = listener.accept(case.soon())?;
    server.drop_now();
    saw(match received(client.recv_until(8, case.soon()))?.as_ref() {
        "ECONNRESET" => "inherited".to_owned(),
        "end" => "not inherited".to_owned(),
        other => other.to_owned(),
    })
}

/// Accepts in a mode that does not wait for long: the client may be ahead of the listener.
fn accept_waiting(case: &Case<'_>, listener: &Conn) -> Result<Conn, Stop> {
    let patience = case.transport()?.patience();
    let start = Instant::now();
    loop {
        match listener.accept(Deadline::NEVER) {
            Ok((server, _)) => return Ok(server),
            Err(error)
                if (error.would_block() || error.is_timeout()) && start.elapsed() < patience =>
            {
                std::thread::yield_now();
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a descriptor is closed where the process becomes another program; `None` where the
/// system does not tell.
fn is_close_on_exec(number: i64) -> Option<bool> {
    /// The bit of `O_CLOEXEC` on Linux, the same on every machine but Alpha, PA-RISC and SPARC.
    const O_CLOEXEC: u32 = 0o2_000_000;
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).ok()?;
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
    Some(u32::from_str_radix(flags.trim(), 8).ok()? & O_CLOEXEC != 0)
}
