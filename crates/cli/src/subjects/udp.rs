//! The subjects `udp-v4`, `udp-v6` and `udp-connected`: `sockrates-udp`, and the bare socket under
//! it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Kind, Result};
use sockrates_harness::{Caps, Conn, TransportSubject, home};
use sockrates_socket::{Family, Protocol, Socket, Type};
use sockrates_udp::UdpSocket;

/// UDP over one IP version, connected or not.
pub(super) struct Udp {
    name: &'static str,
    ip: IpAddr,
    connected: bool,
}

impl Udp {
    pub(super) const V4: Self =
        Self { name: "udp-v4", ip: IpAddr::V4(Ipv4Addr::LOCALHOST), connected: false };
    pub(super) const V6: Self =
        Self { name: "udp-v6", ip: IpAddr::V6(Ipv6Addr::LOCALHOST), connected: false };
    pub(super) const CONNECTED: Self =
        Self { name: "udp-connected", ip: IpAddr::V4(Ipv4Addr::LOCALHOST), connected: true };

    fn any(&self) -> SocketAddr {
        SocketAddr::new(home(self.ip), 0)
    }
}

impl TransportSubject for Udp {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.ip {
            _ if self.connected => {
                "sockrates-udp, each end with its peer: UDP over IPv4, on the system's stack"
            }
            IpAddr::V4(_) => "sockrates-udp: UDP over IPv4, on the system's stack",
            IpAddr::V6(_) => "sockrates-udp: UDP over IPv6, on the system's stack",
        }
    }

    fn caps(&self) -> Caps {
        let both = Caps::ADDRESSES
            | Caps::SOCKET
            | Caps::CONNECT_EX
            | Caps::SO_ERROR
            | Caps::READY
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::SHUTDOWN
            | Caps::PEEK
            | Caps::DONTWAIT
            | Caps::QUEUED
            | Caps::ABORT
            | Caps::CLOSE
            | Caps::CLOSE_WAKES
            | Caps::DUP
            | Caps::BUFFERS
            | Caps::REUSE
            | Caps::FD
            | Caps::INET
            | Caps::TRUNC
            | Caps::BROADCAST
            | Caps::REFUSAL
            | Caps::DISCONNECT
            | Caps::OPTIONS
            | Caps::HOPS
            | Caps::MULTICAST
            | Caps::CONTROL;
        if self.connected { both } else { both | Caps::SENDTO }
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = (UdpSocket::bind(self.any())?, UdpSocket::bind(self.any())?);
        if !self.connected {
            return Ok((Conn::new(a), Conn::new(b)));
        }
        let (to_a, to_b) = (a.local_addr()?, b.local_addr()?);
        Ok((Conn::new(a.connect(to_b)?), Conn::new(b.connect(to_a)?)))
    }

    fn socket(&self) -> Result<Conn> {
        let family = if self.ip.is_ipv4() { Family::INET } else { Family::INET6 };
        Ok(Conn::new(Socket::new(family, Type::DGRAM, Some(Protocol::UDP))?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.any().into())
    }
}
