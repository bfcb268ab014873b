//! The subjects `tcp-v4` and `tcp-v6`: `sockrates-tcp`, and the bare socket under it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockrates_core::{Addr, Deadline, Result};
use sockrates_harness::catalogue::deviations;
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, TransportSubject, home};
use sockrates_socket::{AddrInfo, Family, Protocol, Socket, Type, connect_any};
use sockrates_tcp::{TcpListener, TcpStream};

/// TCP over one IP version.
pub(super) struct Tcp {
    name: &'static str,
    family: Family,
    ip: IpAddr,
}

impl Tcp {
    pub(super) const V4: Self =
        Self { name: "tcp-v4", family: Family::INET, ip: IpAddr::V4(Ipv4Addr::LOCALHOST) };
    pub(super) const V6: Self =
        Self { name: "tcp-v6", family: Family::INET6, ip: IpAddr::V6(Ipv6Addr::LOCALHOST) };

    fn any(&self) -> SocketAddr {
        SocketAddr::new(home(self.ip), 0)
    }
}

impl TransportSubject for Tcp {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.ip {
            IpAddr::V4(_) => "sockrates-tcp: TCP over IPv4, on the system's stack",
            IpAddr::V6(_) => "sockrates-tcp: TCP over IPv6, on the system's stack",
        }
    }

    fn caps(&self) -> Caps {
        let of_family = if self.ip.is_ipv6() { Caps::ONLY_V6 } else { Caps::NONE };
        of_family
            | Caps::LISTEN
            | Caps::CONNECT
            | Caps::ADDRESSES
            | Caps::SOCKET
            | Caps::CONNECT_EX
            | Caps::SO_ERROR
            | Caps::READY
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::HALF_CLOSE
            | Caps::SHUTDOWN
            | Caps::PEEK
            | Caps::WAITALL
            | Caps::DONTWAIT
            | Caps::QUEUED
            | Caps::ABORT
            | Caps::DISCONNECT
            | Caps::CLOSE
            | Caps::CLOSE_WAKES
            | Caps::DUP
            | Caps::OOB
            | Caps::BUFFERS
            | Caps::LINGER
            | Caps::REUSE
            | Caps::FD
            | Caps::INET
            | Caps::ACCEPT_RESET
            | Caps::STALL
            | Caps::CONNECT_ANY
            | Caps::NODELAY
            | Caps::KEEPALIVE
            | Caps::KEEP_TIMES
            | Caps::OPTIONS
            | Caps::REUSE_PORT
            | Caps::HOPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let listener = TcpListener::bind(self.any())?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (server, _) = listener.accept()?;
        Ok((Conn::new(client), Conn::new(server)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(TcpListener::bind(self.any())?))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(TcpStream::connect_by(to, deadline)?))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        let inet = to.iter().filter_map(Addr::as_inet).map(AddrInfo::tcp);
        Ok(Conn::new(connect_any(&inet.collect::<Vec<_>>(), deadline, None)?))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(Socket::new(self.family, Type::STREAM, Some(Protocol::TCP))?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.any().into())
    }

    fn deviations(&self) -> &[Deviation] {
        &deviations::TCP
    }
}
