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
    let other = case.socket()?;
    other.set_option(SocketOption::OnlyV6, 0)?;
    other.bind(&mapped(port))?;
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
