//! Streams that tell other errors where there is a deadline than where there is none.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, Result, Shutdown,
    SocketOption, Transport,
};

use super::call::{How, What, is};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<HurriedRefusalLost>(),
        stream::<HurriedResetLost>(),
        stream::<HurriedEndLost>(),
        stream::<HurriedNonblockingTimesOut>(),
        stream::<HurriedUnconnectedWaits>(),
        stream::<ListenerLivesOn>(),
        stream::<WaitingSendExcludes>(),
    ]
}

/// That the deadline has passed, where there was one; else the error as it is.
fn timed_out(op: Op, error: Error, deadline: Deadline) -> Error {
    if deadline.is_never() { error } else { Error::TimedOut { op, done: 0 } }
}

#[derive(Default)]
struct HurriedRefusalLost;

impl Fault<MemStream> for HurriedRefusalLost {
    const NAME: &'static str = "hurried-refusal-lost";
    const SAYS: &'static str = "with a deadline, a refused connection is told as one that failed";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.refused",
        "stream.conn.refused-leaks-nothing",
        "stream.conn.several-errors",
        "stream.listen.close-keeps-accepted",
    ];

    fn connect(&self, end: &MemStream, addr: &Addr, deadline: Deadline) -> Result<()> {
        end.connect(addr, deadline).map_err(|error| {
            let lost = is(&error, Errno::ECONNREFUSED) && !deadline.is_never();
            if lost { Error::os(Op::Connect, Errno::ECONNABORTED) } else { error }
        })
    }
}

#[derive(Default)]
struct HurriedResetLost;

impl Fault<MemStream> for HurriedResetLost {
    const NAME: &'static str = "hurried-reset-lost";
    const SAYS: &'static str = "a receive with a deadline runs into it where there was a reset";
    const FAILS: &'static [&'static str] = &[
        "stream.reset.abort",
        "stream.reset.unread",
        "stream.reset.queued-data",
        "stream.reset.once",
        "stream.reset.abort-wakes",
        "stream.reset.linger-zero",
        "stream.listen.early-reset",
        "stream.listen.close-resets",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map_err(|error| match is(&error, Errno::ECONNRESET) {
            true => timed_out(Op::Recv, error, how.deadline),
            false => error,
        })
    }
}

/// Whether it has ended.
#[derive(Default)]
struct HurriedEndLost(AtomicBool);

impl Fault<MemStream> for HurriedEndLost {
    const NAME: &'static str = "hurried-end-lost";
    const SAYS: &'static str = "a send with a deadline runs into it where the own side has ended";
    const FAILS: &'static [&'static str] =
        &["stream.eof.write-after", "stream.eof.empty-write-after"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map_err(|error| match self.0.load(SeqCst) && is(&error, Errno::EPIPE) {
            true => timed_out(Op::Send, error, what.deadline),
            false => error,
        })
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        end.shutdown(how)
    }
}

#[derive(Default)]
struct HurriedNonblockingTimesOut;

impl Fault<MemStream> for HurriedNonblockingTimesOut {
    const NAME: &'static str = "hurried-nonblocking-times-out";
    const SAYS: &'static str = "a non-blocking receive with a deadline runs into it at once";
    const FAILS: &'static [&'static str] = &[
        "cross.errno.raw",
        "stream.io.recv-exact-progress",
        "stream.deadline.minimum",
        "stream.deadline.nonblock-empty",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map_err(|error| {
            match error.would_block() && end.mode() == Mode::NonBlocking {
                true => timed_out(Op::Recv, error, how.deadline),
                false => error,
            }
        })
    }
}

#[derive(Default)]
struct HurriedUnconnectedWaits;

impl Fault<MemStream> for HurriedUnconnectedWaits {
    const NAME: &'static str = "hurried-unconnected-waits";
    const SAYS: &'static str = "a receive with a deadline on an unconnected socket runs into it";
    const FAILS: &'static [&'static str] = &["stream.conn.unconnected-receive"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map_err(|error| match is(&error, Errno::ENOTCONN) {
            true => timed_out(Op::Recv, error, how.deadline),
            false => error,
        })
    }
}

#[derive(Default)]
struct ListenerLivesOn;

impl Fault<MemStream> for ListenerLivesOn {
    const NAME: &'static str = "listener-lives-on";
    const SAYS: &'static str = "a listener that is dropped goes on taking connections";
    const FAILS: &'static [&'static str] = &[
        "stream.listen.close-keeps-accepted",
        "stream.listen.close-resets",
        "stream.option.reuse-lingering",
    ];

    fn dropped(&self, end: &MemStream) {
        let listens = end.option(SocketOption::AcceptConn);
        if listens.is_ok_and(|listens| listens != 0) {
            std::mem::forget(end.dup());
        }
    }
}

/// Whether it was full, whether a send waits, and whether it has received.
#[derive(Default)]
struct WaitingSendExcludes {
    full: AtomicBool,
    waits: AtomicBool,
    received: AtomicBool,
}

impl Fault<MemStream> for WaitingSendExcludes {
    const NAME: &'static str = "waiting-send-excludes";
    const SAYS: &'static str = "of a stream that was full, no first receive goes on beside a send";
    const FAILS: &'static [&'static str] = &["stream.concurrent.recv-while-send"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let blocking = end.mode() == Mode::Blocking;
        self.waits.store(blocking, SeqCst);
        let sent = what.send(end);
        self.waits.store(false, SeqCst);
        self.full.fetch_or(sent.as_ref().is_err_and(Error::would_block), SeqCst);
        sent
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let first = !self.received.swap(true, SeqCst);
        if first && self.full.load(SeqCst) && self.waits.load(SeqCst) {
            return Err(Error::os(Op::Recv, Errno::EALREADY));
        }
        how.recv(end, buf)
    }
}
