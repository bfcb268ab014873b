//! Streams that send wrongly.

use std::io::IoSlice;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{Errno, Error, Mode, Op, Recv, RecvBuf, Result, Shutdown, Transport};

use super::fault::{Fault, How, What};
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<ShortAsFull>(),
        stream::<CountOneShort>(),
        stream::<PartialThenError>(),
        stream::<FirstSliceOnly>(),
        stream::<SlicesReversed>(),
        stream::<EmptySliceEnds>(),
        stream::<EmptySendEnds>(),
        stream::<SendAfterShutdown>(),
        stream::<SendToNobody>(),
        stream::<BrokenPipeRecovers>(),
        stream::<FullAsZero>(),
        stream::<FullBlocks>(),
        stream::<SendTimeoutPoisons>(),
    ]
}

#[derive(Default)]
struct ShortAsFull;

impl Fault<MemStream> for ShortAsFull {
    const NAME: &'static str = "short-as-full";
    const SAYS: &'static str = "a send that took a part is reported as one that took all";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end)?;
        Ok(what.len())
    }
}

#[derive(Default)]
struct CountOneShort;

impl Fault<MemStream> for CountOneShort {
    const NAME: &'static str = "count-one-short";
    const SAYS: &'static str = "a send that took a part counts one byte too few";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end)?;
        Ok(if sent > 1 && sent < what.len() { sent - 1 } else { sent })
    }
}

#[derive(Default)]
struct PartialThenError;

impl Fault<MemStream> for PartialThenError {
    const NAME: &'static str = "partial-then-error";
    const SAYS: &'static str = "a send that took a part fails with EAGAIN and keeps quiet about it";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end)?;
        if sent < what.len() { Err(Error::os(Op::Send, Errno::EAGAIN)) } else { Ok(sent) }
    }
}

#[derive(Default)]
struct FirstSliceOnly;

impl Fault<MemStream> for FirstSliceOnly {
    const NAME: &'static str = "first-slice-only";
    const SAYS: &'static str = "of several slices only the first is sent, and all are counted";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let Some((first, rest)) = what.bytes.split_first() else { return what.send(end) };
        let sent = what.send_as(end, first)?;
        let more: usize = rest.iter().map(|slice| slice.len()).sum();
        Ok(if sent == first.len() { sent + more } else { sent })
    }
}

#[derive(Default)]
struct SlicesReversed;

impl Fault<MemStream> for SlicesReversed {
    const NAME: &'static str = "slices-reversed";
    const SAYS: &'static str = "of several slices the last is sent first";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let reversed: Vec<IoSlice<'_>> = what.bytes.iter().rev().copied().collect();
        What { bytes: &reversed, ..what }.send(end)
    }
}

#[derive(Default)]
struct EmptySliceEnds;

impl Fault<MemStream> for EmptySliceEnds {
    const NAME: &'static str = "empty-slice-ends";
    const SAYS: &'static str =
        "an empty slice is taken for the end of the list, and all are counted";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let count = what.bytes.iter().take_while(|slice| !slice.is_empty()).count();
        let sent = What { bytes: &what.bytes[..count], ..what };
        let cut = what.len() - sent.len();
        Ok(sent.send(end)? + cut)
    }
}

#[derive(Default)]
struct EmptySendEnds;

impl Fault<MemStream> for EmptySendEnds {
    const NAME: &'static str = "empty-send-ends";
    const SAYS: &'static str = "sending nothing ends the sending side";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if what.len() == 0 {
            end.close_send()?;
            return Ok(0);
        }
        what.send(end)
    }
}

#[derive(Default)]
struct SendAfterShutdown(AtomicBool);

impl Fault<MemStream> for SendAfterShutdown {
    const NAME: &'static str = "send-after-shutdown";
    const SAYS: &'static str = "what is sent after the own shutdown is dropped without an error";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if self.0.load(SeqCst) { Ok(what.len()) } else { what.send(end) }
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        sockrates_core::Endpoint::shutdown(end, how)?;
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct SendToNobody(AtomicBool);

impl Fault<MemStream> for SendToNobody {
    const NAME: &'static str = "send-to-nobody";
    const SAYS: &'static str = "what is sent to a peer that has closed is dropped without an error";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        match what.send(end) {
            Err(error) if error.errno() == Some(Errno::EPIPE) && !self.0.load(SeqCst) => {
                Ok(what.len())
            }
            other => other,
        }
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        sockrates_core::Endpoint::shutdown(end, how)?;
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct BrokenPipeRecovers(AtomicBool);

impl Fault<MemStream> for BrokenPipeRecovers {
    const NAME: &'static str = "broken-pipe-recovers";
    const SAYS: &'static str = "a broken connection fails one send, later ones succeed";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        match what.send(end) {
            Err(error) if error.errno() == Some(Errno::EPIPE) && self.0.swap(true, SeqCst) => {
                Ok(what.len())
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct FullAsZero;

impl Fault<MemStream> for FullAsZero {
    const NAME: &'static str = "full-as-zero";
    const SAYS: &'static str = "a send that would have to wait has sent 0 bytes, so send_all spins";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        match what.send(end) {
            Err(error) if error.would_block() => Ok(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct FullBlocks;

impl Fault<MemStream> for FullBlocks {
    const NAME: &'static str = "full-blocks";
    const SAYS: &'static str = "in non-blocking mode a send into a full queue waits all the same";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if end.mode() != Mode::NonBlocking {
            return what.send(end);
        }
        end.set_mode(Mode::Blocking)?;
        let sent = what.send(end);
        end.set_mode(Mode::NonBlocking)?;
        sent
    }
}

#[derive(Default)]
struct SendTimeoutPoisons(AtomicBool);

impl Fault<MemStream> for SendTimeoutPoisons {
    const NAME: &'static str = "send-timeout-poisons";
    const SAYS: &'static str = "after a send has timed out every receive times out at once";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end);
        self.0.fetch_or(sent.as_ref().is_err_and(Error::is_timeout), SeqCst);
        sent
    }

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if self.0.load(SeqCst) {
            return Err(Error::TimedOut { op: Op::Recv, done: 0 });
        }
        how.recv(end, buf)
    }
}
