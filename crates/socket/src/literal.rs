//! Hosts that need no look-up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use sockrates_core::{Addr, Error, Result};

use crate::Family;
use crate::resolve::failure;
use crate::sys::{self, Eai};

/// The address that `host` spells for a socket of `family`; `None` where it is a name.
pub(crate) fn parse(host: &str, port: u16, family: Family) -> Result<Option<Addr>> {
    let ip = match (host, family) {
        (_, Family::INET | Family::INET6) => split(host)?,
        _ => {
            return Err(Error::invalid(
                "address",
                format!("{host:?} port {port}"),
                "is for IPv4 and IPv6; give a socket of another family an Addr",
            ));
        }
    };
    match (ip, family) {
        (Some(Literal::Wildcard), Family::INET) => Ok(Some(v4(Ipv4Addr::UNSPECIFIED, port))),
        (Some(Literal::Wildcard), _) => Ok(Some(v6(Ipv6Addr::UNSPECIFIED, port, 0))),
        (Some(Literal::Broadcast), Family::INET) => Ok(Some(v4(Ipv4Addr::BROADCAST, port))),
        (Some(Literal::V4(ip)), Family::INET) => Ok(Some(v4(ip, port))),
        (Some(Literal::V6(ip, zone)), Family::INET6) => Ok(Some(v6(ip, port, zone))),
        (Some(_), _) => Err(failure(host, Eai::ADDRFAMILY)),
        (None, _) => Ok(None),
    }
}

/// Whether no name service is asked about `host`.
pub(crate) fn is_literal(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok() || matches!(split(host), Ok(Some(_)))
}

/// Whether `host` is an IPv6 literal.
pub(crate) fn is_v6(host: &str) -> bool {
    matches!(split(host), Ok(Some(Literal::V6(..))))
}

enum Literal {
    Wildcard,
    Broadcast,
    V4(Ipv4Addr),
    V6(Ipv6Addr, u32),
}

fn split(host: &str) -> Result<Option<Literal>> {
    match host {
        "" => return Ok(Some(Literal::Wildcard)),
        "<broadcast>" => return Ok(Some(Literal::Broadcast)),
        _ => {}
    }
    if let Ok(ip) = host.parse() {
        return Ok(Some(Literal::V4(ip)));
    }
    let (ip, zone) = match host.split_once('%') {
        Some((ip, zone)) => (ip, Some(zone)),
        None => (host, None),
    };
    let Ok(ip) = ip.parse::<Ipv6Addr>() else { return Ok(None) };
    let zone = zone.map_or(Ok(0), |zone| interface(host, zone))?;
    Ok(Some(Literal::V6(ip, zone)))
}

/// The number of a zone, which is an interface's name or number.
///
/// Source: RFC 4007 11.
fn interface(host: &str, zone: &str) -> Result<u32> {
    if let Ok(number) = zone.parse() {
        return Ok(number);
    }
    sys::interface_index(zone).map_err(|_| {
        Error::invalid(
            "zone of",
            format!("{host:?}"),
            "no interface has that name; use one of this machine's, or its number",
        )
    })
}

fn v4(ip: Ipv4Addr, port: u16) -> Addr {
    Addr::from(SocketAddrV4::new(ip, port))
}

fn v6(ip: Ipv6Addr, port: u16, zone: u32) -> Addr {
    Addr::from(SocketAddrV6::new(ip, port, 0, zone))
}
