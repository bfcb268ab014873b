//! From outside: datagrams of `smoltcp`.

use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use smoltcp::iface::SocketHandle;
use smoltcp::socket::udp::{self, PacketBuffer, PacketMetadata, SendError};
use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, SocketOption, Transport,
};
use sockrates_harness::{Caps, Conn, Deviation, TransportSubject};

use super::patience::{ModeCell, Patience};
use super::smoltcp_stack::{Attempt, SharedStack, Stack, endpoint, hops, socket_addr};

/// How many datagrams each of a socket's two queues holds, and how many bytes of them.
const MESSAGES: usize = 256;
const BYTES: usize = 256 << 10;

const V4_DEVIATIONS: [Deviation; 1] = [TOO_LONG];

const V6_DEVIATIONS: [Deviation; 3] = [
    TOO_LONG,
    Deviation {
        clause: "datagram.message.longest",
        os: "",
        sees: "b receives timed out",
        reason: NO_FRAGMENTS,
    },
    Deviation {
        clause: "datagram.transfer.sizes",
        os: "",
        sees: "recv: timed out (permitted: success), where the smallest input is [65527]",
        reason: NO_FRAGMENTS,
    },
];

const TOO_LONG: Deviation = Deviation {
    clause: "datagram.message.too-long",
    os: "",
    sees: "it is sent",
    reason: "a send asks whether the socket's own buffer takes the datagram; that it is too long \
             for IP shows when the interface sends it, which drops it with a line for the log",
};

const NO_FRAGMENTS: &str = "IPv6 is not fragmented, and what is over the interface's MTU (here \
                            65,535 bytes with all headers) is dropped with a line for the log \
                            (smoltcp pull request 1038)";

/// The subjects `smoltcp-udp-v4` and `smoltcp-udp-v6`.
pub(super) struct SmoltcpUdp {
    name: &'static str,
    ip: IpAddr,
    stack: LazyLock<SharedStack>,
}

impl SmoltcpUdp {
    pub(super) fn v4() -> Self {
        Self::new("smoltcp-udp-v4", Ipv4Addr::LOCALHOST.into())
    }

    pub(super) fn v6() -> Self {
        Self::new("smoltcp-udp-v6", Ipv6Addr::LOCALHOST.into())
    }

    fn new(name: &'static str, ip: IpAddr) -> Self {
        Self { name, ip, stack: LazyLock::new(SharedStack::new) }
    }

    fn bound(&self) -> SmoltcpDatagram {
        let (handle, local) = self.stack.with(|stack| bound_at(stack, self.ip));
        let (mode, closed) = (ModeCell::blocking(), AtomicBool::new(false));
        SmoltcpDatagram { stack: self.stack.clone(), handle, local, mode, closed }
    }
}

impl TransportSubject for SmoltcpUdp {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.ip {
            IpAddr::V4(_) => "smoltcp: its own UDP over IPv4, on a loopback in this process",
            IpAddr::V6(_) => "smoltcp: its own UDP over IPv6, on a loopback in this process",
        }
    }

    fn caps(&self) -> Caps {
        Caps::INET
            | Caps::ADDRESSES
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::DONTWAIT
            | Caps::PEEK
            | Caps::QUEUED
            | Caps::SENDTO
            | Caps::TRUNC
            | Caps::CLOSE
            | Caps::CLOSE_WAKES
            | Caps::HOPS
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        Ok((Conn::new(self.bound()), Conn::new(self.bound())))
    }

    fn deviations(&self) -> &[Deviation] {
        match self.ip {
            IpAddr::V4(_) => &V4_DEVIATIONS,
            IpAddr::V6(_) => &V6_DEVIATIONS,
        }
    }

    /// Whoever calls drives the stack, so that a datagram arrives while it is sent.
    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn clog_bytes(&self) -> usize {
        8 * BYTES
    }
}

fn bound_at(stack: &mut Stack, ip: IpAddr) -> (SocketHandle, SocketAddr) {
    let buffer = || PacketBuffer::new(vec![PacketMetadata::EMPTY; MESSAGES], vec![0; BYTES]);
    let mut socket = udp::Socket::new(buffer(), buffer());
    let local = SocketAddr::new(ip, stack.free_port());
    let binds = socket.bind(endpoint(local));
    assert!(binds.is_ok(), "a new socket is bound to any port but 0");
    (stack.sockets.add(socket), local)
}

/// A socket, bound and not connected: the stack has no connected ones.
struct SmoltcpDatagram {
    stack: SharedStack,
    handle: SocketHandle,
    local: SocketAddr,
    mode: ModeCell,
    /// Set and read while the stack is locked.
    closed: AtomicBool,
}

