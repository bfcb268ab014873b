//! Options, groups and control messages, traced.

use std::io::IoSlice;
use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{
    ControlRef, Deadline, RecvBuf, RecvControl, RecvFlags, Result, SendFlags, SocketOption,
};

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
        Ok(self.recv_beside(max, room, RecvFlags::NONE, deadline)?.1)
    }

    /// Receives once, up to `max` bytes, with `room` for control messages; returns the bytes too.
    pub fn recv_beside(
        &self,
        max: usize,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<(Vec<u8>, RecvControl)> {
        let what = Extra(&flags, deadline);
        self.op(format_args!("recvmsg({max}, {room}{what})"), || {
            let mut memory = vec![0; max];
            let mut buf = RecvBuf::new(&mut memory);
            let got = self.inner.endpoint().recv_with_control(&mut buf, room, flags, deadline)?;
            Ok((buf.filled().to_vec(), got))
        })
    }

    /// Sends `bytes` once to [`dest`](Self::dest), and control messages with them.
    pub fn send_beside(
        &self,
        bytes: &[u8],
        control: &[ControlRef<'_>],
        deadline: Deadline,
    ) -> Result<usize> {
        let what = Extra(&SendFlags::NONE, deadline);
        let (len, slices) = (bytes.len(), [IoSlice::new(bytes)]);
        self.op(format_args!("sendmsg({len} bytes, {} beside{what})", control.len()), || {
            let (to, flags) = (self.dest.as_ref(), SendFlags::NONE);
            self.inner.endpoint().send_with_control(&slices, control, to, flags, deadline)
        })
    }
}
