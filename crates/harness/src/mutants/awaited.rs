//! Streams that are wrong about what a receive waits for.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport};

use super::call::{How, got, is};
use super::fault::{End, Fault};
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<AwaitedResetIsEnd>(),
        stream::<ResetOverDataIsEnd>(),
        stream::<GivenUpScribbles>(),
        stream::<IdleForEver>(),
    ]
}

/// Receives, and tells whether it had to wait for what came.
pub(super) fn waited<E: End>(
    end: &E,
    buf: &mut RecvBuf<'_>,
    how: How,
) -> (Result<Recv<E::Peer>>, bool) {
    if how.flags.contains(RecvFlags::WAITALL) || how.flags.contains(RecvFlags::DONTWAIT) {
        return (how.recv(end, buf), false);
    }
    match how.with(RecvFlags::DONTWAIT).recv(end, buf) {
        Err(error) if error.would_block() && end.mode() != Mode::NonBlocking => {
            (how.recv(end, buf), true)
        }
        at_once => (at_once, false),
    }
}

#[derive(Default)]
struct AwaitedResetIsEnd;

impl Fault<MemStream> for AwaitedResetIsEnd {
    const NAME: &'static str = "awaited-reset-is-end";
    const SAYS: &'static str = "to a receive that waits, a reset looks like an orderly end";
    const FAILS: &'static [&'static str] = &["stream.reset.abort-wakes"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match waited(end, buf, how) {
            (Err(error), true) if is(&error, Errno::ECONNRESET) => got(0),
            (received, _) => received,
        }
    }
}

/// Whether data was seen that is still there.
#[derive(Default)]
struct ResetOverDataIsEnd(AtomicBool);

impl Fault<MemStream> for ResetOverDataIsEnd {
    const NAME: &'static str = "reset-over-data-is-end";
    const SAYS: &'static str = "a reset that discards what has arrived looks like an orderly end";
    const FAILS: &'static [&'static str] = &["stream.reset.queued-data"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        self.0.fetch_or(how.flags.contains(RecvFlags::PEEK) && received.is_ok(), SeqCst);
        match received {
            Err(error) if is(&error, Errno::ECONNRESET) && self.0.load(SeqCst) => got(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct GivenUpScribbles;

impl Fault<MemStream> for GivenUpScribbles {
    const NAME: &'static str = "given-up-scribbles";
    const SAYS: &'static str = "a receive that is given up has written into the buffer";
    const FAILS: &'static [&'static str] = &["stream.concurrent.recv-buffer"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        let untouched = |error: &Error| error.is_timeout() && error.done() == 0;
        if received.as_ref().is_err_and(untouched) && !how.flags.contains(RecvFlags::WAITALL) {
            buf.append(b"!");
        }
        received
    }
}

/// Whether a receive has found nothing.
#[derive(Default)]
struct IdleForEver(AtomicBool);

impl Fault<MemStream> for IdleForEver {
    const NAME: &'static str = "idle-for-ever";
    const SAYS: &'static str = "once empty, a non-blocking stream does not notice data again";
    const FAILS: &'static [&'static str] = &["stream.deadline.nonblock-empty"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let nonblocking = end.mode() == Mode::NonBlocking;
        if nonblocking && self.0.load(SeqCst) {
            return Err(Error::os(Op::Recv, Errno::EAGAIN));
        }
        let received = how.recv(end, buf);
        self.0.fetch_or(nonblocking && received.as_ref().is_err_and(Error::would_block), SeqCst);
        received
    }
}
