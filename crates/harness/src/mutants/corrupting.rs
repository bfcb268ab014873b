//! Streams that lose, repeat or reorder bytes, or count them wrongly.

use std::io::IoSlice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags};

use super::call::{How, What, locked};
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
        stream::<FirstSliceOnly>(),
        stream::<SlicesReversed>(),
        stream::<EmptySliceEnds>(),
        stream::<MoreDrops>(),
        stream::<SendHeldBack>(),
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
struct CountWholeBuffer;

impl Fault<MemStream> for CountWholeBuffer {
    const NAME: &'static str = "count-whole-buffer";
    const SAYS: &'static str = "a receive counts what was in the buffer before too";
    const FAILS: &'static [&'static str] = &[];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        how.recv(end, buf).map(|received| Recv { len: buf.len(), ..received })
    }
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
struct MoreDrops;

impl Fault<MemStream> for MoreDrops {
    const NAME: &'static str = "more-drops";
    const SAYS: &'static str = "what is sent with MORE is counted and never sent";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if what.flags.contains(SendFlags::MORE) { Ok(what.len()) } else { what.send(end) }
    }
}

#[derive(Default)]
struct SendHeldBack {
    sends: AtomicUsize,
    held: Mutex<Vec<u8>>,
}

impl Fault<MemStream> for SendHeldBack {
    const NAME: &'static str = "send-held-back";
    const SAYS: &'static str = "the 25th send is held back until the next one";
    const FAILS: &'static [&'static str] = &[];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let mut held = locked(&self.held);
        if self.sends.fetch_add(1, SeqCst) == 24 && what.len() <= 100 {
            held.extend(what.whole());
            return Ok(what.len());
        }
        if !held.is_empty() {
            what.send_as(end, &held)?;
            held.clear();
        }
        drop(held);
        what.send(end)
    }
}
