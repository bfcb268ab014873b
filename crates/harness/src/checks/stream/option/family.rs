//! IPv4 on IPv6 sockets.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Errno, SocketOption};

use super::joined;
use crate::expect::{ensure, fails_with, holds};
use crate::{Case, Conn, Observation, Stop};

pub(super) fn only_v6(case: &Case<'_>) -> Observation {
    let (_listener, port) = everywhere(case, true)?;
    let refused = case.connect(&mapped(port), case.soon());
    fails_with("connecting from IPv4", refused, &[Errno::ECONNREFUSED]).map(drop)?;
    // The port is free for IPv4, and who takes it there gets what is sent there.
    let (_holder, other, port) = held_by_both(case)?;
    other.listen(1)?;
    let (_client, server) = joined(case, &other, &mapped(port))?;
    ensure(is_mapped(&server.peer_addr()?), "a client from IPv4", "from elsewhere")?;
    holds()
}

pub(super) fn dual_stack(case: &Case<'_>) -> Observation {
    let (listener, port) = everywhere(case, false)?;
    let (_client, server) = joined(case, &listener, &mapped(port))?;
    ensure(is_mapped(&server.peer_addr()?), "a mapped address", "another address")?;
    let v6 = Addr::from((Ipv6Addr::LOCALHOST, port));
    let (_client, server) = joined(case, &listener, &v6)?;
    ensure(!is_mapped(&server.peer_addr()?), "an address of IPv6", "a mapped address")?;
    // The port is taken for IPv4 too.
    let late = case.socket()?;
    late.set_option(SocketOption::OnlyV6, 0)?;
    fails_with("binding it for IPv4", late.bind(&mapped(port)), &[Errno::EADDRINUSE]).map(drop)?;
    holds()
}

/// A listener for IPv6 alone, and a socket bound to the same port for IPv4. A connection of others
/// may linger there, so that a port that is taken is tried again with another.
fn held_by_both(case: &Case<'_>) -> Result<(Conn, Conn, u16), Stop> {
    for _ in 1..PORTS {
        let (listener, port) = everywhere(case, true)?;
        let other = unbound_for_both(case)?;
        match other.bind(&mapped(port)) {
            Err(error) if error.errno() == Some(Errno::EADDRINUSE) => {}
            bound => return Ok(bound.map(|()| (listener, other, port))?),
        }
    }
    let (listener, port) = everywhere(case, true)?;
    let other = unbound_for_both(case)?;
    other.bind(&mapped(port))?;
    Ok((listener, other, port))
}

fn unbound_for_both(case: &Case<'_>) -> Result<Conn, Stop> {
    let socket = case.socket()?;
    socket.set_option(SocketOption::OnlyV6, 0)?;
    Ok(socket)
}

/// How many ports to try: one in ten may be taken on a busy machine.
const PORTS: usize = 8;

/// A listener on every address of the machine, and its port.
fn everywhere(case: &Case<'_>, only_v6: bool) -> Result<(Conn, u16), Stop> {
    let listener = case.socket()?;
    listener.set_option(SocketOption::OnlyV6, only_v6.into())?;
    listener.bind(&Addr::from((Ipv6Addr::UNSPECIFIED, 0)))?;
    listener.listen(4)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port.ok_or_else(|| Stop::HarnessError("an address without a port".to_owned()))?))
}

/// The port of IPv4's loopback, as IPv6 sockets name it: who connects there, does so over IPv4.
fn mapped(port: u16) -> Addr {
    Addr::from((Ipv4Addr::LOCALHOST.to_ipv6_mapped(), port))
}

fn is_mapped(addr: &Addr) -> bool {
    matches!(addr.as_inet(), Some(SocketAddr::V6(v6)) if v6.ip().to_ipv4_mapped().is_some())
}
