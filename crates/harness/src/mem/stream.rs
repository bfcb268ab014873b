//! Streams in memory: the sockets as a program holds them.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use sockrates_core::{
    Addr, ControlRef, Deadline, Endpoint, Errno, Error, Mode, Op, Ready, Recv, RecvBuf,
    RecvControl, RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};

use super::handle::Handle;
use super::listener::MemListener;
use super::monitor::{Attempt, Monitor, Patience};
use super::naming::Naming;
use super::network::{Network, Start};
use super::options::Options;
use super::rights::Rights;
use super::socket::{Connection, Phase, Socket, Taken};

/// A network of streams in memory, with addresses of its own ([`Addr::Token`]; 0 lets the network
/// choose). Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct MemNetwork(Arc<Monitor<Network>>);

/// A stream socket in memory: unconnected, connected or listening, as Berkeley's are.
#[derive(Debug)]
pub struct MemStream {
    network: MemNetwork,
    handle: Handle,
}

/// Two connected ends, in a network of their own.
///
/// # Errors
/// Never; a transport that can fail has the same signature.
pub fn stream_pair() -> Result<(MemStream, MemStream)> {
    MemNetwork::default().pair()
}

impl MemNetwork {
    /// A network whose addresses are ports of IPv6's loopback, and of IPv4's as mapped addresses.
    #[must_use]
    pub fn ipv6() -> Self {
        Self(Arc::new(Monitor::new(Network::named(Naming::V6))))
    }

    /// The address of this machine that lets the network choose the port.
    #[must_use]
    pub fn any_addr(&self) -> Addr {
        self.0.with(|network| network.ports.naming.any())
    }

    /// A socket that is neither bound nor connected.
    #[must_use]
    pub fn socket(&self) -> MemStream {
        let id = self.0.with(|network| {
            let options = Options::of_stream(network.ports.naming);
            network.add(Socket::new(None, Phase::Idle, options))
        });
        self.hold(id, Mode::Blocking)
    }

    /// A listener at an address that the network chooses, with room for 128 connections.
    ///
    /// # Errors
    /// Never.
    pub fn listen(&self) -> Result<MemListener> {
        let socket = self.socket();
        socket.listen(128)?;
        Ok(MemListener::new(socket))
    }

    /// A connection to `to`.
    ///
    /// # Errors
    /// As in [`Endpoint::connect`].
    pub fn connect(&self, to: &Addr, deadline: Deadline) -> Result<MemStream> {
        let socket = self.socket();
        socket.connect(to, deadline)?;
        Ok(socket)
    }

    /// Two connected ends.
    ///
    /// # Errors
    /// Never.
    pub fn pair(&self) -> Result<(MemStream, MemStream)> {
        let listener = self.socket();
        listener.listen(0)?;
        let client = self.connect(&listener.local_addr()?, Deadline::NEVER)?;
        Ok((client, listener.accept(Deadline::NEVER)?.0))
    }

    fn hold(&self, id: u64, mode: Mode) -> MemStream {
        MemStream { network: self.clone(), handle: Handle::new(id, mode) }
    }
}

impl MemStream {
    /// Does `work` on the network, unless the handle is closed.
    fn with<T>(&self, op: Op, work: impl FnOnce(&mut Network) -> Result<T, Errno>) -> Result<T> {
        let result = self.network.0.with(|network| {
            self.handle.check()?;
            work(network)
        });
        result.map_err(|errno| Error::os(op, errno))
    }

    /// Tries until there is an answer; closing the handle is one.
    fn until<T>(
        &self,
        patience: Patience,
        mut attempt: impl FnMut(&mut Network) -> Attempt<T>,
    ) -> Result<T> {
        self.network.0.until(patience, |network| match self.handle.check() {
            Ok(()) => attempt(network),
            Err(errno) => Some(Err(errno)),
        })
    }

    fn recv_once(&self, buf: &mut RecvBuf<'_>, peek: bool, patience: Patience) -> Result<Taken> {
        let id = self.handle.id;
        self.until(patience, |network| match network.socket(id) {
            Ok(socket) => socket.recv(buf, peek),
            Err(errno) => Some(Err(errno)),
        })
    }

