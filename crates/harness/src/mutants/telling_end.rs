//! Streams that tell the end wrongly, or tell one that is none.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, Shutdown};

use super::call::{How, got};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<EndOnce>(),
        stream::<EndAsWouldBlock>(),
        stream::<EndAsReset>(),
        stream::<ResetAsEnd>(),
        stream::<WouldBlockAsEnd>(),
        stream::<ShutReadInvalid>(),
    ]
}

#[derive(Default)]
struct EndOnce(AtomicBool);

impl Fault<MemStream> for EndOnce {
    const NAME: &'static str = "end-once";
    const SAYS: &'static str = "the end is received once, after that receiving fails";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.readers",
        "stream.eof.sticky",
        "stream.state.no-room-at-end",
        "stream.state.wait-end",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let got = how.recv(end, buf)?;
        let consumed = room > 0 && !how.flags.contains(RecvFlags::PEEK);
        if got.len == 0 && consumed && self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Recv, Errno::ENOTCONN));
        }
        Ok(got)
    }
}

#[derive(Default)]
struct EndAsWouldBlock;

impl Fault<MemStream> for EndAsWouldBlock {
    const NAME: &'static str = "end-as-would-block";
    const SAYS: &'static str = "the end is told as if nothing had arrived yet";
    const FAILS: &'static [&'static str] = &[
        "stream.io.recv-exact-end",
        "stream.io.peek-end",
        "stream.io.waitall-end",
        "stream.eof.drained",
        "stream.eof.sticky",
        "stream.eof.half",
        "stream.eof.queued",
        "stream.eof.twice",
        "stream.eof.read-side",
        "stream.eof.simultaneous",
        "stream.eof.wakes-reader",
        "stream.eof.unsupported",
        "stream.reset.close-twice",
        "stream.reset.once",
        "stream.reset.shutdown-wakes",
        "stream.reset.last-reference",
        "stream.reset.graceful",
        "stream.reset.linger-delivers",
        "stream.concurrent.readers",
        "stream.listen.early-close",
        "stream.listen.inherited-options",
        "stream.option.reuse-lingering",
        "stream.option.lingering",
        "stream.state.no-room-at-end",
        "stream.state.peer-after-end",
        "stream.state.linger-taken-back",
        "stream.state.wait-end",
        "stream.state.wait-shutdown",
        "stream.eof.unread-input",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        match how.recv(end, buf)? {
            Recv { len: 0, .. } if room > 0 => Err(Error::os(Op::Recv, Errno::EAGAIN)),
            got => Ok(got),
        }
    }
}

#[derive(Default)]
struct EndAsReset;

impl Fault<MemStream> for EndAsReset {
    const NAME: &'static str = "end-as-reset";
    const SAYS: &'static str = "an orderly end is told as a reset";
    const FAILS: &'static [&'static str] = &[
        "stream.io.recv-exact-end",
        "stream.io.peek-end",
        "stream.io.waitall-end",
        "stream.eof.drained",
        "stream.eof.sticky",
        "stream.eof.half",
        "stream.eof.queued",
        "stream.eof.twice",
        "stream.eof.read-side",
        "stream.eof.simultaneous",
        "stream.eof.wakes-reader",
        "stream.eof.unsupported",
        "stream.reset.close-twice",
        "stream.reset.shutdown-wakes",
        "stream.reset.last-reference",
        "stream.reset.graceful",
        "stream.reset.linger-delivers",
        "stream.concurrent.readers",
        "stream.listen.early-close",
        "stream.option.reuse-lingering",
        "stream.option.lingering",
        "stream.state.no-room-at-end",
        "stream.state.peer-after-end",
        "stream.state.linger-taken-back",
        "stream.state.wait-end",
        "stream.state.wait-shutdown",
        "stream.eof.unread-input",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        match how.recv(end, buf)? {
            Recv { len: 0, .. } if room > 0 => Err(Error::os(Op::Recv, Errno::ECONNRESET)),
            got => Ok(got),
        }
    }
}

#[derive(Default)]
struct ResetAsEnd;

impl Fault<MemStream> for ResetAsEnd {
    const NAME: &'static str = "reset-as-end";
    const SAYS: &'static str = "a reset is received as an orderly end";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.early-reset",
        "stream.reset.abort",
        "stream.reset.abort-wakes",
        "stream.reset.once",
        "stream.reset.queued-data",
        "stream.reset.unread",
        "cross.errno.reset",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(error) if error.errno() == Some(Errno::ECONNRESET) => got(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct WouldBlockAsEnd;

impl Fault<MemStream> for WouldBlockAsEnd {
    const NAME: &'static str = "would-block-as-end";
    const SAYS: &'static str = "where receiving would have to wait it tells the end instead";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.pending-receive",
        "stream.deadline.minimum",
        "stream.deadline.nonblock-empty",
        "stream.eof.own",
        "stream.io.dontwait-recv",
        "stream.io.recv-exact-progress",
        "cross.errno.raw",
        "cross.errno.would-block",
        "stream.state.fresh",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(error) if error.would_block() => got(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct ShutReadInvalid(AtomicBool);

impl Fault<MemStream> for ShutReadInvalid {
    const NAME: &'static str = "shut-read-invalid";
    const SAYS: &'static str = "a receive after the reading side was shut down is invalid";
    const FAILS: &'static [&'static str] =
        &["stream.eof.late-data", "stream.eof.read-side", "stream.state.queued-before-shutdown"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if self.0.load(SeqCst) {
            return Err(Error::os(Op::Recv, Errno::EINVAL));
        }
        how.recv(end, buf)
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        end.shutdown(how)?;
        self.0.fetch_or(how == Shutdown::Read, SeqCst);
        Ok(())
    }
}
