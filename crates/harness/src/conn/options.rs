//! Options, groups and control messages, traced.

use std::io::IoSlice;
use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{
    ControlRef, Deadline, RecvBuf, RecvControl, RecvFlags, Result, SendFlags, SocketOption,
};

use super::{Conn, note_received, note_sent};
use crate::trace::shortened;

impl Conn {
    /// The value of an option.
    pub fn option(&self, option: SocketOption) -> Result<i32> {
        let step = self.other("getsockopt", option);
        self.op(step, || self.end().endpoint().option(option))
    }

    /// Sets an option.
    pub fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let step = self.other("setsockopt", format_args!("{option}, {value}"));
        self.op(step, || self.end().endpoint().set_option(option, value))
    }

    /// What closing may wait for.
    pub fn linger(&self) -> Result<Option<Duration>> {
        self.op(self.other("getsockopt", "SO_LINGER"), || self.end().endpoint().linger())
    }

    /// Bounds what closing may wait for.
    pub fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        let step = self.other("setsockopt", format_args!("SO_LINGER, {linger:?}"));
        self.op(step, || self.end().endpoint().set_linger(linger))
    }

    /// Becomes a member of a group.
    pub fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        let step = self.other("join", format_args!("{group}, interface {interface}"));
        self.op(step, || self.end().endpoint().join(group, interface))
    }

    /// Is a member of the group no more.
    pub fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        let step = self.other("leave", format_args!("{group}, interface {interface}"));
        self.op(step, || self.end().endpoint().leave(group, interface))
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
        let step = self.other("recvmsg", format_args!("{room} beside"));
        let step = step.len(max).flags(&flags).until(deadline);
        let work = || {
            let mut memory = vec![0; max];
            let mut buf = RecvBuf::new(&mut memory);
            let end = self.end().endpoint();
            let got = end.recv_with_control(&mut buf, room, flags, deadline)?;
            Ok((buf.filled().to_vec(), got))
        };
        self.step(step, work, |step, (bytes, got)| {
            note_received(step, bytes, got.len, got.peer.as_ref(), got.truncated);
            let beside = shortened(&format!("{:?}", got.control));
            step.value = format!("{} beside {beside}", step.value);
        })
    }

    /// Sends `bytes` once to [`dest`](Self::dest), and control messages with them.
    pub fn send_beside(
        &self,
        bytes: &[u8],
        control: &[ControlRef<'_>],
        deadline: Deadline,
    ) -> Result<usize> {
        let (to, flags) = (self.dest.as_ref(), SendFlags::NONE);
        let step = self.other("sendmsg", format_args!("{} beside", control.len()));
        let step = step.len(bytes.len()).to(to).until(deadline);
        let slices = [IoSlice::new(bytes)];
        let work =
            || self.end().endpoint().send_with_control(&slices, control, to, flags, deadline);
        self.step(step, work, |step, n| note_sent(step, &slices, *n))
    }
}
