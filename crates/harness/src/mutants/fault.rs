//! What a mutant does wrong.

use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Mode, Ready, Recv, RecvBuf, RecvControl, Result, Shutdown,
    SocketOption, Transport,
};

use super::call::{Beside, How, What};
use crate::{Axis, Caps};

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
    /// The same under axes, where the fault shows only there: see [`Mutant::under`](crate::Mutant).
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[];
    /// What the reference can do and the mutant does not declare.
    const LACKS: Caps = Caps::NONE;
    /// What the reference cannot do and the mutant declares.
    const ADDS: Caps = Caps::NONE;

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

    /// Which of several addresses are tried, and in which order.
    fn candidates(addrs: &[Addr]) -> Vec<Addr> {
        addrs.to_vec()
    }

    /// Ending the sending side is `shutdown(Write)`.
    fn close_send(&self, end: &E) -> Result<()> {
        self.shutdown(end, Shutdown::Write)
    }

    fn shutdown(&self, end: &E, how: Shutdown) -> Result<()> {
        end.shutdown(how)
    }

    fn shutdown_by_number(&self, end: &E, how: i32) -> Result<()> {
        end.shutdown_by_number(how)
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

    fn option(&self, end: &E, option: SocketOption) -> Result<i32> {
        end.option(option)
    }

    fn set_option(&self, end: &E, option: SocketOption, value: i32) -> Result<()> {
        end.set_option(option, value)
    }

    fn linger(&self, end: &E) -> Result<Option<Duration>> {
        end.linger()
    }

    fn set_linger(&self, end: &E, linger: Option<Duration>) -> Result<()> {
        end.set_linger(linger)
    }

    fn join(&self, end: &E, group: IpAddr, interface: u32) -> Result<()> {
        end.join(group, interface)
    }

    fn leave(&self, end: &E, group: IpAddr, interface: u32) -> Result<()> {
        end.leave(group, interface)
    }

    fn recv_with_control(
        &self,
        end: &E,
        buf: &mut RecvBuf<'_>,
        room: usize,
        how: How,
    ) -> Result<RecvControl> {
        how.recv_with_control(end, buf, room)
    }

    fn send_with_control(&self, end: &E, beside: Beside<'_>) -> Result<usize> {
        beside.send(end)
    }

    fn fileno(&self, end: &E) -> Option<i64> {
        end.fileno()
    }

    /// Before the reference end is dropped.
    fn dropped(&self, _end: &E) {}
}
