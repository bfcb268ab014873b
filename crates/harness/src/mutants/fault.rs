//! What a mutant does wrong, and the end that does it.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Kind, Listener, Mode, Ready, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, Transport,
};

use crate::Caps;

/// An end of the reference transports.
pub(super) trait End: Transport + Endpoint + Send + Sync + 'static {}

impl<E: Transport + Endpoint + Send + Sync + 'static> End for E {}

/// One fault: the operation that is wrong is overridden, the others are the reference's.
///
/// Its value is the memory of one socket's fault, shared by the socket's duplicates.
pub(super) trait Fault<E: End>: Default + Send + Sync + 'static {
    /// The mutant's name.
    const NAME: &'static str;
    /// The fault, in one line.
    const SAYS: &'static str;
    /// The clauses that must fail, all of them.
    const FAILS: &'static [&'static str];
    /// What the reference can do and the mutant does not declare.
    const LACKS: Caps = Caps::NONE;

    fn recv(&self, end: &E, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<E::Peer>> {
        how.recv(end, buf)
    }

    fn send(&self, end: &E, what: What<'_, E::Peer>) -> Result<usize> {
        what.send(end)
    }

    fn set_mode(&self, end: &E, mode: Mode) -> Result<()> {
        end.set_mode(mode)
    }

    fn local_addr(&self, end: &E) -> Result<Addr> {
        end.local_addr()
    }

    fn peer_addr(&self, end: &E) -> Result<Addr> {
        end.peer_addr()
    }

    fn bind(&self, end: &E, addr: &Addr) -> Result<()> {
        end.bind(addr)
    }

    fn listen(&self, end: &E, backlog: i32) -> Result<()> {
        end.listen(backlog)
    }

    fn accept(&self, end: &E, deadline: Deadline) -> Result<(E, Addr)> {
        end.accept(deadline)
    }

    fn connect(&self, end: &E, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline)
    }

    fn connect_ex(&self, end: &E, addr: &Addr) -> Result<Errno> {
        end.connect_ex(addr)
    }

    fn disconnect(&self, end: &E) -> Result<()> {
        end.disconnect()
    }

    fn take_error(&self, end: &E) -> Result<Errno> {
        end.take_error()
    }

    /// Ending the sending side is `shutdown(Write)`.
    fn shutdown(&self, end: &E, how: Shutdown) -> Result<()> {
        end.shutdown(how)
    }

    fn close(&self, end: &E) -> Result<()> {
        end.close()
    }

    fn abort(&self, end: &E) -> Result<()> {
        end.abort()
    }

    fn dup(&self, end: &E) -> Result<E> {
        end.dup()
    }

    fn wait(&self, end: &E, interest: Ready, deadline: Deadline) -> Result<Ready> {
        end.wait(interest, deadline)
    }

    fn queued(&self, end: &E) -> Result<usize> {
        end.queued()
    }

    /// Before the reference end is dropped.
    fn dropped(&self, _end: &E) {}
}

/// How to receive.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) flags: RecvFlags,
    pub(super) deadline: Deadline,
}

impl How {
    pub(super) fn recv<E: End>(self, end: &E, buf: &mut RecvBuf<'_>) -> Result<Recv<E::Peer>> {
        end.recv_msg(buf, self.flags, self.deadline)
    }

    pub(super) fn with(self, flags: RecvFlags) -> Self {
        Self { flags: self.flags | flags, ..self }
    }

    pub(super) fn without(self, flags: RecvFlags) -> Self {
        Self { flags: self.flags.without(flags), ..self }
    }
}

/// What to send, and where.
#[derive(Debug)]
pub(super) struct What<'a, P> {
    pub(super) bytes: &'a [IoSlice<'a>],
    pub(super) to: Option<&'a P>,
    pub(super) flags: SendFlags,
    pub(super) deadline: Deadline,
}

impl<P> Clone for What<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for What<'_, P> {}

impl<P> What<'_, P> {
    pub(super) fn send<E: End<Peer = P>>(self, end: &E) -> Result<usize> {
        end.send_msg(self.bytes, self.to, self.flags, self.deadline)
    }

    /// Sends `bytes` in its place.
    pub(super) fn send_as<E: End<Peer = P>>(self, end: &E, bytes: &[u8]) -> Result<usize> {
        end.send_msg(&[IoSlice::new(bytes)], self.to, self.flags, self.deadline)
    }

    /// All the bytes, in one.
    pub(super) fn whole(self) -> Vec<u8> {
        self.bytes.iter().flat_map(|slice| slice.iter().copied()).collect()
    }

    /// How many bytes it is.
    pub(super) fn len(self) -> usize {
        self.bytes.iter().map(|slice| slice.len()).sum()
    }
}

/// An end of a reference transport with a fault.
#[derive(Debug)]
pub(super) struct Faulty<E: End, F: Fault<E>> {
    end: E,
    fault: Arc<F>,
}

impl<E: End, F: Fault<E>> Faulty<E, F> {
    pub(super) fn new(end: E) -> Self {
        Self { end, fault: Arc::default() }
    }
}

impl<E: End, F: Fault<E>> Transport for Faulty<E, F> {
    type Peer = E::Peer;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<E::Peer>> {
        self.fault.recv(&self.end, buf, How { flags, deadline })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&E::Peer>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.fault.send(&self.end, What { bytes, to, flags, deadline })
    }

    fn close_send(&self) -> Result<()> {
        self.fault.shutdown(&self.end, Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        self.end.kind()
    }

    fn mode(&self) -> Mode {
        self.end.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.fault.set_mode(&self.end, mode)
    }
}

impl<E: End, F: Fault<E>> Endpoint for Faulty<E, F> {
    fn local_addr(&self) -> Result<Addr> {
        self.fault.local_addr(&self.end)
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.fault.peer_addr(&self.end)
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        self.fault.bind(&self.end, addr)
    }

    fn listen(&self, backlog: i32) -> Result<()> {
        self.fault.listen(&self.end, backlog)
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        let (end, addr) = self.fault.accept(&self.end, deadline)?;
        Ok((Self::new(end), addr))
    }

    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        self.fault.connect(&self.end, addr, deadline)
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        self.fault.connect_ex(&self.end, addr)
    }

    fn disconnect(&self) -> Result<()> {
        self.fault.disconnect(&self.end)
    }

    fn take_error(&self) -> Result<Errno> {
        self.fault.take_error(&self.end)
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.fault.shutdown(&self.end, how)
    }

    fn close(&self) -> Result<()> {
        self.fault.close(&self.end)
    }

    fn abort(&self) -> Result<()> {
        self.fault.abort(&self.end)
    }

    fn dup(&self) -> Result<Self> {
        Ok(Self { end: self.fault.dup(&self.end)?, fault: Arc::clone(&self.fault) })
    }

    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        self.fault.wait(&self.end, interest, deadline)
    }

    fn queued(&self) -> Result<usize> {
        self.fault.queued(&self.end)
    }

    fn set_buffers(&self, send: Option<usize>, recv: Option<usize>) -> Result<()> {
        self.end.set_buffers(send, recv)
    }

    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        self.end.set_linger(linger)
    }
}

impl<E: End, F: Fault<E>> Listener for Faulty<E, F> {
    type Conn = Self;

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        Endpoint::accept(self, deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        Endpoint::local_addr(self)
    }
}

impl<E: End, F: Fault<E>> Drop for Faulty<E, F> {
    fn drop(&mut self) {
        self.fault.dropped(&self.end);
    }
}
