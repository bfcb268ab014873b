//! The contract of transports, kept.

use std::io::IoSlice;
use std::sync::atomic::Ordering;

use sockrates_core::{
    Deadline, Error, Kind, Mode, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags, Shutdown,
    Transport,
};

use super::{Connection, cut};

impl Transport for Connection {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let mut have = 0;
        if !flags.contains(RecvFlags::OOB) && buf.remaining() > 0 {
            let mut held = self.held();
            have = buf.append(held.bytes());
            if !flags.contains(RecvFlags::PEEK) {
                held.skip(have);
            }
        }
        let done = buf.remaining() == 0 || !flags.contains(RecvFlags::WAITALL);
        if have > 0 && (done || flags.contains(RecvFlags::PEEK)) {
            return Ok(Recv { len: have, peer: (), truncated: false });
        }
        let more = self.receive(buf, flags, deadline).map_err(|error| {
            let (op, done) = (error.op().unwrap_or(Op::Recv), error.done() + have);
            error.during(op, done)
        })?;
        Ok(Recv { len: have + more, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let limit = self.limit(Op::Send)?;
        self.socket.send_by(bytes, None, flags, deadline.min(limit)).map_err(|error| {
            if self.stopper.is_cut() { cut(Op::Send) } else { self.noted(error, limit) }
        })
    }

    fn close_send(&self) -> Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        Kind::Stream
    }

    fn mode(&self) -> Mode {
        self.socket.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.socket.set_mode(mode)
    }
}

impl Connection {
    /// Receives from the socket, past the buffer, within the server's limits.
    pub(super) fn receive(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let limit = self.limit(Op::Recv)?;
        let got = self.socket.recv_by(buf, flags, deadline.min(limit));
        if self.stopper.is_cut() && !matches!(got, Ok(ref got) if got.len > 0) {
            let done = got.err().map_or(0, |error| error.done());
            return Err(cut(Op::Recv).during(Op::Recv, done));
        }
        got.map(|got| got.len).map_err(|error| self.noted(error, limit))
    }

    /// The time that the server's limits leave an operation that begins now.
    fn limit(&self, op: Op) -> Result<Deadline> {
        match self.expired.load(Ordering::Relaxed) {
            true => Err(Error::TimedOut { op, done: 0 }),
            false => Ok(self.limits.deadline()),
        }
    }

    /// This error of an operation; notes that it was one of the server's limits that passed.
    fn noted(&self, error: Error, limit: Deadline) -> Error {
        if error.is_timeout() && limit.has_passed() {
            self.expired.store(true, Ordering::Relaxed);
        }
        error
    }
}
