//! Streams that send wrongly.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{
    Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, Result, Shutdown, Transport,
};

use super::call::{How, What, is};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<EmptySendAfterEnd>(),
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
struct EmptySendEnds;

impl Fault<MemStream> for EmptySendEnds {
    const NAME: &'static str = "empty-send-ends";
    const SAYS: &'static str = "sending nothing ends the sending side";
    const FAILS: &'static [&'static str] = &["stream.io.empty-send", "stream.io.send-all-empty"];

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
    const SAYS: &'static str = "the first send after the own shutdown is dropped without an error";
    const FAILS: &'static [&'static str] =
        &["stream.eof.unsupported", "stream.eof.write-after", "cross.errno.broken-pipe"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if self.0.swap(false, SeqCst) { Ok(what.len()) } else { what.send(end) }
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        end.shutdown(how)?;
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct SendToNobody(AtomicBool);

impl Fault<MemStream> for SendToNobody {
    const NAME: &'static str = "send-to-nobody";
    const SAYS: &'static str = "what is sent to a peer that has closed is dropped without an error";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.peer-gone",
        "stream.reset.stays-broken",
        "stream.reset.write-to-closed",
    ];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        match what.send(end) {
            Err(error) if error.errno() == Some(Errno::EPIPE) && !self.0.load(SeqCst) => {
                Ok(what.len())
            }
            other => other,
        }
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        end.shutdown(how)?;
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        Ok(())
    }
}

#[derive(Default)]
struct BrokenPipeRecovers(AtomicBool);

impl Fault<MemStream> for BrokenPipeRecovers {
    const NAME: &'static str = "broken-pipe-recovers";
    const SAYS: &'static str = "a broken connection fails one send, later ones succeed";
    const FAILS: &'static [&'static str] = &["stream.reset.stays-broken"];

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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.conn.pending-send",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-fires",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.io.dontwait-send",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.linger-bounded",
        "stream.reset.linger-delivers",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.conn.pending-send",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-fires",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.linger-bounded",
        "stream.reset.linger-delivers",
    ];

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
    const FAILS: &'static [&'static str] = &["stream.deadline.send-leaves-recv"];

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

#[derive(Default)]
struct EmptySendAfterEnd;

impl Fault<MemStream> for EmptySendAfterEnd {
    const NAME: &'static str = "empty-send-after-end-invalid";
    const SAYS: &'static str = "sending nothing after the own end is invalid";
    const FAILS: &'static [&'static str] = &["stream.eof.empty-write-after"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        what.send(end).map_err(|error| match what.len() == 0 && is(&error, Errno::EPIPE) {
            true => Error::os(Op::Send, Errno::EINVAL),
            false => error,
        })
    }
}
