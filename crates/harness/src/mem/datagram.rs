//! Datagrams in memory: the sockets as a program holds them.

use std::io::IoSlice;
use std::net::IpAddr;
use std::sync::Arc;

use sockrates_core::{
    Addr, ControlRef, Deadline, Endpoint, Errno, Error, Kind, Mode, Op, Ready, Recv, RecvBuf,
    RecvControl, RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};

use super::handle::Handle;
use super::monitor::{Attempt, Monitor, Patience};
use super::naming::Naming;
use super::post::{Found, Letter, Post};
use super::rights::Rights;

/// A network of datagrams in memory, with addresses of its own ([`Addr::Token`]; 0 lets it choose).
/// Messages arrive in order and once; what finds the receiver's queue full is lost. Cloning shares
/// it.
#[derive(Clone, Debug, Default)]
pub struct MemPost(Arc<Monitor<Post>>);

/// A datagram socket in memory.
#[derive(Debug)]
pub struct MemDatagram {
    post: MemPost,
    handle: Handle,
}

impl MemPost {
    /// A network whose addresses are ports of IPv4's loopback, with groups and broadcasts.
    #[must_use]
    pub fn ipv4() -> Self {
        Self(Arc::new(Monitor::new(Post::named(Naming::V4))))
    }

    /// The address of this machine that lets the network choose the port.
    #[must_use]
    pub fn any_addr(&self) -> Addr {
        self.0.with(|post| post.naming.any())
    }

    /// A socket that is neither bound nor connected.
    #[must_use]
    pub fn socket(&self) -> MemDatagram {
        let id = self.0.with(Post::add);
        MemDatagram { post: self.clone(), handle: Handle::new(id, Mode::Blocking) }
    }

    /// Two sockets with addresses of their own, not connected.
    ///
    /// # Errors
    /// Never.
    pub fn pair(&self) -> Result<(MemDatagram, MemDatagram)> {
        let (a, b) = (self.socket(), self.socket());
        a.bind(&self.any_addr())?;
        b.bind(&self.any_addr())?;
        Ok((a, b))
    }

    /// Two sockets connected to each other.
    ///
    /// # Errors
    /// Never.
    pub fn connected_pair(&self) -> Result<(MemDatagram, MemDatagram)> {
        let (a, b) = self.pair()?;
        a.connect(&b.local_addr()?, Deadline::NEVER)?;
        b.connect(&a.local_addr()?, Deadline::NEVER)?;
        Ok((a, b))
    }
}

impl MemDatagram {
    /// Does `work` on the post office, unless the handle is closed.
    fn with<T>(&self, op: Op, work: impl FnOnce(&mut Post) -> Result<T, Errno>) -> Result<T> {
        let result = self.post.0.with(|post| {
            self.handle.check()?;
            work(post)
        });
        result.map_err(|errno| Error::os(op, errno))
    }

    /// Tries until there is an answer; closing the handle is one.
    fn until<T>(
        &self,
        patience: Patience,
        mut attempt: impl FnMut(&mut Post) -> Attempt<T>,
    ) -> Result<T> {
        self.post.0.until(patience, |post| match self.handle.check() {
            Ok(()) => attempt(post),
            Err(errno) => Some(Err(errno)),
        })
    }