    /// Fills the buffer, to one deadline; the end of the stream ends it early, an error tells how
    /// much is in the buffer.
    fn recv_all(&self, buf: &mut RecvBuf<'_>, patience: Patience) -> Result<usize> {
        let mut have = 0;
        while buf.remaining() > 0 {
            match self.recv_once(buf, false, patience) {
                Ok(Taken { len: 0, .. }) => break,
                Ok(Taken { len, .. }) => have += len,
                Err(error) => return Err(error.during(Op::Recv, have)),
            }
        }
        Ok(have)
    }

    fn end(&self, resets: bool) {
        let id = self.handle.id;
        self.network.0.with(|network| {
            if !self.handle.close() {
                return;
            }
            if let Ok(socket) = network.socket(id) {
                socket.resets |= resets;
            }
            network.close(id);
        });
    }
}

impl Transport for MemStream {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        if flags.contains(RecvFlags::TRUNC) {
            return Err(Error::os(Op::Recv, Errno::EINVAL));
        }
        if flags.contains(RecvFlags::OOB) {
            let urgent = self.with(Op::Recv, |network| {
                let connection = network.socket(self.handle.id)?.connection()?;
                connection.urgent.take().ok_or(Errno::EINVAL)
            })?;
            return Ok(Recv { len: buf.append(&[urgent]), peer: (), truncated: false });
        }
        let dont_wait = flags.contains(RecvFlags::DONTWAIT);
        let patience = self.handle.patience(Op::Recv, dont_wait, deadline);
        let peek = flags.contains(RecvFlags::PEEK);
        let fills = flags.contains(RecvFlags::WAITALL) && !peek && buf.remaining() > 0;
        let len = match fills {
            true => self.recv_all(buf, patience)?,
            false => self.recv_once(buf, peek, patience)?.len,
        };
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _to: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let dont_wait = flags.contains(SendFlags::DONTWAIT);
        let patience = self.handle.patience(Op::Send, dont_wait, deadline);
        if flags.contains(SendFlags::OOB) {
            let whole = bytes.iter().map(|slice| &**slice).collect::<Vec<&[u8]>>().concat();
            return self.until(patience, |network| network.send_urgent(self.handle.id, &whole));
        }
        let none = Rights::default();
        self.until(patience, |network| network.send(self.handle.id, bytes, &none))
    }

    fn close_send(&self) -> Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn mode(&self) -> Mode {
        self.handle.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.with(Op::SetMode, |_| {
            self.handle.set_mode(mode);
            Ok(())
        })
    }
}

impl Endpoint for MemStream {
    fn local_addr(&self) -> Result<Addr> {
        self.with(Op::LocalAddr, |network| {
            let (socket, naming) = network.named_socket(self.handle.id)?;
            let local = |port| naming.addr(port, socket.everywhere);
            Ok(socket.local.map_or_else(|| naming.nowhere(), local))
        })
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.with(Op::PeerAddr, |network| {
            let (socket, naming) = network.named_socket(self.handle.id)?;
            match socket.connection()? {
                Connection { reset: true, .. } => Err(Errno::ENOTCONN),
                connection => Ok(naming.addr(connection.peer_port, false)),
            }
        })
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        self.with(Op::Bind, |network| {
            let place = network.ports.naming.bindable(addr)?;
            network.bind(self.handle.id, place)
        })
    }

