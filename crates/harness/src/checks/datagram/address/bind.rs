//! Getting a local address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Errno, RecvFlags};

use crate::checks::datagram::ends::send_to;
use crate::expect::{ensure, equal, fail, fails_with, holds, saw};
use crate::{Caps, Case, Observation};

/// The first send of a socket that is not bound binds it, and to that address answers come. Where
/// addresses are names that somebody has to give, it may be nameless.
pub(super) fn autobind(case: &Case<'_>) -> Observation {
    let (receiver, home) = case.bound()?;
    let sender = case.socket()?;
    send_to(&sender, b"who am I?", &home)?;
    let got = receiver.recv_with(100, RecvFlags::NONE, case.soon())?;
    let local = sender.local_addr()?;
    if local == Addr::Unnamed && matches!(got.from, None | Some(Addr::Unnamed)) {
        return saw("nameless");
    }
    ensure(local.port() != Some(0), "the sender has a port", "it has none")?;
    let Some(source) = got.from else { return fail("a datagram has a source", "none") };
    ensure(source.port() == local.port(), "the datagram comes from that port", "another port")?;
    send_to(&receiver, b"that one", &source)?;
    equal("bytes received there", &8, &sender.recv_until(100, case.soon())?.len())?;
    saw("bound")
}

pub(super) fn bind_any(case: &Case<'_>) -> Observation {
    let ((one, first), (_other, second)) = (case.bound()?, case.bound()?);
    ensure(first != second, "two sockets get two addresses", "both have the same")?;
    ensure(one.local_addr()? == first, "a bound address stays", "it changes")?;
    if case.has(Caps::INET) {
        ensure(first.port() != Some(0), "port 0 lets the system choose one", "port 0")?;
    }
    holds()
}

pub(super) fn bind_taken(case: &Case<'_>) -> Observation {
    let (_holder, addr) = case.bound()?;
    let late = case.socket()?;
    let _ = fails_with("binding to another's address", late.bind(&addr), &[Errno::EADDRINUSE])?;
    late.bind(&case.transport()?.any_addr()?)?;
    holds()
}

pub(super) fn bind_twice(case: &Case<'_>) -> Observation {
    let (socket, addr) = case.bound()?;
    let any = case.transport()?.any_addr()?;
    let _ = fails_with("binding again", socket.bind(&any), &[Errno::EINVAL])?;
    ensure(socket.local_addr()? == addr, "the address stays", "it changes")?;
    holds()
}

/// Addresses that are set aside for documentation are no machine's own.
pub(super) fn bind_foreign(case: &Case<'_>) -> Observation {
    let foreign = match case.transport()?.any_addr()?.ip() {
        Some(IpAddr::V6(_)) => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
        _ => IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    };
    let socket = case.socket()?;
    let refused = socket.bind(&Addr::Inet(SocketAddr::new(foreign, 0)));
    let _ = fails_with("binding to a foreign address", refused, &[Errno::EADDRNOTAVAIL])?;
    holds()
}
