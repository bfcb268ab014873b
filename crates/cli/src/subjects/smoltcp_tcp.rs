//! From outside: streams of `smoltcp`.

use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{self, RecvError, SocketBuffer, State};
use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Listener, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, SocketOption, Transport,
};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, TransportSubject};

use super::patience::{ModeCell, Patience};
use super::smoltcp_listener::SmoltcpListener;
use super::smoltcp_stack::{Attempt, SharedStack, Stack, endpoint, hops, socket_addr};

/// The size of each of a connection's two buffers: several segments of the loopback.
const BUFFER: usize = 128 << 10;

const DEVIATIONS: [Deviation; 1] = [Deviation {
    clause: "stream.conn.invalid-peer",
    os: "",
    sees: "tries in vain",
    reason: "connect refuses the unspecified address and port 0 only (socket/tcp.rs): to a \
             broadcast or multicast address it sends its SYN, and nobody answers",
}];

/// The subjects `smoltcp-tcp-v4` and `smoltcp-tcp-v6`.
pub(super) struct SmoltcpTcp {
    name: &'static str,
    ip: IpAddr,
    stack: LazyLock<SharedStack>,
}

impl SmoltcpTcp {
    pub(super) fn v4() -> Self {
        Self::new("smoltcp-tcp-v4", Ipv4Addr::LOCALHOST.into())
    }

    pub(super) fn v6() -> Self {
        Self::new("smoltcp-tcp-v6", Ipv6Addr::LOCALHOST.into())
    }

    fn new(name: &'static str, ip: IpAddr) -> Self {
        Self { name, ip, stack: LazyLock::new(SharedStack::new) }
    }

    fn listener(&self) -> SmoltcpListener {
        SmoltcpListener::new(&self.stack, self.ip)
    }

    fn connected(&self, to: SocketAddr, deadline: Deadline) -> Result<SmoltcpStream> {
        SmoltcpStream::connect(&self.stack, to, deadline)
    }
}

impl TransportSubject for SmoltcpTcp {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.ip {
            IpAddr::V4(_) => "smoltcp: its own TCP over IPv4, on a loopback in this process",
            IpAddr::V6(_) => "smoltcp: its own TCP over IPv6, on a loopback in this process",
        }
    }

    fn caps(&self) -> Caps {
        Caps::INET
            | Caps::LISTEN
            | Caps::CONNECT
            | Caps::ADDRESSES
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::DONTWAIT
            | Caps::HALF_CLOSE
            | Caps::PEEK
            | Caps::QUEUED
            | Caps::CLOSE
            | Caps::CLOSE_WAKES
            | Caps::ABORT
            | Caps::ACCEPT_RESET
            | Caps::NODELAY
            | Caps::HOPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let listener = self.listener();
        let a = self.connected(listener.addr, Deadline::NEVER)?;
        let (b, _) = listener.accept(Deadline::NEVER)?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(self.listener()))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let to = to.as_inet().ok_or(Error::Unsupported { op: Op::Connect })?;
        Ok(Conn::new(self.connected(to, deadline)?))
    }

    fn deviations(&self) -> &[Deviation] {
        &DEVIATIONS
    }

    fn clog_bytes(&self) -> usize {
        8 * BUFFER
    }

    /// Whoever calls drives the stack, so that what is sent has arrived.
    fn patience(&self) -> Duration {
        Duration::from_secs(2)
    }
}

pub(super) fn new_socket() -> tcp::Socket<'static> {
    let buffer = || SocketBuffer::new(vec![0; BUFFER]);
    let mut socket = tcp::Socket::new(buffer(), buffer());
    // Else a second small send waits 10 ms for the first to be acknowledged (Nagle's rule).
    socket.set_ack_delay(None);
    socket
}

/// One end of a connection.
pub(super) struct SmoltcpStream {
    stack: SharedStack,
    handle: SocketHandle,
    local: SocketAddr,
    mode: ModeCell,
    /// Set and read while the stack is locked.
    closed: AtomicBool,
    /// Whether this side ended its sending.
    ended: AtomicBool,
}

