//! Peers: `std::net::UdpSocket`, unconnected and connected.

use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, SocketOption, Transport,
};
use sockrates_harness::{Caps, Conn, Deviation, TransportSubject, home};

use super::peer_deviations;
use super::peer_wait::{Side, Waits};
use super::std_stream::{number, own_addr};

/// The subject `std-udp`.
pub(super) struct StdUdp;

/// The subject `std-udp-connected`.
pub(super) struct StdConnectedUdp;

/// What either can do.
const CAPS: Caps = Caps::INET
    .and(Caps::ADDRESSES)
    .and(Caps::SO_ERROR)
    .and(Caps::NONBLOCK)
    .and(Caps::TIMEOUT)
    .and(Caps::DEADLINE)
    .and(Caps::PEEK)
    .and(Caps::DUP)
    .and(Caps::FD)
    .and(Caps::BROADCAST)
    .and(Caps::HOPS);

impl TransportSubject for StdUdp {
    fn name(&self) -> &str {
        "std-udp"
    }

    fn says(&self) -> &str {
        "std::net::UdpSocket: UDP over IPv4, on the system's stack"
    }

    fn caps(&self) -> Caps {
        CAPS | Caps::SENDTO
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn deviations(&self) -> &[Deviation] {
        &peer_deviations::DATAGRAM
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        Ok((Conn::new(bound()?), Conn::new(bound()?)))
    }
}

impl TransportSubject for StdConnectedUdp {
    fn name(&self) -> &str {
        "std-udp-connected"
    }

    fn says(&self) -> &str {
        "std::net::UdpSocket, each end with its peer: UDP over IPv4, on the system's stack"
    }

    fn caps(&self) -> Caps {
        CAPS | Caps::REFUSAL
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn deviations(&self) -> &[Deviation] {
        &peer_deviations::DATAGRAM
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = (bound()?, bound()?);
        a.connect(&b.local_addr()?, Deadline::NEVER)?;
        b.connect(&a.local_addr()?, Deadline::NEVER)?;
        Ok((Conn::new(a), Conn::new(b)))
    }
}

fn bound() -> Result<StdDatagram> {
    let socket = UdpSocket::bind((home(Ipv4Addr::LOCALHOST.into()), 0));
    let socket = socket.map_err(|error| Error::from_io(Op::Bind, &error))?;
    Ok(StdDatagram { socket, waits: Waits::new(Mode::Blocking) })
}

struct StdDatagram {
    socket: UdpSocket,
    waits: Waits,
}

impl Transport for StdDatagram {
    type Peer = SocketAddr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<SocketAddr>> {
        if !RecvFlags::PEEK.contains(flags) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let receive = || match flags {
            RecvFlags::PEEK => self.socket.peek_from(buf.unfilled()),
            _ => self.socket.recv_from(buf.unfilled()),
        };
        let what = (Op::Recv, Side::Read);
        let (len, peer) = self.waits.run(&self.socket, what, deadline, false, receive)?;
        buf.advance(len);
        // The standard library does not say whether a tail was lost.
        Ok(Recv { len, peer, truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&SocketAddr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if !flags.is_empty() {
            return Err(Error::Unsupported { op: Op::Send });
        }
        // The standard library has no vectored send for datagrams.
        let whole: Vec<u8> = bytes.iter().flat_map(|slice| slice.iter().copied()).collect();
        let send = || match to {
            Some(to) => self.socket.send_to(&whole, to),
            None => self.socket.send(&whole),
        };
        self.waits.run(&self.socket, (Op::Send, Side::Write), deadline, false, send)
    }

    fn close_send(&self) -> Result<()> {
        Err(Error::Unsupported { op: Op::Shutdown })
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn mode(&self) -> Mode {
        self.waits.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.waits.set_mode(&self.socket, mode)
    }
}

impl Endpoint for StdDatagram {
    fn local_addr(&self) -> Result<Addr> {
        own_addr(self.socket.local_addr())
    }

    fn peer_addr(&self) -> Result<Addr> {
        let addr = self.socket.peer_addr();
        Ok(addr.map_err(|error| Error::from_io(Op::PeerAddr, &error))?.into())
    }

    fn connect(&self, addr: &Addr, _: Deadline) -> Result<()> {
        let to = addr.as_inet().ok_or(Error::Unsupported { op: Op::Connect })?;
        self.socket.connect(to).map_err(|error| Error::from_io(Op::Connect, &error))
    }

    fn take_error(&self) -> Result<Errno> {
        let pending = self.socket.take_error();
        let pending = pending.map_err(|error| Error::from_io(Op::GetOption, &error))?;
        let code = pending.and_then(|error| error.raw_os_error());
        Ok(Errno::from_code(code.unwrap_or_default()))
    }

    fn dup(&self) -> Result<Self> {
        let socket = self.socket.try_clone().map_err(|error| Error::from_io(Op::Dup, &error))?;
        Ok(Self { socket, waits: Waits::new(self.mode()) })
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        let told = match option {
            SocketOption::Broadcast => self.socket.broadcast().map(i32::from),
            SocketOption::Ttl => self.socket.ttl().map(number),
            _ => return Err(Error::Unsupported { op: Op::GetOption }),
        };
        told.map_err(|error| Error::from_io(Op::GetOption, &error))
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let count = u32::try_from(value).unwrap_or(u32::MAX);
        let set = match option {
            SocketOption::Broadcast => self.socket.set_broadcast(value != 0),
            SocketOption::Ttl => self.socket.set_ttl(count),
            _ => return Err(Error::Unsupported { op: Op::SetOption }),
        };
        set.map_err(|error| Error::from_io(Op::SetOption, &error))
    }

    fn fileno(&self) -> Option<i64> {
        Some(self.socket.as_raw_fd().into())
    }
}
