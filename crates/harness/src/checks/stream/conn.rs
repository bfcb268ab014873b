//! The checks of the clauses stream.conn.*

mod fresh;
mod pending;
mod several;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Deadline, Errno, Error, Mode, Ready};

use crate::checks::checks;
use crate::expect::{ensure, equal, fail, fails_with, holds, received, same_bytes, saw};
use crate::{Acceptor, Caps, Case, Conn, Observation, Stop};

use fresh::{
    again, listening, reuse, to_itself, unconnected_name, unconnected_receive, unconnected_send,
    wrong_family,
};
pub(in crate::checks) use pending::Silent;
use pending::{
    abandoned, deadline, mode_timeout, mode_timeout_number, pending, pending_name, pending_receive,
    pending_send, retry_after_timeout,
};
use several::{several, several_deadline, several_errors};

checks!("stream.conn" {
    addresses, refused, refused_leaks_nothing, refused_receive, again, in_progress, error_clears,
    completed,
    pending, pending_name, pending_receive, pending_send, deadline, mode_timeout,
    mode_timeout_number, retry_after_timeout, abandoned, invalid_peer, local_address,
    chosen_address, several, several_errors, several_deadline, reuse, to_itself, wrong_family,
    listening, unconnected_name, unconnected_receive, unconnected_send,
});

fn addresses(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    // Asked again, they answer the same.
    for _ in 0..2 {
        ensure(a.peer_addr()? == b.local_addr()?, "a's peer is b", "a's peer is somebody else")?;
        ensure(b.peer_addr()? == a.local_addr()?, "b's peer is a", "b's peer is somebody else")?;
    }
    holds()
}

fn refused(case: &Case<'_>) -> Observation {
    let nobody = Nobody::find(case)?;
    let result = case.connect(&nobody.addr, case.soon());
    fails_with("connecting where nobody listens", result, &[Errno::ECONNREFUSED]).map(drop)?;
    holds()
}

fn refused_leaks_nothing(case: &Case<'_>) -> Observation {
    let nobody = Nobody::find(case)?;
    let before = case.descriptors();
    for _ in 0..5 {
        let result = case.connect(&nobody.addr, case.soon());
        fails_with("connecting where nobody listens", result, &[Errno::ECONNREFUSED]).map(drop)?;
    }
    ensure(case.descriptors() == before, "as many descriptors as before", "more than before")?;
    // What can be seen where descriptors are not counted: connecting goes on working.
    let (client, server, _listener) = case.accepted()?;
    joined(case, &client, &server)?;
    holds()
}

fn in_progress(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    let first = client.connect_ex(&listener.local_addr()?)?;
    let seen = match first {
        Errno::SUCCESS => "at once",
        errno if errno.in_progress() => "in progress",
        other => return fail("success, now or in progress", format!("{other:?}")),
    };
    let ready = client.wait(Ready::WRITE, case.soon())?;
    ensure(ready.write && !ready.error, "writable without an error", format!("{ready:?}"))?;
    equal("the pending error", &Errno::SUCCESS, &client.take_error()?)?;
    let (server, _) = listener.accept("s", case.soon())?;
    client.set_mode(Mode::Blocking)?;
    joined(case, &client, &server)?;
    saw(seen)
}

fn error_clears(case: &Case<'_>) -> Observation {
    let nobody = Nobody::find(case)?;
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    match client.connect_ex(&nobody.addr)? {
        Errno::ECONNREFUSED => {
            equal("the error after it was told", &Errno::SUCCESS, &client.take_error()?)?;
            return saw("at once");
        }
        errno if errno.in_progress() => {}
        other => return fail("refused, now or later", format!("{other:?}")),
    }
    let ready = client.wait(Ready::WRITE, case.soon())?;
    ensure(ready.write || ready.error, "ready, for it has failed", format!("{ready:?}"))?;
    equal("the pending error", &Errno::ECONNREFUSED, &client.take_error()?)?;
    equal("the pending error, read again", &Errno::SUCCESS, &client.take_error()?)?;
    saw("later")
}

fn refused_receive(case: &Case<'_>) -> Observation {
    let nobody = Nobody::find(case)?;
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    let first = client.connect_ex(&nobody.addr)?;
    if first.in_progress() {
        client.wait(Ready::READ, case.soon())?;
    }
    received(client.recv_until(8, NEVER))
}

