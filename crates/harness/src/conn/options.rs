//! Options, groups and control messages, traced.

use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{Deadline, RecvBuf, RecvControl, RecvFlags, Result, SendFlags, SocketOption};

use super::{Conn, Extra};

impl Conn {
    /// The value of an option.
    pub fn option(&self, option: SocketOption) -> Result<i32> {
        self.op(format_args!("getsockopt({option})"), || self.inner.endpoint().option(option))
    }

    /// Sets an option.
    pub fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        self.op(format_args!("setsockopt({option}, {value})"), || {
            self.inner.endpoint().set_option(option, value)
        })
    }

    /// What closing may wait for.
    pub fn linger(&self) -> Result<Option<Duration>> {
        self.op(format_args!("getsockopt(SO_LINGER)"), || self.inner.endpoint().linger())
    }

    /// Bounds what closing may wait for.
    pub fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        self.op(format_args!("setsockopt(SO_LINGER, {linger:?})"), || {
            self.inner.endpoint().set_linger(linger)
        })
    }

    /// Becomes a member of a group.
    pub fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        let what = format_args!("join({group}, interface {interface})");
        self.op(what, || self.inner.endpoint().join(group, interface))
    }

    /// Is a member of the group no more.
    pub fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        let what = format_args!("leave({group}, interface {interface})");
        self.op(what, || self.inner.endpoint().leave(group, interface))
    }

    /// Receives once, up to `max` bytes, with `room` for control messages.
    pub fn recv_with_control(
        &self,
        max: usize,
        room: usize,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        let what = Extra(&SendFlags::NONE, deadline);
        self.op(format_args!("recvmsg({max}, {room}{what})"), || {
            let mut memory = vec![0; max];
            let mut buf = RecvBuf::new(&mut memory);
            self.inner.endpoint().recv_with_control(&mut buf, room, RecvFlags::NONE, deadline)
        })
    }
}
