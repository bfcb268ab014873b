//! An end as a transport, for what core builds on transports.

use std::io::IoSlice;

use sockrates_core::{
    Deadline, Kind, Mode, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};

use super::{Conn, note_received};

/// An end as a stream transport, so that core's whole operations and
/// [`Framed`](sockrates_core::Framed) work on it.
impl Transport for Conn {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let step = self.call("recv").len(buf.remaining()).flags(&flags).until(deadline);
        let before = buf.filled().len();
        let work = || {
            let told = Silent(self).recv_msg(buf, flags, deadline)?;
            Ok((told, buf.filled().get(before..).unwrap_or(&[]).to_vec()))
        };
        let (told, _) = self.step(step, work, |step, (told, bytes)| {
            note_received(step, bytes, told.len, None, told.truncated);
        })?;
        Ok(told)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.send_parts("send", bytes, self.dest.as_ref(), flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        Conn::close_send(self)
    }

    fn kind(&self) -> Kind {
        self.end().kind()
    }

    fn mode(&self) -> Mode {
        self.end().mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        Conn::set_mode(self, mode)
    }
}

/// The end inside an operation that is traced as a whole.
pub(super) struct Silent<'a>(pub(super) &'a Conn);

impl Transport for Silent<'_> {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let Recv { len, truncated, .. } = self.0.end().recv_msg(buf, flags, deadline)?;
        Ok(Recv { len, peer: (), truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.0.end().send_msg(bytes, self.0.dest.as_ref(), flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.0.end().close_send()
    }

    fn kind(&self) -> Kind {
        self.0.end().kind()
    }

    fn mode(&self) -> Mode {
        self.0.end().mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.0.end().set_mode(mode)
    }
}
