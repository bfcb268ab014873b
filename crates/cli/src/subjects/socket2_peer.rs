//! A peer: `socket2::Socket`, as a program without this workspace would use it.

use std::io::{IoSlice, Result as IoResult};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;
use std::time::Duration;

use socket2::{Domain, MaybeUninitSlice, MsgHdr, MsgHdrMut, SockAddr, Socket, Type};
use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Listener, Mode, Op, Recv, RecvBuf, RecvFlags,
    Result, SendFlags, Shutdown, SocketOption, Transport,
};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, TransportSubject, home};

use super::peer_deviations;
use super::peer_wait::{SHORTEST, Side, Waits};
use super::socket2_option;

/// The subjects `socket2-tcp` and `socket2-udp`.
pub(super) struct Socket2 {
    name: &'static str,
    kind: Kind,
}

impl Socket2 {
    pub(super) const TCP: Self = Self { name: "socket2-tcp", kind: Kind::Stream };
    pub(super) const UDP: Self = Self { name: "socket2-udp", kind: Kind::Datagram };

    fn fresh(&self) -> Result<End> {
        let ty = if self.kind == Kind::Stream { Type::STREAM } else { Type::DGRAM };
        let socket = io(Op::Socket, Socket::new(Domain::IPV4, ty, None))?;
        Ok(End::new(socket, self.kind))
    }

    fn bound(&self) -> Result<End> {
        let end = self.fresh()?;
        end.bind(&loopback())?;
        Ok(end)
    }
}

fn loopback() -> Addr {
    Addr::from(SocketAddr::new(home(Ipv4Addr::LOCALHOST.into()), 0))
}

impl TransportSubject for Socket2 {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.kind {
            Kind::Stream => "socket2::Socket: TCP over IPv4, on the system's stack",
            _ => "socket2::Socket: UDP over IPv4, on the system's stack",
        }
    }

    fn caps(&self) -> Caps {
        let both = Caps::INET
            | Caps::ADDRESSES
            | Caps::SOCKET
            | Caps::CONNECT_EX
            | Caps::SO_ERROR
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::SHUTDOWN
            | Caps::PEEK
            | Caps::DONTWAIT
            | Caps::DUP
            | Caps::BUFFERS
            | Caps::REUSE
            | Caps::FD
            | Caps::OPTIONS
            | Caps::HOPS;
        let own = match self.kind {
            Kind::Stream => {
                Caps::LISTEN
                    | Caps::CONNECT
                    | Caps::HALF_CLOSE
                    | Caps::WAITALL
                    | Caps::OOB
                    | Caps::LINGER
                    | Caps::ACCEPT_RESET
                    | Caps::STALL
                    | Caps::NODELAY
                    | Caps::KEEPALIVE
                    | Caps::KEEP_TIMES
                    | Caps::REUSE_PORT
            }
            _ => Caps::SENDTO | Caps::TRUNC | Caps::BROADCAST | Caps::REFUSAL | Caps::MULTICAST,
        };
        both | own
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        if self.kind == Kind::Datagram {
            return Ok((Conn::new(self.bound()?), Conn::new(self.bound()?)));
        }
        let listener = self.bound()?;
        listener.listen(16)?;
        let client = self.fresh()?;
        client.connect(&listener.local_addr()?, Deadline::NEVER)?;
        let (accepted, _) = Endpoint::accept(&listener, Deadline::NEVER)?;
        Ok((Conn::new(client), Conn::new(accepted)))
    }

    fn listen(&self) -> Result<Acceptor> {
        let listener = self.bound()?;
        listener.listen(128)?;
        Ok(Acceptor::new(Listening(listener)))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        if self.kind != Kind::Stream {
            return Err(Error::Unsupported { op: Op::Connect });
        }
        let end = self.fresh()?;
        end.connect(to, deadline)?;
        Ok(Conn::new(end))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(self.fresh()?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(loopback())
    }

    fn deviations(&self) -> &[Deviation] {
        match self.kind {
            Kind::Stream => &peer_deviations::SOCKET2_STREAM,
            _ => &peer_deviations::DATAGRAM,
        }
    }
}

struct Listening(End);

impl Listener for Listening {
    type Conn = End;

