//! How the addresses of a network in memory are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Errno};

/// How the addresses of a network are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Naming {
    /// By a number of its own.
    #[default]
    Tokens,
    /// By ports of IPv4's loopback.
    V4,
    /// By ports of IPv6's loopback, and of IPv4's as mapped addresses.
    V6,
}

/// A port of a network. In [`Naming::V6`] those of IPv4 are marked with [`MAPPED`].
pub(super) type Port = u64;

/// What marks a port as IPv4's, among those of IPv6.
pub(super) const MAPPED: Port = 1 << 16;

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A port of this machine, here or at all of its addresses.
    Here { port: Port, everywhere: bool },
    /// A port of a group's members, or of everybody.
    Many { to: IpAddr, port: Port },
    /// Another machine.
    Elsewhere,
}

impl Naming {
    /// Where `addr` is; `EAFNOSUPPORT` for one of another kind.
    pub(super) fn place(self, addr: &Addr) -> Result<Place, Errno> {
        match (self, addr) {
            (Self::Tokens, Addr::Token(port)) => Ok(Place::Here { port: *port, everywhere: false }),
            (Self::V4, Addr::Inet(SocketAddr::V4(v4))) => Ok(of_v4(*v4.ip(), v4.port().into())),
            (Self::V6, Addr::Inet(SocketAddr::V6(v6))) => Ok(of_v6(*v6.ip(), v6.port().into())),
            _ => Err(Errno::EAFNOSUPPORT),
        }
    }

    /// The port to bind, and whether at all addresses.
    pub(super) fn bindable(self, addr: &Addr) -> Result<(Port, bool), Errno> {
        match self.place(addr)? {
            Place::Here { port, everywhere } => Ok((port, everywhere)),
            Place::Many { .. } | Place::Elsewhere => Err(Errno::EADDRNOTAVAIL),
        }
    }

    /// The port to connect to.
    pub(super) fn reachable(self, addr: &Addr) -> Result<Port, Errno> {
        match self.place(addr)? {
            Place::Here { port, .. } => Ok(port),
            Place::Many { .. } | Place::Elsewhere => Err(Errno::ENETUNREACH),
        }
    }

    /// The address of a port.
    pub(super) fn addr(self, port: Port, everywhere: bool) -> Addr {
        let number = u16::try_from(port & (MAPPED - 1)).unwrap_or(0);
        let v6 = match (everywhere, port & MAPPED != 0) {
            (true, _) => Ipv6Addr::UNSPECIFIED,
            (false, true) => Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
            (false, false) => Ipv6Addr::LOCALHOST,
        };
        let v4 = if everywhere { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        match self {
            Self::Tokens => Addr::Token(port),
            Self::V4 => Addr::from((v4, number)),
            Self::V6 => Addr::from((v6, number)),
        }
    }

    /// The address of a socket that has no port, or of any that the network is to choose.
    pub(super) fn nowhere(self) -> Addr {
        self.addr(0, self != Self::Tokens)
    }

    /// The address of whom this network is, which lets it choose the port.
    pub(super) fn any(self) -> Addr {
        self.addr(0, false)
    }

    /// The port after `port` in the order in which they are given.
    pub(super) fn after(self, port: Port) -> Port {
        match self {
            // The ports below are not given unless asked for, as on Unix.
            Self::V4 | Self::V6 if !(1023..65_535).contains(&port) => 1024,
            _ => port + 1,
        }
    }
}

fn of_v4(ip: Ipv4Addr, port: Port) -> Place {
    match ip {
        ip if ip.is_multicast() || ip.is_broadcast() || ip == LOOPBACK_BROADCAST => {
            Place::Many { to: ip.into(), port }
        }
        ip if ip.is_loopback() => Place::Here { port, everywhere: false },
        Ipv4Addr::UNSPECIFIED => Place::Here { port, everywhere: true },
        _ => Place::Elsewhere,
    }
}

fn of_v6(ip: Ipv6Addr, port: Port) -> Place {
    match (ip, ip.to_ipv4_mapped()) {
        (_, Some(v4)) => match of_v4(v4, port | MAPPED) {
            Place::Here { port, .. } => Place::Here { port, everywhere: false },
            elsewhere => elsewhere,
        },
        (ip, _) if ip.is_multicast() => Place::Many { to: ip.into(), port },
        (Ipv6Addr::LOCALHOST, _) => Place::Here { port, everywhere: false },
        (Ipv6Addr::UNSPECIFIED, _) => Place::Here { port, everywhere: true },
        _ => Place::Elsewhere,
    }
}

/// Everybody on the loopback.
const LOOPBACK_BROADCAST: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);
