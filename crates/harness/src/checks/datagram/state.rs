//! The checks of the clauses datagram.state.*

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use sockrates_core::{Addr, Deadline, Errno, Error, Ready, RecvFlags};

use super::ends::{next, send};
use crate::checks::checks;
use crate::expect::{came, ensure, equal, fail, holds, same_bytes, saw, told};
use crate::{Case, Conn, Observation, Stop};

checks!("datagram.state" {
    fresh, failed_connect, bind_connected, peek_length, wait_idle, wait_empty,
});

/// Neither what succeeds nor what would have had to wait is an error of the socket.
fn fresh(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    equal("the pending error at first", &Errno::SUCCESS, &a.take_error()?)?;
    send(case, &a, b"x")?;
    same_bytes("the datagram", b"x", &next(case, &b)?)?;
    let early = b.recv_with(1, RecvFlags::DONTWAIT, Deadline::NEVER);
    ensure(early.is_err(), "nothing more arrives", "something arrives")?;
    equal("the pending error of the sender", &Errno::SUCCESS, &a.take_error()?)?;
    equal("the pending error of the receiver", &Errno::SUCCESS, &b.take_error()?)?;
    holds()
}

/// An address of the other family is no peer, and costs the one that there is nothing.
fn failed_connect(case: &Case<'_>) -> Observation {
    let ((end, home), (peer, far)) = (case.bound()?, case.bound()?);
    end.connect(&far, case.soon())?;
    let other = match home.as_inet() {
        Some(addr) if addr.is_ipv4() => Addr::from((Ipv6Addr::LOCALHOST, 9)),
        _ => Addr::from((Ipv4Addr::LOCALHOST, 9)),
    };
    if end.connect(&other, case.soon()).is_ok() {
        return saw("accepted");
    }
    match end.peer_addr() {
        Ok(addr) => ensure(addr == far, "the peer, as before", "another address")?,
        Err(error) => return saw(format!("no peer: {}", told(&error))),
    }
    end.send_to(b"still", None)?;
    same_bytes("to the peer", b"still", &next(case, &peer)?)?;
    saw("refused")
}

fn bind_connected(case: &Case<'_>) -> Observation {
    let ((end, (peer, far)), any) =
        ((case.socket()?, case.bound()?), case.transport()?.any_addr()?);
    end.connect(&far, case.soon())?;
    let bound = came(end.bind(&any), "named")?;
    end.send_to(b"still", None)?;
    same_bytes("to the peer", b"still", &next(case, &peer)?)?;
    saw(bound)
}

/// How programs learn what room a datagram needs.
fn peek_length(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(300);
    send(case, &a, &bytes)?;
    let seen = match b.recv_with(1, RecvFlags::PEEK | RecvFlags::TRUNC, case.soon()) {
        Ok(got) => {
            equal("the length told", &300, &got.len)?;
            "told"
        }
        Err(Error::Unsupported { .. })
        | Err(Error::Os { errno: Errno::EOPNOTSUPP | Errno::EINVAL, .. }) => "refused",
        Err(error) => return fail("the length, or that the flag is not supported", told(&error)),
    };
    same_bytes("the datagram after the peek", &bytes, &next(case, &b)?)?;
    saw(seen)
}

fn readable(end: &Conn, deadline: Deadline) -> Result<bool, Stop> {
    match end.wait(Ready::READ, deadline) {
        Ok(ready) => Ok(ready.read),
        Err(error) if error.is_timeout() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn wait_idle(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let idle = || readable(&b, Deadline::at(Instant::now()));
    ensure(!idle()?, "nothing to receive where nothing was sent", "something to receive")?;
    send(case, &a, b"x")?;
    ensure(readable(&b, case.soon())?, "a datagram to receive", "nothing to receive")?;
    next(case, &b)?;
    ensure(!idle()?, "nothing to receive once all was received", "something to receive")?;
    holds()
}

fn wait_empty(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    send(case, &a, b"")?;
    ensure(readable(&b, case.soon())?, "an empty datagram to receive", "nothing to receive")?;
    same_bytes("the empty datagram", b"", &next(case, &b)?)?;
    holds()
}
