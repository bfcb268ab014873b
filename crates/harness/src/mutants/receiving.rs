//! Streams that receive wrongly.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{
    Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::fault::{Fault, How};
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<EndOnce>(),
        stream::<EndAsWouldBlock>(),
        stream::<EndAsReset>(),
        stream::<ResetAsEnd>(),
        stream::<WouldBlockAsEnd>(),
        stream::<ByteLost>(),
        stream::<ByteTwice>(),
        stream::<BytesReversed>(),
        stream::<PeekConsumes>(),
        stream::<PeekStale>(),
        stream::<EmptyRecvConsumes>(),
        stream::<EmptyRecvEnds>(),
        stream::<WaitallShort>(),
        stream::<DontwaitSticks>(),
        stream::<ReadersShare>(),
        stream::<QueuedAsFlag>(),
    ]
}

/// The lock of a fault's memory, which no panic leaves half-changed.
pub(super) fn locked<T>(memory: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a stream received.
pub(super) fn got(len: usize) -> Result<Recv<()>> {
    Ok(Recv { len, peer: (), truncated: false })
}

/// Takes what has arrived at `end` and forgets it.
pub(super) fn drain(end: &MemStream) {
    let mut lost = [0; 4096];
    let how = How { flags: RecvFlags::DONTWAIT, deadline: Deadline::NEVER };
    while let Ok(Recv { len: 1.., .. }) = how.recv(end, &mut RecvBuf::new(&mut lost)) {}
}

#[derive(Default)]
struct EndOnce(AtomicBool);

impl Fault<MemStream> for EndOnce {
    const NAME: &'static str = "end-once";
    const SAYS: &'static str = "the end is received once, after that receiving fails";
    const FAILS: &'static [&'static str] = &["stream.eof.sticky"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        let got = how.recv(end, buf)?;
        let consumed = room > 0 && !how.flags.contains(RecvFlags::PEEK);
        if got.len == 0 && consumed && self.0.swap(true, SeqCst) {
            return Err(Error::os(Op::Recv, Errno::ENOTCONN));
        }
        Ok(got)
    }
}

#[derive(Default)]
struct EndAsWouldBlock;

impl Fault<MemStream> for EndAsWouldBlock {
    const NAME: &'static str = "end-as-would-block";
    const SAYS: &'static str = "the end is told as if nothing had arrived yet";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        match how.recv(end, buf)? {
            Recv { len: 0, .. } if room > 0 => Err(Error::os(Op::Recv, Errno::EAGAIN)),
            got => Ok(got),
        }
    }
}

#[derive(Default)]
struct EndAsReset;

impl Fault<MemStream> for EndAsReset {
    const NAME: &'static str = "end-as-reset";
    const SAYS: &'static str = "an orderly end is told as a reset";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let room = buf.remaining();
        match how.recv(end, buf)? {
            Recv { len: 0, .. } if room > 0 => Err(Error::os(Op::Recv, Errno::ECONNRESET)),
            got => Ok(got),
        }
    }
}

#[derive(Default)]
struct ResetAsEnd;

impl Fault<MemStream> for ResetAsEnd {
    const NAME: &'static str = "reset-as-end";
    const SAYS: &'static str = "a reset is received as an orderly end";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(error) if error.errno() == Some(Errno::ECONNRESET) => got(0),
            other => other,
        }
    }
}

#[derive(Default)]
struct WouldBlockAsEnd;

impl Fault<MemStream> for WouldBlockAsEnd {
    const NAME: &'static str = "would-block-as-end";
    const SAYS: &'static str = "where receiving would have to wait it tells the end instead";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        match how.recv(end, buf) {
            Err(error) if error.would_block() => got(0),
            other => other,
        }
    }
}

/// An offset that only long streams reach.
const FAR: usize = 256 << 10;

