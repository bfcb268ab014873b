//! Destinations that cannot be sent to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Errno, Error, SocketOption};

use crate::checks::datagram::ends::{next, send};
use crate::expect::{fail, fails_with, holds, same_bytes, saw, told};
use crate::{Case, Conn, Observation, Stop};

pub(super) fn no_destination(case: &Case<'_>) -> Observation {
    let socket = case.socket()?;
    let mut variant = "";
    for bytes in [&b"to whom?"[..], b""] {
        let rules = [Errno::EDESTADDRREQ, Errno::ENOTCONN];
        let errno = fails_with("sending without a destination", socket.send(bytes), &rules)?;
        variant = if errno == Errno::ENOTCONN { "not-connected" } else { "destination-required" };
    }
    saw(variant)
}

/// An address of IP, with something of it replaced.
fn changed(addr: &Addr, change: impl FnOnce(&mut SocketAddr)) -> Option<Addr> {
    let mut addr = addr.as_inet()?;
    change(&mut addr);
    Some(Addr::Inet(addr))
}

/// The port that stands for "choose one" is nobody's.
pub(super) fn port_zero(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let nowhere = match b.local_addr()? {
        Addr::Token(_) => Addr::Token(0),
        addr => match changed(&addr, |addr| addr.set_port(0)) {
            Some(nowhere) => nowhere,
            None => return saw("no-ports"),
        },
    };
    let variant = match a.send_to(b"to no port", Some(&nowhere)) {
        Ok(_) => "accepted",
        Err(Error::Os { errno: Errno::EINVAL | Errno::EADDRNOTAVAIL, .. }) => "refused",
        Err(error) => return fail("EINVAL or EADDRNOTAVAIL", told(&error)),
    };
    works(case, &a, &b)?;
    saw(variant)
}

/// An IPv6 socket that can reach IPv4 may take an IPv4 address; the other way there is none.
pub(super) fn wrong_family(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let home = b.local_addr()?;
    let port = home.port().unwrap_or(9);
    let is_ipv6 = home.ip().is_some_and(|ip| ip.is_ipv6());
    let other = match home.ip() {
        Some(IpAddr::V4(_)) => Addr::from((Ipv6Addr::LOCALHOST, port)),
        _ => Addr::from((Ipv4Addr::LOCALHOST, port)),
    };
    let variant = match a.send_to(b"to another family", Some(&other)) {
        Ok(_) if is_ipv6 => "accepted-by-ipv6",
        Ok(_) => "accepted",
        Err(Error::Os { .. } | Error::Invalid { .. } | Error::Unsupported { .. }) => "refused",
        Err(error) => return fail("an error of the operating system", told(&error)),
    };
    works(case, &a, &b)?;
    saw(variant)
}

/// An error with one destination is none with the next, and nothing of what was refused arrives.
fn works(case: &Case<'_>, a: &Conn, b: &Conn) -> Result<(), Stop> {
    send(case, a, b"to the right one")?;
    same_bytes("the datagram after it", b"to the right one", &next(case, b)?)
}

/// What broadcasting to the loopback's own broadcast address comes to, and, where that is an
/// address like any other, to everybody's.
fn broadcasting(end: &Conn) -> Result<Result<(), Errno>, Stop> {
    let mut outcome = Ok(());
    for ip in [Ipv4Addr::new(127, 255, 255, 255), Ipv4Addr::BROADCAST] {
        let everybody = changed(&end.local_addr()?, |addr| addr.set_ip(ip.into()));
        outcome = match end.send_to(b"to everybody", everybody.as_ref()) {
            Ok(_) => Ok(()),
            Err(Error::Os { errno, .. }) => Err(errno),
            Err(error) => return fail("success, or an errno", told(&error)),
        };
        if outcome == Err(Errno::EACCES) {
            break;
        }
    }
    Ok(outcome)
}

/// IPv6 has no broadcasts to refuse.
fn has_broadcasts(end: &Conn) -> Result<bool, Stop> {
    Ok(end.local_addr()?.ip().is_some_and(|ip| ip.is_ipv4()))
}

pub(super) fn broadcast(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    if !has_broadcasts(&a)? {
        return saw("no-broadcasts");
    }
    match broadcasting(&a)? {
        Err(Errno::EACCES) => {}
        Err(errno) => return fail("EACCES without the option", format!("{errno:?}")),
        Ok(()) => return saw("sent"),
    }
    works(case, &a, &b)?;
    saw("refused")
}

/// With the option the refusal is gone; whether there is a network to broadcast to is another
/// matter.
pub(super) fn broadcast_allowed(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    if !has_broadcasts(&a)? {
        return saw("no-broadcasts");
    }
    a.set_option(SocketOption::Broadcast, 1)?;
    let all =
        changed(&a.local_addr()?, |addr| addr.set_ip(Ipv4Addr::new(127, 255, 255, 255).into()));
    if let Err(Error::Os { errno: Errno::EACCES, .. }) = a.send_to(b"to all", all.as_ref()) {
        return fail("the option allows broadcasts", "EACCES");
    }
    a.set_option(SocketOption::Broadcast, 0)?;
    works(case, &a, &b)?;
    holds()
}
