//! Transports whose fault shows only under adversity: small reads, many slices, small buffers.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Recv, RecvBuf, RecvFlags, Result, SocketOption};

use super::call::{How, What, got};
use super::fault::{End, Fault};
use super::subject::{datagram, stream};
use crate::mem::{MemDatagram, MemStream};
use crate::{Axis, Mutant};

/// The clauses in which an end sends, and the other receives, a few hundred bytes.
const MANY_BYTES: &[&str] = &[
    "stream.concurrent.cancelled-recv",
    "stream.concurrent.cancelled-send",
    "stream.concurrent.readers",
    "stream.concurrent.recv-while-send",
    "stream.concurrent.send-buffer",
    "stream.concurrent.writers",
    "stream.deadline.interrupted-send",
    "stream.deadline.nonblock-full",
    "stream.deadline.past-send",
    "stream.deadline.send-all-total",
    "stream.deadline.send-leaves-recv",
    "stream.deadline.send-resumes",
    "stream.deadline.timeout-total",
    "stream.eof.queued",
    "stream.io.both-ways",
    "stream.io.boundaries",
    "stream.io.dontwait-send",
    "stream.io.intact",
    "stream.io.many-parts",
    "stream.io.partial",
    "stream.io.prompt",
    "stream.io.send-all-progress",
    "stream.io.uninit",
    "stream.io.vectored",
    "stream.reset.graceful",
    "stream.reset.linger-delivers",
];

/// The clauses with messages of 17 bytes or more.
const LONG_MESSAGES: &[&str] = &[
    "datagram.address.connect",
    "datagram.address.reply",
    "datagram.deadline.arrival-wakes",
    "datagram.deadline.cleared",
    "datagram.deadline.interrupted-recv",
    "datagram.deadline.loses-nothing",
    "datagram.deadline.minimum",
    "datagram.deadline.nonblock-send",
    "datagram.deadline.past-ready",
    "datagram.deadline.past-recv",
    "datagram.deadline.past-send",
    "datagram.deadline.usable",
    "datagram.error.keeps-queue",
    "datagram.error.loop-survives",
    "datagram.error.usable",
    "datagram.message.accounted",
    "datagram.message.batches",
    "datagram.message.both-ways",
    "datagram.message.boundaries",
    "datagram.message.concurrent-receivers",
    "datagram.message.concurrent-senders",
    "datagram.message.dont-wait",
    "datagram.message.gathered",
    "datagram.message.intact",
    "datagram.message.length-told",
    "datagram.message.overflow",
    "datagram.message.peek",
    "datagram.message.peek-short",
    "datagram.message.queued",
    "datagram.message.too-long",
    "datagram.message.truncation",
    "datagram.message.truncation-told",
    "datagram.shutdown.sent-survives",
    "datagram.state.peek-length",
    "datagram.transfer.batches",
    "datagram.transfer.cut",
    "datagram.transfer.directions",
    "datagram.transfer.sizes",
    "datagram.transfer.two-senders",
];

/// The clauses that send more than a small buffer holds.
const FULL_BUFFERS: &[&str] = &[
    "stream.concurrent.cancelled-recv",
    "stream.concurrent.cancelled-send",
    "stream.concurrent.readers",
    "stream.concurrent.recv-while-send",
    "stream.concurrent.send-buffer",
    "stream.concurrent.writers",
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
    "stream.io.vectored",
    "stream.reset.graceful",
    "stream.reset.wakes-writer",
];

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<ReadsCounted>(),
        stream::<RoomForOne>(),
        stream::<SkipsSlice>(),
        datagram::<SkipsSliceOfDatagram>(),
        stream::<SmallBufferLoses>(),
        datagram::<SmallBufferCuts>(),
    ]
}

#[derive(Default)]
struct ReadsCounted(AtomicU8);

