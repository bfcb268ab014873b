//! Streams that end wrongly.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Endpoint, Errno, Error, Op, Recv, RecvBuf, Result, Shutdown};

use super::call::{How, What, drain, got};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<LingerZeroLeaks>(),
        stream::<HalfCloseClosesBoth>(),
        stream::<HalfCloseIgnored>(),
        stream::<CloseResets>(),
        stream::<CloseTwiceFails>(),
        stream::<CloseIsShutdown>(),
        stream::<CloseWakesNobody>(),
        stream::<CloseHidesUnread>(),
        stream::<ShutdownWakesNobody>(),
        stream::<ShutdownUnconnected>(),
        stream::<DupClosesFirst>(),
        stream::<AbortIsOrderly>(),
        stream::<PanicsAfterClose>(),
    ]
}

#[derive(Default)]
struct HalfCloseClosesBoth(AtomicBool);

impl Fault<MemStream> for HalfCloseClosesBoth {
    const NAME: &'static str = "half-close-closes-both";
    const SAYS: &'static str = "ending the sending side ends receiving too";
    const FAILS: &'static [&'static str] =
        &["stream.eof.half", "stream.eof.own", "stream.eof.unsupported", "stream.eof.unread-input"];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        end.shutdown(how)?;
        self.0.fetch_or(how == Shutdown::Write, SeqCst);
        Ok(())
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if self.0.load(SeqCst) { got(0) } else { how.recv(end, buf) }
    }
}

#[derive(Default)]
struct HalfCloseIgnored;

impl Fault<MemStream> for HalfCloseIgnored {
    const NAME: &'static str = "half-close-ignored";
    const SAYS: &'static str = "ending the sending side succeeds and does nothing";
    const FAILS: &'static [&'static str] = &[
        "stream.io.recv-exact-end",
        "stream.io.peek-end",
        "stream.io.waitall-end",
        "stream.eof.drained",
        "stream.eof.sticky",
        "stream.eof.half",
        "stream.eof.write-after",
        "stream.eof.queued",
        "stream.eof.twice",
        "stream.eof.simultaneous",
        "stream.eof.wakes-reader",
        "stream.eof.unsupported",
        "stream.option.reuse-lingering",
        "stream.option.lingering",
        "cross.errno.broken-pipe",
        "stream.state.no-room-at-end",
        "stream.state.peer-after-end",
        "stream.state.wait-end",
        "stream.eof.unread-input",
    ];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        if how == Shutdown::Write { end.peer_addr().map(drop) } else { end.shutdown(how) }
    }
}

#[derive(Default)]
struct CloseResets;

impl Fault<MemStream> for CloseResets {
    const NAME: &'static str = "close-resets";
    const SAYS: &'static str = "an orderly close reaches the peer as a reset";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.readers",
        "stream.listen.early-close",
        "stream.reset.close-twice",
        "stream.reset.graceful",
        "stream.reset.last-reference",
        "stream.reset.linger-delivers",
        "stream.state.linger-taken-back",
    ];

    fn close(&self, end: &MemStream) -> Result<()> {
        end.abort()
    }

    fn dropped(&self, end: &MemStream) {
        // It is dropped whether or not it was closed before.
        let _ = end.abort();
    }
}

#[derive(Default)]
struct CloseTwiceFails(AtomicBool);

impl Fault<MemStream> for CloseTwiceFails {
    const NAME: &'static str = "close-twice-fails";
    const SAYS: &'static str = "closing again fails with EBADF";
    const FAILS: &'static [&'static str] = &["stream.reset.close-twice"];

    fn close(&self, end: &MemStream) -> Result<()> {
        if self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Close, Errno::EBADF));
        }
        end.close()
    }
}

#[derive(Default)]
struct CloseIsShutdown;

impl Fault<MemStream> for CloseIsShutdown {
    const NAME: &'static str = "close-is-shutdown";
    const SAYS: &'static str = "closing shuts both sides down and leaves the handle open";
    const FAILS: &'static [&'static str] =
        &["stream.concurrent.close-race", "stream.reset.closed", "cross.errno.closed"];

    fn close(&self, end: &MemStream) -> Result<()> {
        // A socket without a connection has nothing to shut down.
        let _ = end.shutdown(Shutdown::Both);
        Ok(())
    }
}

/// Closing waits for the last operation to end: the descriptor is counted.
#[derive(Default)]
struct CloseWakesNobody(AtomicUsize);

