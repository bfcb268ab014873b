//! An end that has a fault.

use std::io::IoSlice;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use sockrates_core::{
    Addr, ControlRef, Deadline, Endpoint, Errno, Kind, Listener, Mode, Ready, Recv, RecvBuf,
    RecvControl, RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};

use super::call::{Beside, How, What};
use super::fault::{End, Fault};

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
        self.fault.close_send(&self.end)
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

    fn shutdown_by_number(&self, how: i32) -> Result<()> {
        self.fault.shutdown_by_number(&self.end, how)
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

    fn option(&self, option: SocketOption) -> Result<i32> {
        self.fault.option(&self.end, option)
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        self.fault.set_option(&self.end, option, value)
    }

    fn linger(&self) -> Result<Option<Duration>> {
        self.fault.linger(&self.end)
    }

    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        self.fault.set_linger(&self.end, linger)
    }

    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        self.fault.join(&self.end, group, interface)
    }

    fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        self.fault.leave(&self.end, group, interface)
    }

    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        self.fault.recv_with_control(&self.end, buf, room, How { flags, deadline })
    }

    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let beside = Beside { bytes, control, to, flags, deadline };
        self.fault.send_with_control(&self.end, beside)
    }

    fn fileno(&self) -> Option<i64> {
        self.fault.fileno(&self.end)
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
