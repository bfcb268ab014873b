//! Transports that a signal comes through to the caller of, where only a storm of them shows it.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::How;
use super::fault::Fault;
use super::subject::stream;
use crate::mem::MemStream;
use crate::{Axis, Mutant};

pub(super) fn all() -> Vec<Mutant> {
    vec![stream::<AcceptInterrupted>(), stream::<CountsInterruptions>()]
}

/// How long a mutant sleeps between two attempts, in a call that signals interrupt.
const NAP: Duration = Duration::from_millis(1);
const LONG_NAP: Duration = Duration::from_millis(10);

/// A deadline that is nearer than this one is short. No check waits for what should happen at once
/// with one.
const SHORT: Duration = Duration::from_millis(200);

/// Sleeps as a system call does: false says that a signal ended it.
fn nap(op: Op, time: Duration) -> Result<bool> {
    let failed = |error: std::io::Error| Error::from_io(op, &error);
    let (mut one, _other) = UnixStream::pair().map_err(failed)?;
    one.set_read_timeout(Some(time)).map_err(failed)?;
    match one.read(&mut [0]) {
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(false),
        _ => Ok(true),
    }
}

/// Repeats `attempt` until it has an answer, or a nap was interrupted.
fn napping<T>(
    op: Op,
    mode: Mode,
    deadline: Deadline,
    attempt: impl Fn(Deadline) -> Result<T>,
) -> Result<T> {
    if mode == Mode::NonBlocking {
        return attempt(deadline);
    }
    let deadline = mode.deadline(deadline);
    loop {
        match attempt(Deadline::after(Duration::ZERO)) {
            Err(error) if error.is_timeout() && !deadline.has_passed() => {}
            answer => return answer,
        }
        if !nap(op, NAP)? {
            return Err(Error::os(op, Errno::EINTR));
        }
    }
}

#[derive(Default)]
struct AcceptInterrupted;

impl Fault<MemStream> for AcceptInterrupted {
    const NAME: &'static str = "accept-interrupted";
    const SAYS: &'static str =
        "a signal ends an accept with a short deadline, which tells the caller";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] =
        &[(Axis::Interrupts, &["stream.listen.accept-deadline"])];

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let accept = |until| Endpoint::accept(end, until);
        if deadline.remaining().is_none_or(|left| left >= SHORT) {
            return accept(deadline);
        }
        napping(Op::Accept, end.mode(), deadline, accept)
    }
}

#[derive(Default)]
struct CountsInterruptions;

impl Fault<MemStream> for CountsInterruptions {
    const NAME: &'static str = "interruptions-counted";
    const SAYS: &'static str = "each interruption brings a short deadline 10 ms nearer";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] =
        &[(Axis::Interrupts, &["stream.deadline.recv-fires"])];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let short = how.deadline.remaining().filter(|left| *left < SHORT);
        let is_plain = how.flags == RecvFlags::NONE && end.mode() == Mode::Blocking;
        let (Some(mut left), true) = (short, is_plain) else { return how.recv(end, buf) };
        loop {
            match (How { deadline: Deadline::after(Duration::ZERO), ..how }).recv(end, buf) {
                Err(error) if error.is_timeout() && !left.is_zero() => {}
                answer => return answer,
            }
            nap(Op::Recv, LONG_NAP)?;
            left = left.saturating_sub(LONG_NAP);
        }
    }
}