    fn accept(&self, deadline: Deadline) -> Result<(End, Addr)> {
        Endpoint::accept(&self.0, deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.0.local_addr()
    }
}

struct End {
    socket: Socket,
    kind: Kind,
    waits: Waits,
}

impl End {
    fn new(socket: Socket, kind: Kind) -> Self {
        Self { socket, kind, waits: Waits::new(Mode::Blocking) }
    }
}

impl Transport for End {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        if flags.contains(RecvFlags::TRUNC) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let mut memory = vec![MaybeUninit::uninit(); buf.remaining()];
        // It stays as it is where nobody is told.
        let mut from = SockAddr::from(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)));
        let mut slices = [MaybeUninitSlice::new(&mut memory)];
        let mut message = MsgHdrMut::new().with_addr(&mut from).with_buffers(&mut slices);
        let receive = || self.socket.recvmsg(&mut message, recv_bits(flags));
        let (what, never) = ((Op::Recv, Side::Read), flags.contains(RecvFlags::DONTWAIT));
        let len = self.waits.run(&self.socket, what, deadline, never, receive)?;
        let truncated = message.flags().is_truncated();
        #[expect(unsafe_code, reason = "the library hands back memory that it has filled")]
        // SAFETY: recvmsg has initialised the first `len` bytes.
        let bytes = unsafe { std::slice::from_raw_parts(memory.as_ptr().cast::<u8>(), len) };
        buf.append(bytes);
        let peer = from.as_socket().map_or(Addr::Unnamed, Addr::Inet);
        Ok(Recv { len, peer, truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let to = to.map(sock_addr).transpose()?;
        let message = MsgHdr::new().with_buffers(bytes);
        let send = || match &to {
            Some(to) => self.socket.sendmsg(&message.with_addr(to), send_bits(flags)),
            None => self.socket.sendmsg(&message, send_bits(flags)),
        };
        let (what, never) = ((Op::Send, Side::Write), flags.contains(SendFlags::DONTWAIT));
        self.waits.run(&self.socket, what, deadline, never, send)
    }

    fn close_send(&self) -> Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn mode(&self) -> Mode {
        self.waits.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.waits.set_mode(&self.socket, mode)
    }
}

impl Endpoint for End {
    fn local_addr(&self) -> Result<Addr> {
        inet(io(Op::LocalAddr, self.socket.local_addr())?)
    }

    fn peer_addr(&self) -> Result<Addr> {
        inet(io(Op::PeerAddr, self.socket.peer_addr())?)
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        io(Op::Bind, self.socket.bind(&sock_addr(addr)?))
    }

    fn listen(&self, backlog: i32) -> Result<()> {
        io(Op::Listen, self.socket.listen(backlog))
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let accept = || self.socket.accept();
        let what = (Op::Accept, Side::Read);
        let (socket, addr) = self.waits.run(&self.socket, what, deadline, false, accept)?;
        Ok((Self::new(socket, self.kind), inet(addr)?))
    }

    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let to = sock_addr(addr)?;
        match deadline.remaining() {
            None => io(Op::Connect, self.socket.connect(&to)),
            Some(left) => io(Op::Connect, self.socket.connect_timeout(&to, left.max(SHORTEST))),
        }
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        let code = match self.socket.connect(&sock_addr(addr)?) {
            Ok(()) => 0,
            Err(error) => error.raw_os_error().unwrap_or_default(),
        };
        Ok(Errno::from_code(code))
    }

    fn take_error(&self) -> Result<Errno> {
        let pending = io(Op::GetOption, self.socket.take_error())?;
        Ok(Errno::from_code(pending.and_then(|error| error.raw_os_error()).unwrap_or_default()))
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        let how = match how {
            Shutdown::Read => std::net::Shutdown::Read,
            Shutdown::Write => std::net::Shutdown::Write,
            Shutdown::Both => std::net::Shutdown::Both,
        };
        io(Op::Shutdown, self.socket.shutdown(how))
    }

    fn dup(&self) -> Result<Self> {
        let socket = io(Op::Dup, self.socket.try_clone())?;
        Ok(Self { socket, kind: self.kind, waits: Waits::new(self.mode()) })
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        socket2_option::get(&self.socket, option)
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        socket2_option::set(&self.socket, option, value)
    }

    fn linger(&self) -> Result<Option<Duration>> {
        io(Op::GetOption, self.socket.linger())
    }

    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        io(Op::SetOption, self.socket.set_linger(linger))
    }

    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        socket2_option::join(&self.socket, group, interface)
    }

    fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        socket2_option::leave(&self.socket, group, interface)
    }

    fn fileno(&self) -> Option<i64> {
        Some(self.socket.as_raw_fd().into())
    }
}

fn io<T>(op: Op, result: IoResult<T>) -> Result<T> {
    result.map_err(|error| Error::from_io(op, &error))
}

fn sock_addr(addr: &Addr) -> Result<SockAddr> {
    addr.as_inet().map(SockAddr::from).ok_or(Error::Unsupported { op: Op::Connect })
}

fn inet(addr: SockAddr) -> Result<Addr> {
    let addr: Option<SocketAddr> = addr.as_socket();
    addr.map(Addr::Inet).ok_or(Error::Unsupported { op: Op::LocalAddr })
}

fn recv_bits(flags: RecvFlags) -> i32 {
    let bit = |flag, bit| if flags.contains(flag) { bit } else { 0 };
    bit(RecvFlags::PEEK, libc::MSG_PEEK)
        | bit(RecvFlags::WAITALL, libc::MSG_WAITALL)
        | bit(RecvFlags::DONTWAIT, libc::MSG_DONTWAIT)
        | bit(RecvFlags::OOB, libc::MSG_OOB)
}

/// A program that forgets `MSG_NOSIGNAL` dies of a broken pipe; the library leaves it to the
/// caller.
fn send_bits(flags: SendFlags) -> i32 {
    let bit = |flag, bit| if flags.contains(flag) { bit } else { 0 };
    libc::MSG_NOSIGNAL
        | bit(SendFlags::DONTWAIT, libc::MSG_DONTWAIT)
        | bit(SendFlags::OOB, libc::MSG_OOB)
        | bit(SendFlags::MORE, libc::MSG_MORE)
        | bit(SendFlags::DONTROUTE, libc::MSG_DONTROUTE)
}
