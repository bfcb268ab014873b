//! Streams that lose, repeat or reorder bytes, or count them wrongly.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result};

use super::call::{How, What};
use super::fault::Fault;
use super::subject::stream;
use crate::Mutant;
use crate::mem::MemStream;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<ByteLost>(),
        stream::<ByteTwice>(),
        stream::<BytesReversed>(),
        stream::<CountWholeBuffer>(),
        stream::<ShortAsFull>(),
        stream::<CountOneShort>(),
        stream::<PartialThenError>(),
    ]
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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-send",
        "stream.concurrent.readers",
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-all-total",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.deadline.timeout-total",
        "stream.eof.queued",
        "stream.io.both-ways",
        "stream.io.dontwait-send",
        "stream.io.intact",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.graceful",
        "stream.reset.linger-delivers",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-send",
        "stream.eof.queued",
        "stream.io.intact",
        "stream.reset.graceful",
        "stream.reset.linger-delivers",
    ];

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
    const FAILS: &'static [&'static str] =
        &["stream.eof.queued", "stream.io.intact", "stream.reset.graceful"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        altered(&self.received, end, buf, how, |start, bytes| {
            if start > FAR && bytes.len() >= 16 && !self.done.swap(true, SeqCst) {
                bytes.reverse();
            }
        })
    }
}

#[derive(Default)]
struct CountWholeBuffer;

impl Fault<MemStream> for CountWholeBuffer {
    const NAME: &'static str = "count-whole-buffer";
    const SAYS: &'static str = "a receive counts what was in the buffer before too";
    const FAILS: &'static [&'static str] = &["stream.io.append"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map(|received| Recv { len: buf.len(), ..received })
    }
}

#[derive(Default)]
struct ShortAsFull;

impl Fault<MemStream> for ShortAsFull {
    const NAME: &'static str = "short-as-full";
    const SAYS: &'static str = "a send that took a part is reported as one that took all";
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-send",
        "stream.concurrent.readers",
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-all-total",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.deadline.timeout-total",
        "stream.eof.queued",
        "stream.io.both-ways",
        "stream.io.dontwait-send",
        "stream.io.intact",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.graceful",
        "stream.reset.wakes-writer",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-send",
        "stream.concurrent.readers",
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-all-total",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.deadline.timeout-total",
        "stream.eof.queued",
        "stream.io.both-ways",
        "stream.io.dontwait-send",
        "stream.io.intact",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.graceful",
    ];

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
    const FAILS: &'static [&'static str] = &[
        "stream.concurrent.cancelled-send",
        "stream.concurrent.readers",
        "stream.concurrent.recv-while-send",
        "stream.concurrent.send-buffer",
        "stream.deadline.interrupted-send",
        "stream.deadline.nonblock-full",
        "stream.deadline.past-send",
        "stream.deadline.send-all-total",
        "stream.deadline.send-leaves-recv",
        "stream.deadline.send-resumes",
        "stream.deadline.timeout-total",
        "stream.eof.queued",
        "stream.io.both-ways",
        "stream.io.dontwait-send",
        "stream.io.intact",
        "stream.io.partial",
        "stream.io.send-all-progress",
        "stream.reset.graceful",
        "stream.reset.wakes-writer",
    ];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end)?;
        if sent < what.len() { Err(Error::os(Op::Send, Errno::EAGAIN)) } else { Ok(sent) }
    }
}