    /// Receives one message, and tells how many bytes it is said to have.
    fn recv_letter(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<(Found, Naming, usize)> {
        if flags.contains(RecvFlags::OOB) {
            return Err(Error::os(Op::Recv, Errno::EOPNOTSUPP));
        }
        let dont_wait = flags.contains(RecvFlags::DONTWAIT);
        let patience = self.handle.patience(Op::Recv, dont_wait, deadline);
        let peek = flags.contains(RecvFlags::PEEK);
        let (found, naming) =
            self.until(patience, |post| match post.named_socket(self.handle.id) {
                Ok((socket, naming)) => Some(socket.recv(buf, peek)?.map(|found| (found, naming))),
                Err(errno) => Some(Err(errno)),
            })?;
        let told = if flags.contains(RecvFlags::TRUNC) { found.whole } else { found.len };
        Ok((found, naming, told))
    }

    fn send_letter(
        &self,
        bytes: &[IoSlice<'_>],
        rights: Rights,
        to: Option<&Addr>,
        flags: SendFlags,
    ) -> Result<usize> {
        if flags.contains(SendFlags::OOB) {
            return Err(Error::os(Op::Send, Errno::EOPNOTSUPP));
        }
        let bytes = bytes.iter().map(|slice| &**slice).collect::<Vec<&[u8]>>().concat();
        let len = bytes.len();
        self.with(Op::Send, |post| {
            let to = to.map(|to| post.naming.place(to)).transpose()?;
            post.send(self.handle.id, to, Letter { bytes, rights })
        })?;
        Ok(len)
    }

    fn end(&self) {
        self.post.0.with(|post| {
            if self.handle.close() {
                post.close(self.handle.id);
            }
        });
    }
}

impl Transport for MemDatagram {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let (found, naming, len) = self.recv_letter(buf, flags, deadline)?;
        let truncated = found.len < found.whole;
        Ok(Recv { len, peer: naming.addr(found.from, false), truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        _deadline: Deadline,
    ) -> Result<usize> {
        self.send_letter(bytes, Rights::default(), to, flags)
    }

    fn close_send(&self) -> Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
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

impl Endpoint for MemDatagram {
    fn local_addr(&self) -> Result<Addr> {
        self.with(Op::LocalAddr, |post| {
            let (socket, naming) = post.named_socket(self.handle.id)?;
            let local = |port| naming.addr(port, socket.everywhere);
            Ok(socket.local.map_or_else(|| naming.nowhere(), local))
        })
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.with(Op::PeerAddr, |post| {
            let (socket, naming) = post.named_socket(self.handle.id)?;
            Ok(naming.addr(socket.peer.ok_or(Errno::ENOTCONN)?, false))
        })
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        self.with(Op::Bind, |post| {
            let place = post.naming.bindable(addr)?;
            post.bind(self.handle.id, place)
        })
    }

    fn listen(&self, _backlog: i32) -> Result<()> {
        self.with(Op::Listen, |_| Err(Errno::EOPNOTSUPP))
    }

    fn accept(&self, _deadline: Deadline) -> Result<(Self, Addr)> {
        self.with(Op::Accept, |_| Err(Errno::EOPNOTSUPP))
    }

    fn connect(&self, addr: &Addr, _deadline: Deadline) -> Result<()> {
        self.with(Op::Connect, |post| {
            let to = post.naming.reachable(addr)?;
            post.connect(self.handle.id, to)
        })
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        match self.connect(addr, Deadline::NEVER) {
            Ok(()) => Ok(Errno::SUCCESS),
            Err(error) => error.errno().ok_or(error),
        }
    }

    fn disconnect(&self) -> Result<()> {
        self.with(Op::Disconnect, |post| {
            post.socket(self.handle.id)?.peer = None;
            Ok(())
        })
    }

    fn take_error(&self) -> Result<Errno> {
        self.with(Op::GetOption, |post| {
            Ok(post.socket(self.handle.id)?.error.take().unwrap_or(Errno::SUCCESS))
        })
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.with(Op::Shutdown, |post| post.socket(self.handle.id)?.shutdown(how))
    }

    fn close(&self) -> Result<()> {
        self.end();
        Ok(())
    }

    fn dup(&self) -> Result<Self> {
        self.with(Op::Dup, |post| {
            post.socket(self.handle.id)?.handles += 1;
            Ok(())
        })?;
        let handle = Handle::new(self.handle.id, self.mode());
        Ok(Self { post: self.post.clone(), handle })
    }

    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        self.post.0.until_ready(interest, deadline, |post| {
            self.handle.check()?;
            Ok(post.socket(self.handle.id)?.ready())
        })
    }

    fn queued(&self) -> Result<usize> {
        self.with(Op::Queued, |post| Ok(post.socket(self.handle.id)?.queued()))
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        self.with(Op::GetOption, |post| post.socket(self.handle.id)?.options.get(option))
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        self.with(Op::SetOption, |post| post.socket(self.handle.id)?.options.set(option, value))
    }

    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        self.with(Op::SetOption, |post| post.join(self.handle.id, group, interface))
    }

    fn leave(&self, group: IpAddr, _interface: u32) -> Result<()> {
        self.with(Op::SetOption, |post| post.leave(self.handle.id, group))
    }

    /// What a datagram tells takes room of a fixed size each, and is lost from the end.
    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        let (found, naming, len) = self.recv_letter(buf, flags, deadline)?;
        let options =
            self.with(Op::Recv, |post| Ok(post.socket(self.handle.id)?.options.clone()))?;
        let mut control = found.header.told(&options);
        let untold = control.len() > room / ROOM_EACH;
        control.truncate(room / ROOM_EACH);
        let left = if untold { 0 } else { room - control.len() * ROOM_EACH };
        let (rights, lost) = found.rights.received(left);
        control.extend(rights);
        Ok(RecvControl {
            len,
            peer: Some(naming.addr(found.from, false)),
            truncated: found.len < found.whole,
            control,
            control_truncated: untold || lost,
        })
    }

    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        _deadline: Deadline,
    ) -> Result<usize> {
        self.send_letter(bytes, Rights::of(control)?, to, flags)
    }
}

/// The room that each control message takes.
const ROOM_EACH: usize = 32;

impl Drop for MemDatagram {
    fn drop(&mut self) {
        self.end();
    }
}
