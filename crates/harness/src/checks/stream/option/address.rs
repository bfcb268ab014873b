//! Addresses that are bound again, and shared.

use sockrates_core::{Addr, Deadline, Errno, Mode, Result as CoreResult, SocketOption};

use super::joined;
use crate::expect::{came, ends, ensure, fails_with, holds, saw};
use crate::{Case, Conn, Observation, Stop};

/// So many clients that it would be a wonder if all of them came to one of two listeners.
const CLIENTS: usize = 64;

pub(super) fn reuse_lingering(case: &Case<'_>) -> Observation {
    let addr = left_lingering(case)?;
    let next = with(case, SocketOption::ReuseAddress)?;
    if let Err(error) = next.bind(&addr) {
        return came(Err::<(), _>(error), "");
    }
    next.listen(1)?;
    joined(case, &next, &addr)?;
    holds()
}

pub(super) fn lingering(case: &Case<'_>) -> Observation {
    let addr = left_lingering(case)?;
    came(case.socket()?.bind(&addr), "binds")
}

/// The address of a listener that is gone, while a connection of its lingers: its own side ended
/// first.
fn left_lingering(case: &Case<'_>) -> Result<Addr, Stop> {
    let listener = with(case, SocketOption::ReuseAddress)?;
    listener.bind(&case.transport()?.any_addr()?)?;
    listener.listen(1)?;
    let addr = listener.local_addr()?;
    let (client, server) = joined(case, &listener, &addr)?;
    listener.drop_now();
    server.close_send()?;
    ends(&client, case.soon())?;
    client.close_send()?;
    ends(&server, case.soon())?;
    server.drop_now();
    client.drop_now();
    Ok(addr)
}

/// Systems refuse the second one to be bound, or to listen.
pub(super) fn reuse_listening(case: &Case<'_>) -> Observation {
    let listener = with(case, SocketOption::ReuseAddress)?;
    listener.bind(&case.transport()?.any_addr()?)?;
    listener.listen(1)?;
    let addr = listener.local_addr()?;
    let late = with(case, SocketOption::ReuseAddress)?;
    let late = late.bind(&addr).and_then(|()| late.listen(1));
    fails_with("a second listener", late, &[Errno::EADDRINUSE]).map(drop)?;
    joined(case, &listener, &addr)?;
    holds()
}

pub(super) fn shared_port(case: &Case<'_>) -> Observation {
    let first = with(case, SocketOption::ReusePort)?;
    first.bind(&case.transport()?.any_addr()?)?;
    let addr = first.local_addr()?;
    let second = with(case, SocketOption::ReusePort)?;
    second.bind(&addr)?;
    first.listen(128)?;
    second.listen(128)?;
    let connected: CoreResult<Vec<Conn>> =
        (0..CLIENTS).map(|_| case.connect(&addr, case.soon())).collect();
    let connected = connected?;
    let (of_first, of_second) = (waiting(&first)?, waiting(&second)?);
    let all = of_first + of_second == connected.len();
    ensure(all, "each client is accepted once", "more or fewer are accepted")?;
    saw(if of_first == 0 || of_second == 0 { "one takes all" } else { "shared out" })
}

/// How many clients wait at a listener, which accepts them.
fn waiting(listener: &Conn) -> Result<usize, Stop> {
    listener.set_mode(Mode::NonBlocking)?;
    let mut count = 0;
    loop {
        match listener.accept(Deadline::NEVER) {
            Ok(_) => count += 1,
            Err(error) if error.would_block() => return Ok(count),
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) fn unshared_port(case: &Case<'_>) -> Observation {
    let port = |shares: bool| {
        let socket = case.socket()?;
        socket.set_option(SocketOption::ReusePort, shares.into())?;
        Ok::<_, Stop>(socket)
    };
    for (first, second) in [(true, false), (false, true)] {
        let (first, second) = (port(first)?, port(second)?);
        first.bind(&case.transport()?.any_addr()?)?;
        first.listen(1)?;
        let bound = second.bind(&first.local_addr()?);
        fails_with("binding where not all agree", bound, &[Errno::EADDRINUSE]).map(drop)?;
    }
    holds()
}

/// A socket with this switch on.
fn with(case: &Case<'_>, option: SocketOption) -> Result<Conn, Stop> {
    let socket = case.socket()?;
    socket.set_option(option, 1)?;
    Ok(socket)
}