impl Fault<MemStream> for ReadsCounted {
    const NAME: &'static str = "reads-counted";
    const SAYS: &'static str =
        "from the 200th on receives into a buffer of one byte are taken for the end";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::OneByteReads, MANY_BYTES)];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        let count = |before: u8| Some(before.saturating_add(1));
        if buf.remaining() == 1
            && self.0.fetch_update(SeqCst, SeqCst, count).is_ok_and(|before| before >= 199)
        {
            return got(0);
        }
        how.recv(end, buf)
    }
}

#[derive(Default)]
struct RoomForOne(AtomicU8);

impl Fault<MemStream> for RoomForOne {
    const NAME: &'static str = "room-for-one";
    const SAYS: &'static str = "after 60 receives of one byte the next one brings its byte twice";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::OneByteReads, MANY_BYTES)];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        if buf.remaining() == 1 && self.0.fetch_add(1, SeqCst) == 60 {
            return how.with(RecvFlags::PEEK).recv(end, buf);
        }
        how.recv(end, buf)
    }
}

/// Sends without the slice at which a list in place gives way to a longer one.
fn send_without<E: End>(end: &E, what: What<'_, E::Peer>) -> Result<usize> {
    if !(17..=32).contains(&what.bytes.len()) {
        return what.send(end);
    }
    let mut bytes = what.bytes.to_vec();
    let lost = bytes.remove(16).len();
    Ok(What { bytes: &bytes, ..what }.send(end)? + lost)
}

#[derive(Default)]
struct SkipsSlice;

impl Fault<MemStream> for SkipsSlice {
    const NAME: &'static str = "seventeenth-slice";
    const SAYS: &'static str = "of 17 to 32 slices the 17th is left out, and said to be sent";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::ShortWrites, MANY_BYTES)];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        send_without(end, what)
    }
}

#[derive(Default)]
struct SkipsSliceOfDatagram;

impl Fault<MemDatagram> for SkipsSliceOfDatagram {
    const NAME: &'static str = "seventeenth-slice-of-datagram";
    const SAYS: &'static str = "a datagram of 17 to 32 slices is sent without the 17th";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::ShortWrites, LONG_MESSAGES)];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        send_without(end, what)
    }
}

/// Whether this makes a send buffer small.
fn is_small(option: SocketOption, value: i32) -> bool {
    option == SocketOption::SendBuffer && value <= 2048
}

#[derive(Default)]
struct SmallBufferLoses(AtomicBool);

impl Fault<MemStream> for SmallBufferLoses {
    const NAME: &'static str = "small-buffer-loses";
    const SAYS: &'static str = "with a small buffer a send says it took all, and keeps what fits";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::SmallBuffers, FULL_BUFFERS)];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end)?;
        Ok(if self.0.load(SeqCst) { what.len() } else { sent })
    }

    fn set_option(&self, end: &MemStream, option: SocketOption, value: i32) -> Result<()> {
        self.0.fetch_or(is_small(option, value), SeqCst);
        end.set_option(option, value)
    }
}

#[derive(Default)]
struct SmallBufferCuts(AtomicBool);

impl Fault<MemDatagram> for SmallBufferCuts {
    const NAME: &'static str = "small-buffer-cuts";
    const SAYS: &'static str = "with a small buffer a datagram is cut off behind its 64th byte";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(
        Axis::SmallBuffers,
        &[
            "datagram.deadline.loses-nothing",
            "datagram.deadline.nonblock-send",
            "datagram.message.both-ways",
            "datagram.message.gathered",
            "datagram.message.intact",
            "datagram.message.length-told",
            "datagram.message.overflow",
            "datagram.message.peek",
            "datagram.message.too-long",
            "datagram.message.truncation",
            "datagram.shutdown.sent-survives",
            "datagram.state.peek-length",
        ],
    )];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let whole = what.whole();
        if !self.0.load(SeqCst) || whole.len() <= 64 {
            return what.send(end);
        }
        what.send_as(end, &whole[..64])?;
        Ok(whole.len())
    }

    fn set_option(&self, end: &MemDatagram, option: SocketOption, value: i32) -> Result<()> {
        self.0.fetch_or(is_small(option, value), SeqCst);
        end.set_option(option, value)
    }
}
