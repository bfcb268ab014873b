//! Streams that are wrong where there is no room, in one of the ways to meet that.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, Result, Transport};

use super::call::{How, What};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<FullForEver>(),
        stream::<LargePartAsWhole>(),
        stream::<LateSendWouldBlock>(),
        stream::<SendTimeoutSticks>(),
        stream::<GivenUpSendSpoils>(),
        stream::<BothWaysMix>(),
        stream::<ShortLingerRefused>(),
        stream::<ManyPartsRefused>(),
    ]
}

#[derive(Default)]
struct FullForEver(AtomicBool);

impl Fault<MemStream> for FullForEver {
    const NAME: &'static str = "full-for-ever";
    const SAYS: &'static str = "once full, a non-blocking stream does not notice room again";
    const FAILS: &'static [&'static str] = &["stream.deadline.nonblock-full"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if end.mode() == Mode::NonBlocking && self.0.load(SeqCst) {
            return Err(Error::os(Op::Send, Errno::EAGAIN));
        }
        let sent = what.send(end);
        let full = sent.as_ref().is_err_and(Error::would_block);
        self.0.fetch_or(full && end.mode() == Mode::NonBlocking, SeqCst);
        sent
    }
}

#[derive(Default)]
struct LargePartAsWhole;

impl Fault<MemStream> for LargePartAsWhole {
    const NAME: &'static str = "large-part-as-whole";
    const SAYS: &'static str =
        "of a non-blocking send of half a MiB or more, a part taken is told as the whole";
    const FAILS: &'static [&'static str] = &["stream.io.send-all-progress"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let large = what.len() >= 1 << 19 && end.mode() == Mode::NonBlocking;
        what.send(end).map(|sent| if large { what.len() } else { sent })
    }
}

/// Whether a send has found no room without waiting.
#[derive(Default)]
struct LateSendWouldBlock(AtomicBool);

impl Fault<MemStream> for LateSendWouldBlock {
    const NAME: &'static str = "late-send-would-block";
    const SAYS: &'static str =
        "a short send whose deadline has passed, into a stream that was full, would block";
    const FAILS: &'static [&'static str] = &["stream.deadline.past-send"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let late = what.deadline.has_passed() && what.len() <= 2048;
        match what.send(end) {
            Err(error) if error.is_timeout() && late && self.0.load(SeqCst) => {
                Err(Error::os(Op::Send, Errno::EAGAIN))
            }
            other => {
                self.0.fetch_or(other.as_ref().is_err_and(Error::would_block), SeqCst);
                other
            }
        }
    }
}

/// Whether a send has timed out in timeout mode.
#[derive(Default)]
struct SendTimeoutSticks(AtomicBool);

impl Fault<MemStream> for SendTimeoutSticks {
    const NAME: &'static str = "send-timeout-sticks";
    const SAYS: &'static str =
        "after a send has timed out in timeout mode, the next large one does, whatever the mode";
    const FAILS: &'static [&'static str] = &["stream.deadline.send-resumes"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if what.len() > 1000 && self.0.swap(false, SeqCst) {
            return Err(Error::TimedOut { op: Op::Send, done: 0 });
        }
        let sent = what.send(end);
        let timed = matches!(end.mode(), Mode::Timeout(_));
        self.0.fetch_or(timed && sent.as_ref().is_err_and(Error::is_timeout), SeqCst);
        sent
    }
}

/// Whether a send has found no room without waiting, and whether one was given up since.
#[derive(Default)]
struct GivenUpSendSpoils {
    full: AtomicBool,
    given_up: AtomicBool,
}

impl Fault<MemStream> for GivenUpSendSpoils {
    const NAME: &'static str = "given-up-send-spoils";
    const SAYS: &'static str = "a byte of a send that was given up replaces one of the next send";
    const FAILS: &'static [&'static str] = &["stream.concurrent.send-buffer"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if self.given_up.load(SeqCst) {
            let mut spoilt = what.whole();
            spoilt.iter_mut().take(1).for_each(|byte| *byte = !*byte);
            let sent = what.send_as(end, &spoilt)?;
            self.given_up.store(false, SeqCst);
            return Ok(sent);
        }
        let sent = what.send(end);
        self.full.fetch_or(sent.as_ref().is_err_and(Error::would_block), SeqCst);
        let large = what.len() >= 32 << 10 && end.mode() == Mode::Blocking;
        let given_up = large && self.full.load(SeqCst);
        self.given_up.fetch_or(given_up && sent.as_ref().is_err_and(Error::is_timeout), SeqCst);
        sent
    }
}

/// How much was sent, and how much received.
#[derive(Default)]
struct BothWaysMix {
    sent: AtomicUsize,
    received: AtomicUsize,
}

/// More than any check sends one way while it receives as much.
const MUCH: usize = 100_000;

impl Fault<MemStream> for BothWaysMix {
    const NAME: &'static str = "both-ways-mix";
    const SAYS: &'static str =
        "an end that has sent and received 100000 bytes spoils what it receives";
    const FAILS: &'static [&'static str] = &["stream.io.both-ways"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end)?;
        self.sent.fetch_add(sent, SeqCst);
        Ok(sent)
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let mut memory = vec![0; buf.remaining()];
        let mut inner = RecvBuf::new(&mut memory);
        let received = how.recv(end, &mut inner);
        let len = inner.len();
        let before = self.received.fetch_add(len, SeqCst);
        if before >= MUCH && self.sent.load(SeqCst) >= MUCH {
            memory.iter_mut().take(1).for_each(|byte| *byte = !*byte);
        }
        buf.append(&memory[..len]);
        received
    }
}

/// Whether a send has found no room without waiting.
#[derive(Default)]
struct ShortLingerRefused(AtomicBool);

impl Fault<MemStream> for ShortLingerRefused {
    const NAME: &'static str = "short-linger-refused";
    const SAYS: &'static str =
        "of a stream that was full, a lingering time of one second is refused";
    const FAILS: &'static [&'static str] = &["stream.reset.linger-bounded"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end);
        self.0.fetch_or(sent.as_ref().is_err_and(Error::would_block), SeqCst);
        sent
    }

    fn set_linger(&self, end: &MemStream, linger: Option<Duration>) -> Result<()> {
        if self.0.load(SeqCst) && linger == Some(Duration::from_secs(1)) {
            return Err(Error::os(Op::SetOption, Errno::EINVAL));
        }
        end.set_linger(linger)
    }
}

#[derive(Default)]
struct ManyPartsRefused;

impl Fault<MemStream> for ManyPartsRefused {
    const NAME: &'static str = "many-parts-refused";
    const SAYS: &'static str = "a send of more than 1024 parts fails as if memory had run out";
    const FAILS: &'static [&'static str] = &["stream.io.many-parts"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if what.bytes.len() > 1024 {
            return Err(Error::os(Op::Send, Errno::ENOMEM));
        }
        what.send(end)
    }
}