impl Fault<MemStream> for CloseWakesNobody {
    const NAME: &'static str = "close-wakes-nobody";
    const SAYS: &'static str = "a receive that waits is not woken when its socket is closed";
    const FAILS: &'static [&'static str] =
        &["stream.concurrent.close-race", "stream.reset.close-wakes"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.0.fetch_add(1, SeqCst);
        let received = how.recv(end, buf);
        self.0.fetch_sub(1, SeqCst);
        received
    }

    fn close(&self, end: &MemStream) -> Result<()> {
        if self.0.load(SeqCst) > 0 { Ok(()) } else { end.close() }
    }
}

#[derive(Default)]
struct CloseHidesUnread;

impl Fault<MemStream> for CloseHidesUnread {
    const NAME: &'static str = "close-hides-unread";
    const SAYS: &'static str = "closing with unread input looks like an orderly end to the peer";
    const FAILS: &'static [&'static str] = &["stream.reset.unread"];

    fn close(&self, end: &MemStream) -> Result<()> {
        drain(end);
        end.close()
    }

    fn dropped(&self, end: &MemStream) {
        drain(end);
    }
}

#[derive(Default)]
struct ShutdownWakesNobody(AtomicUsize);

impl Fault<MemStream> for ShutdownWakesNobody {
    const NAME: &'static str = "shutdown-wakes-nobody";
    const SAYS: &'static str = "a receive that waits is not woken by a shutdown of its socket";
    const FAILS: &'static [&'static str] =
        &["stream.concurrent.shutdown-race", "stream.reset.shutdown-wakes"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.0.fetch_add(1, SeqCst);
        let received = how.recv(end, buf);
        self.0.fetch_sub(1, SeqCst);
        received
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        let waited_for = self.0.load(SeqCst) > 0;
        match how {
            Shutdown::Read if waited_for => Ok(()),
            Shutdown::Both if waited_for => end.shutdown(Shutdown::Write),
            _ => end.shutdown(how),
        }
    }
}

#[derive(Default)]
struct ShutdownUnconnected;

impl Fault<MemStream> for ShutdownUnconnected {
    const NAME: &'static str = "shutdown-unconnected";
    const SAYS: &'static str = "shutting down a socket without a connection succeeds";
    const FAILS: &'static [&'static str] = &["stream.eof.unconnected"];

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        match end.shutdown(how) {
            Err(error) if error.errno() == Some(Errno::ENOTCONN) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct DupClosesFirst;

impl Fault<MemStream> for DupClosesFirst {
    const NAME: &'static str = "dup-closes-first";
    const SAYS: &'static str = "the connection ends with the first of its duplicates";
    const FAILS: &'static [&'static str] = &["stream.reset.last-reference"];

    fn close(&self, end: &MemStream) -> Result<()> {
        // A socket without a connection has nothing to shut down.
        let _ = end.shutdown(Shutdown::Both);
        end.close()
    }

    fn dropped(&self, end: &MemStream) {
        let _ = self.close(end);
    }
}

#[derive(Default)]
struct AbortIsOrderly;

impl Fault<MemStream> for AbortIsOrderly {
    const NAME: &'static str = "abort-is-orderly";
    const SAYS: &'static str = "an abort reaches the peer as an orderly end";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.early-reset",
        "stream.reset.abort",
        "stream.reset.abort-wakes",
        "stream.reset.once",
        "stream.reset.pending-error",
        "stream.reset.queued-data",
        "cross.errno.reset",
    ];

    fn abort(&self, end: &MemStream) -> Result<()> {
        drain(end);
        end.close()
    }
}

#[derive(Default)]
struct PanicsAfterClose(AtomicBool);

impl PanicsAfterClose {
    fn check(&self) {
        assert!(!self.0.load(SeqCst), "the stream was taken out when it was closed");
    }
}

impl Fault<MemStream> for PanicsAfterClose {
    const NAME: &'static str = "panics-after-close";
    const SAYS: &'static str = "operations after closing panic instead of failing";
    const FAILS: &'static [&'static str] =
        &["stream.concurrent.close-race", "stream.reset.closed", "cross.errno.closed"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.check();
        how.recv(end, buf)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        self.check();
        what.send(end)
    }

    fn close(&self, end: &MemStream) -> Result<()> {
        self.0.store(true, SeqCst);
        end.close()
    }
}

#[derive(Default)]
struct LingerZeroLeaks;

impl Fault<MemStream> for LingerZeroLeaks {
    const NAME: &'static str = "linger-zero-leaks";
    const SAYS: &'static str = "a socket with a linger time of zero is never closed";
    const FAILS: &'static [&'static str] =
        &["stream.reset.linger-zero", "stream.state.linger-taken-back"];

    fn set_linger(&self, end: &MemStream, linger: Option<Duration>) -> Result<()> {
        if linger.is_some_and(|time| time.is_zero()) {
            // A handle that nobody closes.
            end.dup().map(std::mem::forget)?;
        }
        end.set_linger(linger)
    }
}