impl SmoltcpDatagram {
    fn until<T>(
        &self,
        op: Op,
        (never, deadline): (bool, Deadline),
        mut attempt: impl FnMut(&mut udp::Socket<'static>) -> Attempt<T>,
    ) -> Result<T> {
        let patience = Patience::of(self.mode.get(), never, deadline);
        self.stack.until(op, patience, |stack| match self.closed.load(Ordering::Relaxed) {
            true => Some(Err(Errno::EBADF)),
            false => attempt(stack.udp(self.handle)),
        })
    }

    fn at_once<T>(
        &self,
        op: Op,
        work: impl FnOnce(&mut udp::Socket<'static>) -> Result<T, Errno>,
    ) -> Result<T> {
        let done = self.stack.with(|stack| match self.closed.load(Ordering::Relaxed) {
            true => Err(Errno::EBADF),
            false => work(stack.udp(self.handle)),
        });
        done.map_err(|errno| Error::os(op, errno))
    }
}

/// The next datagram: how much of it was added, its own length, who sent it.
fn receive(
    socket: &mut udp::Socket<'static>,
    buf: &mut RecvBuf<'_>,
    peek: bool,
) -> Attempt<(usize, usize, SocketAddr)> {
    let (bytes, from) = match peek {
        true => socket.peek().map(|(bytes, meta)| (bytes, meta.endpoint)).ok()?,
        false => socket.recv().map(|(bytes, meta)| (bytes, meta.endpoint)).ok()?,
    };
    Some(Ok((buf.append(bytes), bytes.len(), socket_addr(from))))
}

impl Transport for SmoltcpDatagram {
    type Peer = SocketAddr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<SocketAddr>> {
        if !(RecvFlags::DONTWAIT | RecvFlags::PEEK | RecvFlags::TRUNC).contains(flags) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let (never, peek) = (flags.contains(RecvFlags::DONTWAIT), flags.contains(RecvFlags::PEEK));
        let received = self.until(Op::Recv, (never, deadline), |socket| receive(socket, buf, peek));
        let (added, whole, peer) = received?;
        let len = if flags.contains(RecvFlags::TRUNC) { whole } else { added };
        Ok(Recv { len, peer, truncated: added < whole })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&SocketAddr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if !SendFlags::DONTWAIT.contains(flags) {
            return Err(Error::Unsupported { op: Op::Send });
        }
        let whole: Vec<u8> = bytes.iter().flat_map(|slice| slice.iter().copied()).collect();
        self.until(Op::Send, (!flags.is_empty(), deadline), |socket| {
            let Some(to) = to else { return Some(Err(Errno::EDESTADDRREQ)) };
            // The stack would panic once it sends it, and each time it is driven from then on.
            if to.is_ipv4() != self.local.is_ipv4() {
                return Some(Err(Errno::EAFNOSUPPORT));
            }
            if whole.len() > socket.payload_send_capacity() {
                return Some(Err(Errno::EMSGSIZE));
            }
            match socket.send_slice(&whole, endpoint(*to)) {
                Ok(()) => Some(Ok(whole.len())),
                Err(SendError::BufferFull) => None,
                Err(SendError::Unaddressable) => Some(Err(Errno::EINVAL)),
            }
        })
    }

    fn close_send(&self) -> Result<()> {
        Err(Error::Unsupported { op: Op::Shutdown })
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn mode(&self) -> Mode {
        self.mode.get()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.at_once(Op::SetMode, |_| Ok(()))?;
        self.mode.set(mode);
        Ok(())
    }
}

impl Endpoint for SmoltcpDatagram {
    fn local_addr(&self) -> Result<Addr> {
        self.at_once(Op::LocalAddr, |_| Ok(self.local.into()))
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.at_once(Op::PeerAddr, |_| Err(Errno::ENOTCONN))
    }

    fn close(&self) -> Result<()> {
        self.stack.with(|stack| {
            if !self.closed.swap(true, Ordering::Relaxed) {
                stack.sockets.remove(self.handle);
            }
        });
        Ok(())
    }

    fn queued(&self) -> Result<usize> {
        self.at_once(Op::Queued, |socket| Ok(socket.peek().map_or(0, |(bytes, _)| bytes.len())))
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::Ttl => {
                self.at_once(Op::GetOption, |socket| Ok(socket.hop_limit().map_or(64, i32::from)))
            }
            _ => Err(Error::Unsupported { op: Op::GetOption }),
        }
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::Ttl => {
                let hops = hops(value)?;
                self.at_once(Op::SetOption, |socket| {
                    socket.set_hop_limit(Some(hops));
                    Ok(())
                })
            }
            _ => Err(Error::Unsupported { op: Op::SetOption }),
        }
    }
}

impl Drop for SmoltcpDatagram {
    fn drop(&mut self) {
        // Closing it is all that there is to do, and never fails.
        let _ = Endpoint::close(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "IP version mismatch")]
    fn the_stack_itself_panics_where_a_datagram_is_for_the_other_ip_version() {
        let stack = SharedStack::new();
        stack.with(|stack| {
            let (handle, _) = bound_at(stack, Ipv4Addr::LOCALHOST.into());
            let to = endpoint((Ipv6Addr::LOCALHOST, 9).into());
            stack.udp(handle).send_slice(b"to whom?", to).unwrap();
        });
    }
}
