//! Streams that wait too long, or are harmed by having waited.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::{How, What, got};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<LateRecvLoses>(),
        stream::<DeadlineIgnored>(),
        stream::<TimeoutIgnored>(),
        stream::<RecvTimeoutPoisons>(),
        stream::<PastDeadlineReceives>(),
        stream::<NonblockingWaits>(),
        stream::<ConnectDeadlineIgnored>(),
        stream::<DeadlineRestarts>(),
    ]
}

fn timed_out<T>(op: Op) -> Result<T> {
    Err(Error::TimedOut { op, done: 0 })
}

#[derive(Default)]
struct LateRecvLoses;

impl Fault<MemStream> for LateRecvLoses {
    const NAME: &'static str = "late-recv-loses";
    const SAYS: &'static str = "a receive after its deadline takes what has arrived, and times out";
    const FAILS: &'static [&'static str] =
        &["stream.concurrent.cancelled-recv", "stream.deadline.past-ready"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let late = how.deadline.has_passed();
        let received = how.recv(end, buf)?;
        if late { timed_out(Op::Recv) } else { Ok(received) }
    }
}

#[derive(Default)]
struct DeadlineRestarts;

/// A deadline that is nearer than this one is short. No check waits for what should happen at once
/// with one.
const SHORT: Duration = Duration::from_millis(200);

impl Fault<MemStream> for DeadlineRestarts {
    const NAME: &'static str = "deadline-restarts";
    const SAYS: &'static str =
        "a receive with a short deadline fills the buffer, and each part has the whole time anew";
    const FAILS: &'static [&'static str] = &["stream.deadline.recv-exact-total"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let left = how.deadline.remaining().filter(|left| *left < SHORT);
        let first = how.recv(end, buf)?;
        let (Some(left), true) = (left, how.flags == RecvFlags::NONE) else { return Ok(first) };
        let mut len = first.len;
        while buf.remaining() > 0 {
            match (How { deadline: Deadline::after(left), ..how }).recv(end, buf) {
                Ok(Recv { len: more @ 1.., .. }) => len += more,
                _ => break,
            }
        }
        got(len)
    }
}

#[derive(Default)]
struct DeadlineIgnored;

impl Fault<MemStream> for DeadlineIgnored {
    const NAME: &'static str = "deadline-ignored";
    const SAYS: &'static str = "a receive waits on after its deadline";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-recv",
        "stream.concurrent.recv-buffer",
        "stream.deadline.minimum",
        "stream.deadline.past-recv",
        "stream.deadline.recv-fires",
        "stream.deadline.waitall-total",
        "stream.io.waitall-deadline",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        How { deadline: Deadline::NEVER, ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct TimeoutIgnored;

impl Fault<MemStream> for TimeoutIgnored {
    const NAME: &'static str = "timeout-ignored";
    const SAYS: &'static str = "a timeout mode is accepted and then blocks for ever";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.mode-timeout",
        "stream.conn.mode-timeout-number",
        "stream.deadline.cleared",
        "stream.deadline.interrupted-timeout",
        "stream.deadline.minimum",
        "stream.deadline.mode-kept",
        "stream.deadline.recv-leaves-send",
        "stream.deadline.setting",
        "stream.deadline.timeout-fires",
        "stream.deadline.timeout-total",
        "stream.listen.accepted-mode",
        "cross.errno.timed-out",
    ];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        match mode {
            Mode::Timeout(_) => end.set_mode(Mode::Blocking),
            other => end.set_mode(other),
        }
    }
}

#[derive(Default)]
struct RecvTimeoutPoisons(AtomicBool);

impl Fault<MemStream> for RecvTimeoutPoisons {
    const NAME: &'static str = "recv-timeout-poisons";
    const SAYS: &'static str = "after a receive has timed out every send times out at once";
    const FAILS: &'static [&'static str] =
        &["stream.deadline.cleared", "stream.deadline.recv-leaves-send"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        self.0.fetch_or(received.as_ref().is_err_and(Error::is_timeout), SeqCst);
        received
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if self.0.load(SeqCst) { timed_out(Op::Send) } else { what.send(end) }
    }
}

/// Only where nothing was received before: later on a whole operation may notice first that time is
/// up, or may not.
#[derive(Default)]
struct PastDeadlineReceives {
    received: AtomicBool,
    timed_out: AtomicBool,
}

impl Fault<MemStream> for PastDeadlineReceives {
    const NAME: &'static str = "timeout-takes-the-next-byte";
    const SAYS: &'static str = "a first receive that timed out takes the next byte that arrives";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-recv",
        "stream.concurrent.recv-buffer",
        "stream.deadline.cleared",
        "stream.deadline.interrupted-timeout",
        "stream.deadline.minimum",
        "stream.deadline.past-recv",
        "stream.deadline.recv-fires",
        "stream.deadline.recv-leaves-send",
        "stream.deadline.timeout-fires",
        "stream.deadline.waitall-total",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() > 0 && self.timed_out.load(SeqCst) {
            let mut lost = [0];
            how.recv(end, &mut RecvBuf::new(&mut lost)).map(drop)?;
            self.timed_out.store(false, SeqCst);
        }
        let received = how.recv(end, buf);
        self.received.fetch_or(received.is_ok(), SeqCst);
        let timed_out = received.as_ref().is_err_and(Error::is_timeout);
        self.timed_out.fetch_or(timed_out && !self.received.load(SeqCst), SeqCst);
        received
    }
}

#[derive(Default)]
struct NonblockingWaits;

impl Fault<MemStream> for NonblockingWaits {
    const NAME: &'static str = "nonblocking-waits";
    const SAYS: &'static str = "in non-blocking mode a receive without data waits all the same";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.pending-receive",
        "stream.deadline.minimum",
        "stream.deadline.nonblock-empty",
        "stream.io.recv-exact-progress",
        "cross.errno.raw",
        "cross.errno.would-block",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if end.mode() != Mode::NonBlocking {
            return how.recv(end, buf);
        }
        end.set_mode(Mode::Blocking)?;
        let received = how.recv(end, buf);
        end.set_mode(Mode::NonBlocking)?;
        received
    }
}

#[derive(Default)]
struct ConnectDeadlineIgnored;

impl Fault<MemStream> for ConnectDeadlineIgnored {
    const NAME: &'static str = "connect-deadline-ignored";
    const SAYS: &'static str = "a connection attempt waits on after its deadline";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.abandoned",
        "stream.conn.deadline",
        "stream.conn.retry-after-timeout",
        "stream.conn.several-deadline",
    ];

    fn connect(&self, end: &MemStream, addr: &Addr, _deadline: Deadline) -> Result<()> {
        end.connect(addr, Deadline::NEVER)
    }
}