fn completed(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let to = listener.local_addr()?;
    let client = case.socket()?;
    client.set_mode(Mode::NonBlocking)?;
    let first = client.connect_ex(&to)?;
    ensure(
        first.is_success() || first.in_progress(),
        "success, now or in progress",
        format!("{first:?}"),
    )?;
    client.wait(Ready::WRITE, case.soon())?;
    equal("the pending error", &Errno::SUCCESS, &client.take_error()?)?;
    match (client.connect_ex(&to)?, client.connect_ex(&to)?) {
        (Errno::EISCONN, Errno::EISCONN) => saw("EISCONN"),
        (Errno::SUCCESS, Errno::EISCONN) => saw("success once, then EISCONN"),
        (once, twice) => saw(format!("{once:?}, then {twice:?}")),
    }
}

fn invalid_peer(case: &Case<'_>) -> Observation {
    let own = case.listen()?.local_addr()?;
    let invalid: &[IpAddr] = match own.ip() {
        Some(IpAddr::V4(_)) => {
            &[IpAddr::V4(Ipv4Addr::BROADCAST), IpAddr::V4(Ipv4Addr::new(224, 0, 0, 1))]
        }
        Some(IpAddr::V6(_)) => &[IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1))],
        None => return Err(Stop::HarnessError("no IP address, though declared".to_owned())),
    };
    for ip in invalid {
        let to = Addr::from(SocketAddr::new(*ip, own.port().unwrap_or(9)));
        match case.connect(&to, case.soon()) {
            Ok(_) => return saw("connects"),
            Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
            Err(error) if error.is_timeout() || error.errno() == Some(Errno::ETIMEDOUT) => {
                return saw("tries in vain");
            }
            Err(_) => {}
        }
    }
    saw("rejected")
}

fn local_address(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let (client, own) = case.bound()?;
    client.connect(&listener.local_addr()?, case.soon())?;
    ensure(client.local_addr()? == own, "the address bound to", "another address")?;
    let (_server, from) = listener.accept("s", case.soon())?;
    ensure(from == own, "accepted from the address bound to", "from another address")?;
    holds()
}

fn chosen_address(case: &Case<'_>) -> Observation {
    let (one, server, listener) = case.accepted()?;
    let other = case.connect(&listener.local_addr()?, case.soon())?;
    let own = one.local_addr()?;
    if own == Addr::Unnamed {
        return saw("unnamed");
    }
    ensure(server.peer_addr()? == own, "the address that the server sees", "another address")?;
    if let Some(inet) = own.as_inet() {
        let whole = inet.port() != 0 && !inet.ip().is_unspecified();
        ensure(whole, "an address and a port", "one of them unspecified")?;
    }
    ensure(own != other.local_addr()?, "two clients at two addresses", "both at the same")?;
    saw("chosen")
}

/// An address at which nobody listens, and nobody else can begin to.
pub(in crate::checks) struct Nobody {
    pub(in crate::checks) addr: Addr,
    _bound: Option<Conn>,
    _connection: Option<(Conn, Conn, Acceptor)>,
}

impl Nobody {
    /// A bound socket that does not listen; where there are no bare sockets, a client, at whose
    /// address nobody listens either.
    pub(in crate::checks) fn find(case: &Case<'_>) -> Result<Self, Stop> {
        if case.has(Caps::SOCKET) {
            let (socket, addr) = case.bound()?;
            return Ok(Self { addr, _bound: Some(socket), _connection: None });
        }
        let connection = case.accepted()?;
        let addr = connection.0.local_addr()?;
        Ok(Self { addr, _bound: None, _connection: Some(connection) })
    }
}

/// What one sends the other receives, in both directions.
pub(super) fn joined(case: &Case<'_>, one: &Conn, other: &Conn) -> Result<(), Stop> {
    for (from, to) in [(one, other), (other, one)] {
        from.send_all(b"hello", case.soon())?;
        same_bytes("over the connection", b"hello", &to.recv_exact(5, case.soon())?)?;
    }
    Ok(())
}

/// No bound at all, for what must be the system's own waiting and not a deadline's.
const NEVER: Deadline = Deadline::NEVER;
