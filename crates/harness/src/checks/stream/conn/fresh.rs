//! Bare sockets: used before they are connected, connected more than once.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr};

use sockrates_core::{Addr, Errno};

use super::{NEVER, Nobody, joined};
use crate::expect::{came, fails_with, holds, received, same_bytes, saw};
use crate::{Case, Observation, Stop};

pub(super) fn again(case: &Case<'_>) -> Observation {
    let (one, other) = (case.listen()?, case.listen()?);
    let client = case.socket()?;
    client.connect(&one.local_addr()?, NEVER)?;
    let second = client.connect(&other.local_addr()?, NEVER);
    fails_with("connecting again", second, &[Errno::EISCONN]).map(drop)?;
    let (server, _) = one.accept("s", case.soon())?;
    joined(case, &client, &server)?;
    holds()
}

pub(super) fn reuse(case: &Case<'_>) -> Observation {
    let nobody = Nobody::find(case)?;
    let listener = case.listen()?;
    let client = case.socket()?;
    let first = client.connect(&nobody.addr, NEVER);
    fails_with("connecting where nobody listens", first, &[Errno::ECONNREFUSED]).map(drop)?;
    let second = client.connect(&listener.local_addr()?, NEVER);
    if second.is_ok() {
        let (server, _) = listener.accept("s", case.soon())?;
        joined(case, &client, &server)?;
    }
    came(second, "works")
}

pub(super) fn to_itself(case: &Case<'_>) -> Observation {
    let (socket, own) = case.bound()?;
    let connected = socket.connect(&own, case.soon());
    if connected.is_ok() {
        socket.send_all(b"echo", case.soon())?;
        same_bytes("from itself", b"echo", &socket.recv_exact(4, case.soon())?)?;
    }
    came(connected, "connects")
}

pub(super) fn wrong_family(case: &Case<'_>) -> Observation {
    let (_bound, own) = case.bound()?;
    let Some(inet) = own.as_inet() else {
        return Err(Stop::HarnessError("no IP address, though declared".to_owned()));
    };
    let other = match inet.is_ipv4() {
        true => Addr::from((Ipv6Addr::LOCALHOST, inet.port())),
        false => Addr::from((Ipv4Addr::LOCALHOST, inet.port())),
    };
    match case.socket()?.connect(&other, case.soon()) {
        Err(error) if error.errno().is_none() && error.kind() == ErrorKind::InvalidInput => {
            saw("refused as an argument")
        }
        result => came(result, "connects"),
    }
}

pub(super) fn listening(case: &Case<'_>) -> Observation {
    let target = case.listen()?;
    let (socket, _) = case.bound()?;
    socket.listen(1)?;
    came(socket.connect(&target.local_addr()?, case.soon()), "connects")
}

pub(super) fn unconnected_name(case: &Case<'_>) -> Observation {
    let (socket, _) = case.bound()?;
    fails_with("getpeername", socket.peer_addr(), &[Errno::ENOTCONN]).map(drop)?;
    holds()
}

pub(super) fn unconnected_receive(case: &Case<'_>) -> Observation {
    received(case.socket()?.recv_until(8, case.soon()))
}

pub(super) fn unconnected_send(case: &Case<'_>) -> Observation {
    came(case.socket()?.send_until(b"x", case.soon()), "accepted")
}