impl SmoltcpStream {
    pub(super) fn new(stack: &SharedStack, handle: SocketHandle, local: SocketAddr) -> Self {
        let (closed, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { stack: stack.clone(), handle, local, mode: ModeCell::blocking(), closed, ended }
    }

    fn connect(stack: &SharedStack, to: SocketAddr, deadline: Deadline) -> Result<Self> {
        let (handle, local) = stack.with(|stack| start(stack, to))?;
        // From here on dropping it takes the socket away.
        let stream = Self::new(stack, handle, local);
        let patience = Patience::of(Mode::Blocking, false, deadline);
        stack.until(Op::Connect, patience, |stack| match stack.tcp(handle).state() {
            State::SynSent | State::SynReceived => None,
            State::Closed => Some(Err(Errno::ECONNREFUSED)),
            _ => Some(Ok(())),
        })?;
        Ok(stream)
    }

    fn until<T>(
        &self,
        op: Op,
        (never, deadline): (bool, Deadline),
        mut attempt: impl FnMut(&mut tcp::Socket<'static>) -> Attempt<T>,
    ) -> Result<T> {
        let patience = Patience::of(self.mode.get(), never, deadline);
        self.stack.until(op, patience, |stack| match self.closed.load(Ordering::Relaxed) {
            true => Some(Err(Errno::EBADF)),
            false => attempt(stack.tcp(self.handle)),
        })
    }

    /// Does what never has to wait.
    fn at_once<T>(
        &self,
        op: Op,
        work: impl FnOnce(&mut tcp::Socket<'static>) -> Result<T, Errno>,
    ) -> Result<T> {
        let done = self.stack.with(|stack| match self.closed.load(Ordering::Relaxed) {
            true => Err(Errno::EBADF),
            false => work(stack.tcp(self.handle)),
        });
        done.map_err(|errno| Error::os(op, errno))
    }

    /// Why nothing can be sent: the stack says no more than that it is the wrong state.
    fn send_error(&self, state: State) -> Errno {
        match state {
            State::Closed if !self.ended.load(Ordering::Relaxed) => Errno::ECONNRESET,
            _ => Errno::EPIPE,
        }
    }

    /// Takes the handle out of use, and the socket away once the connection has ended. As POSIX
    /// has it, input that nobody will receive makes that a reset.
    fn end(&self, resets: bool) {
        self.stack.with(|stack| {
            if self.closed.swap(true, Ordering::Relaxed) {
                return;
            }
            let socket = stack.tcp(self.handle);
            match resets || socket.can_recv() {
                true => socket.abort(),
                false => socket.close(),
            }
            stack.orphan(self.handle);
        });
    }
}

/// Begins to connect, from a port that the stack's user has to choose.
fn start(stack: &mut Stack, to: SocketAddr) -> Result<(SocketHandle, SocketAddr)> {
    let port = stack.free_port();
    let mut socket = new_socket();
    let started = socket.connect(stack.interface.context(), endpoint(to), port);
    started.map_err(|_| Error::os(Op::Connect, Errno::EADDRNOTAVAIL))?;
    let local = socket.local_endpoint().map(socket_addr);
    let local = local.ok_or(Error::os(Op::Connect, Errno::EADDRNOTAVAIL))?;
    Ok((stack.sockets.add(socket), local))
}

fn receive(socket: &mut tcp::Socket<'static>, buf: &mut RecvBuf<'_>, peek: bool) -> Attempt<usize> {
    let room = buf.remaining();
    let received = match peek {
        true => socket.peek(room).map(|bytes| buf.append(bytes)),
        false => socket.recv_slice(buf.unfilled()).inspect(|len| buf.advance(*len)),
    };
    match received {
        Ok(0) if room > 0 => None,
        Ok(len) => Some(Ok(len)),
        Err(RecvError::Finished) => Some(Ok(0)),
        Err(RecvError::InvalidState) => Some(Err(Errno::ECONNRESET)),
    }
}

impl Transport for SmoltcpStream {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        if !(RecvFlags::DONTWAIT | RecvFlags::PEEK).contains(flags) {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let (never, peek) = (flags.contains(RecvFlags::DONTWAIT), flags.contains(RecvFlags::PEEK));
        let len = self.until(Op::Recv, (never, deadline), |socket| receive(socket, buf, peek))?;
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if !SendFlags::DONTWAIT.contains(flags) {
            return Err(Error::Unsupported { op: Op::Send });
        }
        let wanted: usize = bytes.iter().map(|slice| slice.len()).sum();
        self.until(Op::Send, (!flags.is_empty(), deadline), |socket| {
            if !socket.may_send() {
                return Some(Err(self.send_error(socket.state())));
            }
            let mut taken = 0;
            for slice in bytes {
                match socket.send_slice(slice) {
                    Ok(len) => taken += len,
                    Err(_) => return Some(Err(self.send_error(socket.state()))),
                }
            }
            (taken > 0 || wanted == 0).then_some(Ok(taken))
        })
    }

    fn close_send(&self) -> Result<()> {
        self.at_once(Op::Shutdown, |socket| {
            self.ended.store(true, Ordering::Relaxed);
            socket.close();
            Ok(())
        })
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

impl Endpoint for SmoltcpStream {
    fn local_addr(&self) -> Result<Addr> {
        self.at_once(Op::LocalAddr, |_| Ok(self.local.into()))
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.at_once(Op::PeerAddr, |socket| {
            Ok(socket_addr(socket.remote_endpoint().ok_or(Errno::ENOTCONN)?).into())
        })
    }

    fn close(&self) -> Result<()> {
        self.end(false);
        Ok(())
    }

    fn abort(&self) -> Result<()> {
        self.end(true);
        Ok(())
    }

    fn queued(&self) -> Result<usize> {
        self.at_once(Op::Queued, |socket| Ok(socket.recv_queue()))
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        match option {
            SocketOption::NoDelay => {
                self.at_once(Op::GetOption, |socket| Ok(i32::from(!socket.nagle_enabled())))
            }
            SocketOption::Ttl => {
                self.at_once(Op::GetOption, |socket| Ok(socket.hop_limit().map_or(64, i32::from)))
            }
            _ => Err(Error::Unsupported { op: Op::GetOption }),
        }
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        match option {
            SocketOption::NoDelay => self.at_once(Op::SetOption, |socket| {
                socket.set_nagle_enabled(value == 0);
                Ok(())
            }),
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

impl Drop for SmoltcpStream {
    fn drop(&mut self) {
        self.end(false);
    }
}