    fn listen(&self, backlog: i32) -> Result<()> {
        self.with(Op::Listen, |network| network.listen(self.handle.id, backlog))
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let patience = self.handle.patience(Op::Accept, false, deadline);
        let (id, from) = self.until(patience, |network| {
            let naming = network.ports.naming;
            let accepted = network.accept(self.handle.id)?;
            Some(accepted.map(|(id, from)| (id, naming.addr(from, false))))
        })?;
        Ok((self.network.hold(id, Mode::Blocking), from))
    }

    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let id = self.handle.id;
        let patience = self.handle.patience(Op::Connect, false, deadline);
        let start = self.with(Op::Connect, |network| {
            let to = network.ports.naming.reachable(addr)?;
            let start = network.start_connect(id, to)?;
            match start {
                // What comes of it is told later, as TCP does, though it is known already.
                Start::Refused if patience.never => {
                    network.socket(id)?.error = Some(Errno::ECONNREFUSED);
                    Err(Errno::EINPROGRESS)
                }
                _ if patience.never => Err(Errno::EINPROGRESS),
                Start::Refused => Err(Errno::ECONNREFUSED),
                Start::Done | Start::Pending => Ok(start),
            }
        })?;
        match start {
            Start::Pending => self.until(patience, |network| network.connected(id)),
            _ => Ok(()),
        }
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        match self.connect(addr, Deadline::NEVER) {
            Ok(()) => Ok(Errno::SUCCESS),
            // As in Python, whose connect_ex tells a timeout by this number.
            Err(Error::TimedOut { .. }) => Ok(Errno::EAGAIN),
            Err(error) => error.errno().ok_or(error),
        }
    }

    fn take_error(&self) -> Result<Errno> {
        self.with(Op::GetOption, |network| {
            Ok(network.socket(self.handle.id)?.error.take().unwrap_or(Errno::SUCCESS))
        })
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.with(Op::Shutdown, |network| network.shutdown(self.handle.id, how))
    }

    fn close(&self) -> Result<()> {
        self.end(false);
        Ok(())
    }

    fn abort(&self) -> Result<()> {
        self.end(true);
        Ok(())
    }

    fn dup(&self) -> Result<Self> {
        self.with(Op::Dup, |network| {
            network.socket(self.handle.id)?.handles += 1;
            Ok(())
        })?;
        Ok(self.network.hold(self.handle.id, self.mode()))
    }

    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        self.network.0.until_ready(interest, deadline, |network| {
            self.handle.check()?;
            network.ready(self.handle.id)
        })
    }

    fn queued(&self) -> Result<usize> {
        self.with(Op::Queued, |network| {
            Ok(network.socket(self.handle.id)?.connection()?.inbox.len())
        })
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        self.with(Op::GetOption, |network| {
            let socket = network.socket(self.handle.id)?;
            match option {
                SocketOption::AcceptConn => Ok(matches!(socket.phase, Phase::Listening(_)).into()),
                option => socket.options.get(option),
            }
        })
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        self.with(Op::SetOption, |network| {
            network.socket(self.handle.id)?.options.set(option, value)
        })
    }

    fn linger(&self) -> Result<Option<Duration>> {
        self.with(Op::GetOption, |network| Ok(network.socket(self.handle.id)?.linger))
    }

    /// What was sent lies with the peer already, so there is nothing to linger for; zero makes
    /// closing a reset.
    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        self.with(Op::SetOption, |network| {
            let socket = network.socket(self.handle.id)?;
            socket.linger = linger;
            socket.resets = linger == Some(Duration::ZERO);
            Ok(())
        })
    }

    /// Only descriptors travel, and nothing beside an urgent byte.
    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        if flags.contains(RecvFlags::WAITALL) {
            let rule = "control messages belong to certain bytes; receive again for the rest";
            return Err(Error::invalid("receive flag", "WAITALL", rule));
        }
        let Taken { len, rights } =
            if flags.contains(RecvFlags::OOB) || flags.contains(RecvFlags::TRUNC) {
                let len = self.recv_msg(buf, flags, deadline)?.len;
                Taken { len, rights: Rights::default() }
            } else {
                let dont_wait = flags.contains(RecvFlags::DONTWAIT);
                let patience = self.handle.patience(Op::Recv, dont_wait, deadline);
                self.recv_once(buf, flags.contains(RecvFlags::PEEK), patience)?
            };
        let (control, control_truncated) = rights.received(room);
        Ok(RecvControl { len, peer: None, truncated: false, control, control_truncated })
    }

    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        _to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let rights = Rights::of(control)?;
        if rights.is_empty() {
            return self.send_msg(bytes, None, flags, deadline);
        }
        if bytes.iter().all(|slice| slice.is_empty()) {
            let rule = "on a stream they travel with at least one byte";
            return Err(Error::invalid("control messages", "none of the bytes", rule));
        }
        let dont_wait = flags.contains(SendFlags::DONTWAIT);
        let patience = self.handle.patience(Op::Send, dont_wait, deadline);
        self.until(patience, |network| network.send(self.handle.id, bytes, &rights))
    }
}

impl Drop for MemStream {
    fn drop(&mut self) {
        self.end(false);
    }
}
