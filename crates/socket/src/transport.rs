//! The contract of sockets, kept.

use std::io::IoSlice;
use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{
    Addr, ControlRef, Deadline, Endpoint, Errno, Error, Kind, Listener, Mode, Op, Ready, Recv,
    RecvBuf, RecvControl, RecvFlags, Result, SendFlags, Shutdown, SocketOption, Transport,
};

use crate::{Family, Socket};

impl Transport for Socket {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        self.recv_from_by(buf, flags, deadline)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.send_by(bytes, to, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        if self.is_stream() { Kind::Stream } else { Kind::Datagram }
    }

    fn mode(&self) -> Mode {
        self.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.set_mode(mode)
    }
}

impl Listener for Socket {
    type Conn = Self;

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        self.accept_by(deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.local_addr()
    }
}

impl Endpoint for Socket {
    fn local_addr(&self) -> Result<Addr> {
        self.local_addr()
    }

    fn peer_addr(&self) -> Result<Addr> {
        self.peer_addr()
    }

    fn bind(&self, addr: &Addr) -> Result<()> {
        self.bind(addr)
    }

    fn listen(&self, backlog: i32) -> Result<()> {
        self.listen(backlog)
    }

    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
        self.accept_by(deadline)
    }

    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        self.connect_by(addr, deadline)
    }

    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        self.connect_ex(addr)
    }

    fn disconnect(&self) -> Result<()> {
        self.disconnect()
    }

    fn take_error(&self) -> Result<Errno> {
        self.take_error()
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.shutdown(how)
    }

    fn close(&self) -> Result<()> {
        self.close()
    }

    fn abort(&self) -> Result<()> {
        self.abort()
    }

    fn dup(&self) -> Result<Self> {
        self.dup()
    }

    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        self.wait(interest, deadline)
    }

    fn queued(&self) -> Result<usize> {
        self.queued()
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        self.option(option)
    }

    /// As [`Socket::set_option`], but for what every family takes, whether it means anything to
    /// it or not: there it refuses.
    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        if self.family() == Family::UNIX && IPS.contains(&option) {
            return Err(Error::Unsupported { op: Op::SetOption });
        }
        self.set_option(option, value)
    }

    fn linger(&self) -> Result<Option<Duration>> {
        self.linger()
    }

    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        if self.family() == Family::UNIX {
            return Err(Error::Unsupported { op: Op::SetOption });
        }
        self.set_linger(linger)
    }

    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        self.join(group, interface)
    }

    fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        self.leave(group, interface)
    }

    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        self.recv_with_control(buf, room, flags, deadline)
    }

    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.send_with_control(bytes, control, to, flags, deadline)
    }

    fn fileno(&self) -> Option<i64> {
        self.fileno()
    }
}

/// Options of all sockets, by number, that mean something to those of IP alone.
const IPS: &[SocketOption] = &[
    SocketOption::ReuseAddress,
    SocketOption::ReusePort,
    SocketOption::Broadcast,
    SocketOption::KeepAlive,
    SocketOption::DontRoute,
];
