//! Datagrams in memory: the sockets as a program holds them.

use std::io::IoSlice;
use std::sync::Arc;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Kind, Mode, Op, Ready, Recv, RecvBuf, RecvFlags,
    Result, SendFlags, Shutdown, SocketOption, Transport,
};

use super::handle::{Handle, port_of};
use super::monitor::{Attempt, Monitor, Patience};
use super::post::{Found, Post};

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
        a.bind(&Addr::Token(0))?;
        b.bind(&Addr::Token(0))?;
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
        if flags.contains(RecvFlags::OOB) {
            return Err(Error::os(Op::Recv, Errno::EOPNOTSUPP));
        }
        let dont_wait = flags.contains(RecvFlags::DONTWAIT);
        let patience = self.handle.patience(Op::Recv, dont_wait, deadline);
        let peek = flags.contains(RecvFlags::PEEK);
        let Found { from, len, whole } =
            self.until(patience, |post| match post.socket(self.handle.id) {
                Ok(socket) => socket.recv(buf, peek),
                Err(errno) => Some(Err(errno)),
            })?;
        let told = if flags.contains(RecvFlags::TRUNC) { whole } else { len };
        Ok(Recv { len: told, peer: Addr::Token(from), truncated: len < whole })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        _deadline: Deadline,
    ) -> Result<usize> {
        if flags.contains(SendFlags::OOB) {
            return Err(Error::os(Op::Send, Errno::EOPNOTSUPP));
        }
        let message = bytes.iter().map(|slice| &**slice).collect::<Vec<&[u8]>>().concat();
        let len = message.len();
        self.with(Op::Send, |post| {
            post.send(self.handle.id, to.map(port_of).transpose()?, message)
        })?;
        Ok(len)
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
            Ok(Addr::Token(post.socket(self.handle.id)?.local.unwrap_or(0)))
        })
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.with(Op::PeerAddr, |post| {
            let peer = post.socket(self.handle.id)?.peer;
            Ok(Addr::Token(peer.ok_or(Errno::ENOTCONN)?))
        })
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        self.with(Op::Bind, |post| post.bind(self.handle.id, port_of(addr)?))
    }

    fn listen(&self, _backlog: i32) -> Result<()> {
        self.with(Op::Listen, |_| Err(Errno::EOPNOTSUPP))
    }

    fn accept(&self, _deadline: Deadline) -> Result<(Self, Addr)> {
        self.with(Op::Accept, |_| Err(Errno::EOPNOTSUPP))
    }

    fn connect(&self, addr: &Addr, _deadline: Deadline) -> Result<()> {
        self.with(Op::Connect, |post| post.connect(self.handle.id, port_of(addr)?))
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
}

impl Drop for MemDatagram {
    fn drop(&mut self) {
        self.end();
    }
}
