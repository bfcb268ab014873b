//! Streams whose timeouts are told or counted wrongly.

use std::sync::Mutex;
use std::time::Duration;

use sockrates_core::{
    Deadline, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::{How, What, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<TimeoutAsErrno>(),
        stream::<TimeoutAsWouldBlock>(),
        stream::<TimeoutEarly>(),
        stream::<TimeoutPerPiece>(),
        stream::<TimeoutPerCall>(),
        stream::<TimeoutLosesBytes>(),
        stream::<TimeoutSticks>(),
    ]
}

/// What coarse timeouts are counted in: long for a piece of work, on a busy machine too.
const STEP_MS: u128 = 200;

fn coarse(time: Duration) -> Duration {
    Duration::from_millis((time.as_millis().div_ceil(STEP_MS) * STEP_MS) as u64)
}

/// Below how many bytes a receive is small. A whole operation on more may notice first that time is
/// up, or may not; that is left out.
const SMALL: usize = 20;

fn timed_out<T>(op: Op) -> Result<T> {
    Err(Error::TimedOut { op, done: 0 })
}

#[derive(Default)]
struct TimeoutAsErrno;

impl Fault<MemStream> for TimeoutAsErrno {
    const NAME: &'static str = "timeout-as-errno";
    const SAYS: &'static str =
        "a small receive's own timeout is told as ETIMEDOUT, as if the peer were gone";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-recv",
        "stream.concurrent.recv-buffer",
        "stream.deadline.cleared",
        "stream.deadline.interrupted-timeout",
        "stream.deadline.minimum",
        "stream.deadline.past-recv",
        "stream.deadline.recv-fires",
        "stream.deadline.recv-leaves-send",
        "stream.deadline.recv-resumes",
        "stream.deadline.setting",
        "stream.deadline.timeout-fires",
        "stream.io.waitall-deadline",
        "cross.errno.timed-out",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let small = buf.remaining() < SMALL;
        match how.recv(end, buf) {
            Err(Error::TimedOut { op, done }) if small => {
                Err(Error::Os { op, errno: Errno::ETIMEDOUT, done })
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct TimeoutAsWouldBlock;

impl Fault<MemStream> for TimeoutAsWouldBlock {
    const NAME: &'static str = "timeout-as-would-block";
    const SAYS: &'static str =
        "a small receive's own timeout is told as EAGAIN, as SO_RCVTIMEO does";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-recv",
        "stream.concurrent.recv-buffer",
        "stream.deadline.cleared",
        "stream.deadline.interrupted-timeout",
        "stream.deadline.minimum",
        "stream.deadline.past-recv",
        "stream.deadline.recv-fires",
        "stream.deadline.recv-leaves-send",
        "stream.deadline.recv-resumes",
        "stream.deadline.setting",
        "stream.deadline.timeout-fires",
        "stream.io.waitall-deadline",
        "cross.errno.timed-out",
    ];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let small = buf.remaining() < SMALL;
        match how.recv(end, buf) {
            Err(Error::TimedOut { op, done }) if small => {
                Err(Error::Os { op, errno: Errno::EAGAIN, done })
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct TimeoutEarly;

impl Fault<MemStream> for TimeoutEarly {
    const NAME: &'static str = "timeout-early";
    const SAYS: &'static str =
        "a receive that may wait for less than 100 ms gives up after a tenth of that";
    const FAILS: &'static [&'static str] = &["stream.deadline.recv-fires"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let short = |left: Duration| left < Duration::from_millis(100);
        let part = how.deadline.remaining().filter(|left| short(*left)).map(|left| left / 10);
        let Some(part) = part else { return how.recv(end, buf) };
        How { deadline: Deadline::after(part), ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct TimeoutPerPiece;

impl Fault<MemStream> for TimeoutPerPiece {
    const NAME: &'static str = "timeout-per-piece";
    const SAYS: &'static str =
        "with WAITALL the timeout counts in fifths of a second, afresh for each piece";
    const FAILS: &'static [&'static str] =
        &["stream.deadline.waitall-total", "stream.state.peek-all"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if !how.flags.contains(RecvFlags::WAITALL) {
            return how.recv(end, buf);
        }
        let timeout = how.deadline.remaining().map(coarse);
        let start = buf.len();
        while buf.remaining() > 0 {
            let piece = How { deadline: Deadline::from(timeout), ..how };
            let got = piece.without(RecvFlags::WAITALL).recv(end, buf);
            if got.map_err(|error| error.during(Op::Recv, buf.len() - start))?.len == 0 {
                break;
            }
        }
        Ok(Recv { len: buf.len() - start, peer: (), truncated: false })
    }
}

/// What the socket is asked for is the mode that it tells, so that whole operations know nothing of
/// the timeout that each call of theirs starts anew.
#[derive(Default)]
struct TimeoutPerCall(Mutex<Option<Duration>>);

impl TimeoutPerCall {
    fn deadline(&self, deadline: Deadline) -> Deadline {
        deadline.min(Deadline::from(*locked(&self.0)))
    }
}

impl Fault<MemStream> for TimeoutPerCall {
    const NAME: &'static str = "timeout-per-call";
    const SAYS: &'static str =
        "a mode's timeout counts in fifths of a second, afresh for each call, as SO_SNDTIMEO";
    const FAILS: &'static [&'static str] = &[
        "stream.conn.mode-timeout",
        "stream.conn.mode-timeout-number",
        "stream.deadline.mode-kept",
        "stream.deadline.timeout-total",
        "stream.listen.accepted-mode",
    ];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        let (mode, timeout) = match mode {
            Mode::Timeout(some) => (Mode::Blocking, Some(coarse(some))),
            other => (other, None),
        };
        *locked(&self.0) = timeout;
        end.set_mode(mode)
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        How { deadline: self.deadline(how.deadline), ..how }.recv(end, buf)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        What { deadline: self.deadline(what.deadline), ..what }.send(end)
    }
}

#[derive(Default)]
struct TimeoutLosesBytes;

impl Fault<MemStream> for TimeoutLosesBytes {
    const NAME: &'static str = "timeout-loses-bytes";
    const SAYS: &'static str = "a WAITALL that times out loses what it had received";
    const FAILS: &'static [&'static str] =
        &["stream.deadline.waitall-total", "stream.io.waitall-deadline"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(Error::TimedOut { .. }) => timed_out(Op::Recv),
            other => other,
        }
    }
}

#[derive(Default)]
struct TimeoutSticks;

impl Fault<MemStream> for TimeoutSticks {
    const NAME: &'static str = "timeout-sticks";
    const SAYS: &'static str = "a timeout mode cannot be turned off again";
    const FAILS: &'static [&'static str] = &["stream.deadline.cleared"];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        match (end.mode(), mode) {
            (Mode::Timeout(_), Mode::Blocking) => Ok(()),
            _ => end.set_mode(mode),
        }
    }
}
