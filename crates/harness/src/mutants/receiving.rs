//! Streams that receive wrongly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use sockrates_core::{
    Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::{How, got, locked};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<PeekConsumes>(),
        stream::<PeekStale>(),
        stream::<EmptyRecvConsumes>(),
        stream::<EmptyRecvEnds>(),
        stream::<WaitallShort>(),
        stream::<DontwaitSticks>(),
        stream::<QueuedAsFlag>(),
        stream::<RecvFills>(),
        stream::<SmallRefused>(),
    ]
}

#[derive(Default)]
struct PeekConsumes;

impl Fault<MemStream> for PeekConsumes {
    const NAME: &'static str = "peek-consumes";
    const SAYS: &'static str = "peeking takes the bytes out of the queue";
    const FAILS: &'static [&'static str] = &["stream.io.peek", "stream.state.peek-all"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.without(RecvFlags::PEEK).recv(end, buf)
    }
}

#[derive(Default)]
struct PeekStale(Mutex<Vec<u8>>);

impl Fault<MemStream> for PeekStale {
    const NAME: &'static str = "peek-stale";
    const SAYS: &'static str =
        "a peek repeats what an earlier peek saw, though it was received since";
    const FAILS: &'static [&'static str] = &["stream.io.peek"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if !how.flags.contains(RecvFlags::PEEK) {
            return how.recv(end, buf);
        }
        let mut seen = locked(&self.0);
        if !seen.is_empty() {
            return got(buf.append(&seen));
        }
        let before = buf.len();
        let got = how.recv(end, buf)?;
        seen.extend_from_slice(&buf.filled()[before..]);
        Ok(got)
    }
}

#[derive(Default)]
struct EmptyRecvConsumes;

impl Fault<MemStream> for EmptyRecvConsumes {
    const NAME: &'static str = "empty-recv-consumes";
    const SAYS: &'static str = "receiving into a buffer without room loses a byte";
    const FAILS: &'static [&'static str] = &["stream.io.empty-recv", "stream.state.no-room-at-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() == 0 {
            let mut lost = [0];
            // Where there is nothing to lose all is well.
            let _ = how.with(RecvFlags::DONTWAIT).recv(end, &mut RecvBuf::new(&mut lost));
        }
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct EmptyRecvEnds(AtomicBool);

impl Fault<MemStream> for EmptyRecvEnds {
    const NAME: &'static str = "empty-recv-ends";
    const SAYS: &'static str = "0 bytes received into a buffer without room are taken for the end";
    const FAILS: &'static [&'static str] =
        &["stream.io.empty-recv", "stream.io.empty-recv-idle", "stream.state.no-room-at-end"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if self.0.load(SeqCst) {
            return got(0);
        }
        let received = how.recv(end, buf)?;
        if received.len == 0 {
            self.0.store(true, SeqCst);
        }
        Ok(received)
    }
}

#[derive(Default)]
struct WaitallShort;

impl Fault<MemStream> for WaitallShort {
    const NAME: &'static str = "waitall-short";
    const SAYS: &'static str = "WAITALL returns with whatever has arrived";
    const FAILS: &'static [&'static str] = &["stream.io.waitall"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.without(RecvFlags::WAITALL).recv(end, buf)
    }
}

#[derive(Default)]
struct DontwaitSticks;

impl Fault<MemStream> for DontwaitSticks {
    const NAME: &'static str = "dontwait-sticks";
    const SAYS: &'static str = "one receive with DONTWAIT makes the socket non-blocking for good";
    const FAILS: &'static [&'static str] = &["stream.io.dontwait-recv"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if how.flags.contains(RecvFlags::DONTWAIT) {
            end.set_mode(Mode::NonBlocking)?;
        }
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct QueuedAsFlag;

impl Fault<MemStream> for QueuedAsFlag {
    const NAME: &'static str = "queued-as-flag";
    const SAYS: &'static str = "the count of queued bytes is 1 whenever there are any";
    const FAILS: &'static [&'static str] = &["stream.io.queued"];

    fn queued(&self, end: &MemStream) -> Result<usize> {
        Ok(end.queued()?.min(1))
    }
}

#[derive(Default)]
struct RecvFills;

impl Fault<MemStream> for RecvFills {
    const NAME: &'static str = "recv-fills";
    const SAYS: &'static str = "a receive into 1000 bytes or more waits until all of them came";
    const FAILS: &'static [&'static str] = &["stream.io.available"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let fills = buf.remaining() >= 1000 && !how.flags.contains(RecvFlags::PEEK);
        let how = if fills { how.with(RecvFlags::WAITALL) } else { how };
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct SmallRefused(AtomicBool);

impl Fault<MemStream> for SmallRefused {
    const NAME: &'static str = "small-buffer-refused";
    const SAYS: &'static str =
        "a first receive into much less than has arrived fails, as if that were a message";
    const FAILS: &'static [&'static str] = &["stream.io.boundaries"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let first = !self.0.swap(true, SeqCst);
        if first && buf.remaining() == 7 && end.queued()? == 100 {
            return Err(Error::os(Op::Recv, Errno::EMSGSIZE));
        }
        how.recv(end, buf)
    }
}