/// Receives as ever, but what came is changed by `change`, which is told at which byte of the
/// stream it starts.
fn altered(
    counted: &AtomicUsize,
    end: &MemStream,
    buf: &mut RecvBuf<'_>,
    how: How,
    change: impl FnOnce(usize, &mut Vec<u8>),
) -> Result<Recv<()>> {
    // One less than there is room for, so that a byte can be added; not where all of it is wanted.
    let room = buf.remaining();
    let spare = usize::from(room > 4096 && !how.flags.contains(RecvFlags::WAITALL));
    let mut memory = vec![0; room - spare];
    let mut inner = RecvBuf::new(&mut memory);
    let received = how.recv(end, &mut inner);
    let mut bytes = inner.filled().to_vec();
    if !how.flags.contains(RecvFlags::PEEK) {
        change(counted.fetch_add(bytes.len(), SeqCst), &mut bytes);
    }
    // An error, too, may leave bytes in the buffer, and tells how many.
    let len = buf.append(&bytes);
    received.map(|received| Recv { len, ..received })
}

#[derive(Default)]
struct ByteLost(AtomicUsize);

impl Fault<MemStream> for ByteLost {
    const NAME: &'static str = "byte-lost";
    const SAYS: &'static str = "the byte at offset 65536 of the stream is lost";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        altered(&self.0, end, buf, how, |start, bytes| {
            if bytes.len() > 1 && (start..start + bytes.len()).contains(&65_536) {
                bytes.remove(65_536 - start);
            }
        })
    }
}

#[derive(Default)]
struct ByteTwice(AtomicUsize);

impl Fault<MemStream> for ByteTwice {
    const NAME: &'static str = "byte-twice";
    const SAYS: &'static str = "the byte at offset 262144 of the stream is received twice";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        altered(&self.0, end, buf, how, |start, bytes| {
            if (start..start + bytes.len()).contains(&FAR) {
                bytes.insert(FAR - start, bytes[FAR - start]);
            }
        })
    }
}

#[derive(Default)]
struct BytesReversed {
    received: AtomicUsize,
    done: AtomicBool,
}

impl Fault<MemStream> for BytesReversed {
    const NAME: &'static str = "bytes-reversed";
    const SAYS: &'static str = "after 262144 bytes of the stream the next ones come in reverse";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        altered(&self.received, end, buf, how, |start, bytes| {
            if start > FAR && bytes.len() >= 16 && !self.done.swap(true, SeqCst) {
                bytes.reverse();
            }
        })
    }
}

#[derive(Default)]
struct PeekConsumes;

impl Fault<MemStream> for PeekConsumes {
    const NAME: &'static str = "peek-consumes";
    const SAYS: &'static str = "peeking takes the bytes out of the queue";
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

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
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.without(RecvFlags::WAITALL).recv(end, buf)
    }
}

#[derive(Default)]
struct DontwaitSticks;

impl Fault<MemStream> for DontwaitSticks {
    const NAME: &'static str = "dontwait-sticks";
    const SAYS: &'static str = "one receive with DONTWAIT makes the socket non-blocking for good";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if how.flags.contains(RecvFlags::DONTWAIT) {
            end.set_mode(Mode::NonBlocking)?;
        }
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct ReadersShare {
    inside: AtomicUsize,
    several: AtomicBool,
    shared: Mutex<VecDeque<u8>>,
}

impl Fault<MemStream> for ReadersShare {
    const NAME: &'static str = "readers-share";
    const SAYS: &'static str =
        "once there were two readers at a time, each byte may be received twice";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if let Some(byte) = locked(&self.shared).pop_front() {
            return got(buf.append(&[byte]));
        }
        if self.inside.fetch_add(1, SeqCst) > 0 {
            self.several.store(true, SeqCst);
        }
        let before = buf.len();
        let received = how.recv(end, buf);
        self.inside.fetch_sub(1, SeqCst);
        if self.several.load(SeqCst) {
            locked(&self.shared).extend(buf.filled()[before..].first());
        }
        received
    }
}

#[derive(Default)]
struct QueuedAsFlag;

impl Fault<MemStream> for QueuedAsFlag {
    const NAME: &'static str = "queued-as-flag";
    const SAYS: &'static str = "the count of queued bytes is 1 whenever there are any";
    const FAILS: &'static [&'static str] = &[];

    fn queued(&self, end: &MemStream) -> Result<usize> {
        Ok(end.queued()?.min(1))
    }
}
