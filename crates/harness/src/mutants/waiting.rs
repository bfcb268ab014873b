//! Streams that wait too long, too short, or are harmed by it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::{How, What, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<LateRecvLoses>(),
        stream::<DeadlineIgnored>(),
        stream::<TimeoutIgnored>(),
        stream::<TimeoutAsErrno>(),
        stream::<TimeoutAsWouldBlock>(),
        stream::<TimeoutEarly>(),
        stream::<TimeoutPerPiece>(),
        stream::<TimeoutPerCall>(),
        stream::<TimeoutLosesBytes>(),
        stream::<RecvTimeoutPoisons>(),
        stream::<PastDeadlineReceives>(),
        stream::<TimeoutSticks>(),
        stream::<NonblockingWaits>(),
        stream::<ConnectDeadlineIgnored>(),
    ]
}

fn timed_out<T>(op: Op) -> Result<T> {
    Err(Error::TimedOut { op, done: 0 })
}

#[derive(Default)]
struct DeadlineIgnored;

impl Fault<MemStream> for DeadlineIgnored {
    const NAME: &'static str = "deadline-ignored";
    const SAYS: &'static str = "a receive waits on after its deadline";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        How { deadline: Deadline::NEVER, ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct TimeoutIgnored;

impl Fault<MemStream> for TimeoutIgnored {
    const NAME: &'static str = "timeout-ignored";
    const SAYS: &'static str = "a timeout mode is accepted and then blocks for ever";
    const FAILS: &'static [&'static str] = &[];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        match mode {
            Mode::Timeout(_) => end.set_mode(Mode::Blocking),
            other => end.set_mode(other),
        }
    }
}

#[derive(Default)]
struct TimeoutAsErrno;

impl Fault<MemStream> for TimeoutAsErrno {
    const NAME: &'static str = "timeout-as-errno";
    const SAYS: &'static str = "an own timeout is told as ETIMEDOUT, as if the peer were gone";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(Error::TimedOut { op, done }) => {
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
    const SAYS: &'static str = "an own timeout is told as EAGAIN, as SO_RCVTIMEO does";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(Error::TimedOut { op, done }) => Err(Error::Os { op, errno: Errno::EAGAIN, done }),
            other => other,
        }
    }
}

#[derive(Default)]
struct TimeoutEarly;

impl Fault<MemStream> for TimeoutEarly {
    const NAME: &'static str = "timeout-early";
    const SAYS: &'static str = "a receive gives up after a tenth of the time";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let part = how.deadline.remaining().map(|left| left / 10);
        How { deadline: Deadline::from(part), ..how }.recv(end, buf)
    }
}

#[derive(Default)]
struct TimeoutPerPiece;

impl Fault<MemStream> for TimeoutPerPiece {
    const NAME: &'static str = "timeout-per-piece";
    const SAYS: &'static str =
        "with WAITALL the timeout counts in seconds, and afresh for each piece that arrives";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if !how.flags.contains(RecvFlags::WAITALL) {
            return how.recv(end, buf);
        }
        let seconds =
            |left: Duration| Duration::from_secs(left.as_nanos().div_ceil(1_000_000_000) as u64);
        let timeout = how.deadline.remaining().map(seconds);
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
        "the timeout of a mode bounds each call, as SO_SNDTIMEO, and no more";
    const FAILS: &'static [&'static str] = &[];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        let (mode, timeout) = match mode {
            Mode::Timeout(some) => (Mode::Blocking, Some(some)),
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
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(Error::TimedOut { .. }) => timed_out(Op::Recv),
            other => other,
        }
    }
}

#[derive(Default)]
struct RecvTimeoutPoisons(AtomicBool);

impl Fault<MemStream> for RecvTimeoutPoisons {
    const NAME: &'static str = "recv-timeout-poisons";
    const SAYS: &'static str = "after a receive has timed out every send times out at once";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let received = how.recv(end, buf);
        self.0.fetch_or(received.as_ref().is_err_and(Error::is_timeout), SeqCst);
        received
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if self.0.load(SeqCst) { timed_out(Op::Send) } else { what.send(end) }
    }
}

/// A byte that arrives when the deadline has passed is taken by the operation that failed.
#[derive(Default)]
struct PastDeadlineReceives(AtomicBool);

impl Fault<MemStream> for PastDeadlineReceives {
    const NAME: &'static str = "timeout-takes-the-next-byte";
    const SAYS: &'static str = "a receive that timed out takes the next byte that arrives";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() > 0 && self.0.load(SeqCst) {
            let mut lost = [0];
            how.recv(end, &mut RecvBuf::new(&mut lost)).map(drop)?;
            self.0.store(false, SeqCst);
        }
        let received = how.recv(end, buf);
        self.0.fetch_or(received.as_ref().is_err_and(Error::is_timeout), SeqCst);
        received
    }
}

#[derive(Default)]
struct TimeoutSticks;

impl Fault<MemStream> for TimeoutSticks {
    const NAME: &'static str = "timeout-sticks";
    const SAYS: &'static str = "a timeout mode cannot be turned off again";
    const FAILS: &'static [&'static str] = &[];

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        match (end.mode(), mode) {
            (Mode::Timeout(_), Mode::Blocking) => Ok(()),
            _ => end.set_mode(mode),
        }
    }
}

#[derive(Default)]
struct NonblockingWaits;

impl Fault<MemStream> for NonblockingWaits {
    const NAME: &'static str = "nonblocking-waits";
    const SAYS: &'static str = "in non-blocking mode a receive without data waits all the same";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn connect(&self, end: &MemStream, addr: &Addr, _deadline: Deadline) -> Result<()> {
        end.connect(addr, Deadline::NEVER)
    }
}

#[derive(Default)]
struct LateRecvLoses;

impl Fault<MemStream> for LateRecvLoses {
    const NAME: &'static str = "late-recv-loses";
    const SAYS: &'static str = "a receive after its deadline takes what has arrived, and times out";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let late = how.deadline.has_passed();
        let received = how.recv(end, buf)?;
        if late { timed_out(Op::Recv) } else { Ok(received) }
    }
}
