//! Datagrams whose messages do not arrive as they were sent.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use sockrates_core::{Addr, Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result};

use super::call::{How, What};
use super::fault::Fault;
use super::subject::datagram;
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<MessagesMerged>(),
        datagram::<MessageSplit>(),
        datagram::<SlicesApart>(),
        datagram::<EmptyDropped>(),
        datagram::<EmptyAsEnd>(),
        datagram::<MessageTwice>(),
        datagram::<MessageLost>(),
        datagram::<TailCorrupt>(),
        datagram::<OversizeCut>(),
        datagram::<OversizePoisons>(),
        datagram::<OverflowCuts>(),
    ]
}

/// What the mutants take for a short message, in bytes.
const SHORT: usize = 20;

#[derive(Default)]
struct MessagesMerged;

impl Fault<MemDatagram> for MessagesMerged {
    const NAME: &'static str = "messages-merged";
    const SAYS: &'static str = "short messages that wait are received as one";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.before-connect",
        "datagram.address.several-peers",
        "datagram.message.boundaries",
        "datagram.message.order",
        "datagram.shutdown.reverse",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let mut got = how.recv(end, buf)?;
        let more = how.with(RecvFlags::DONTWAIT);
        let short = |len| !how.flags.contains(RecvFlags::PEEK) && (1..=SHORT).contains(&len);
        while short(got.len) && end.queued().is_ok_and(short) {
            let Ok(next) = more.recv(end, buf) else { break };
            got.len += next.len;
        }
        Ok(got)
    }
}

#[derive(Default)]
struct MessageSplit;

impl Fault<MemDatagram> for MessageSplit {
    const NAME: &'static str = "message-split";
    const SAYS: &'static str = "a message over 1024 bytes is sent as several";
    const FAILS: &'static [&'static str] = &["datagram.message.intact", "datagram.transfer.sizes"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if !(1..=65_507).contains(&what.len()) {
            return what.send(end);
        }
        what.whole().chunks(1024).map(|piece| what.send_as(end, piece)).sum()
    }
}

#[derive(Default)]
struct SlicesApart;

impl Fault<MemDatagram> for SlicesApart {
    const NAME: &'static str = "slices-apart";
    const SAYS: &'static str = "each slice of a message is sent as a message of its own";
    const FAILS: &'static [&'static str] = &["datagram.message.gathered"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.bytes.len() < 2 {
            return what.send(end);
        }
        what.bytes.iter().map(|slice| what.send_as(end, slice)).sum()
    }
}

#[derive(Default)]
struct EmptyDropped;

impl Fault<MemDatagram> for EmptyDropped {
    const NAME: &'static str = "empty-dropped";
    const SAYS: &'static str = "an empty message is not sent";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.no-destination",
        "datagram.address.source",
        "datagram.deadline.arrival-wakes",
        "datagram.deadline.nonblock-send",
        "datagram.message.batches",
        "datagram.message.empty",
        "datagram.message.gathered",
        "datagram.message.intact",
        "datagram.message.peek",
        "datagram.message.truncation-told",
        "datagram.shutdown.close-send",
        "datagram.shutdown.sent-survives",
        "datagram.shutdown.write",
        "datagram.transfer.sizes",
        "datagram.transfer.two-senders",
        "datagram.state.wait-empty",
    ];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.len() == 0 { Ok(0) } else { what.send(end) }
    }
}

#[derive(Default)]
struct EmptyAsEnd(AtomicBool);

impl Fault<MemDatagram> for EmptyAsEnd {
    const NAME: &'static str = "empty-as-end";
    const SAYS: &'static str =
        "an empty message is taken for the end: receiving fails from then on";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.source",
        "datagram.deadline.arrival-wakes",
        "datagram.deadline.nonblock-send",
        "datagram.message.batches",
        "datagram.message.empty",
        "datagram.message.gathered",
        "datagram.message.intact",
        "datagram.message.peek",
        "datagram.message.truncation-told",
        "datagram.shutdown.sent-survives",
        "datagram.transfer.sizes",
        "datagram.transfer.two-senders",
        "datagram.state.wait-empty",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let ended = || Error::Eof { op: Op::Recv, have: 0, want: None };
        if self.0.load(SeqCst) {
            return Err(ended());
        }
        let room = buf.remaining();
        let got = how.recv(end, buf)?;
        if got.len == 0 && room > 0 {
            self.0.store(true, SeqCst);
            return Err(ended());
        }
        Ok(got)
    }
}

#[derive(Default)]
struct MessageTwice;

impl Fault<MemDatagram> for MessageTwice {
    const NAME: &'static str = "message-twice";
    const SAYS: &'static str = "a message over 512 bytes is sent twice";
    const FAILS: &'static [&'static str] = &[
        "datagram.message.accounted",
        "datagram.message.concurrent-receivers",
        "datagram.message.concurrent-senders",
        "datagram.message.intact",
        "datagram.message.overflow",
        "datagram.message.peek",
        "datagram.message.truncation",
        "datagram.transfer.sizes",
    ];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.len() > 512 {
            what.send(end)?;
        }
        what.send(end)
    }
}

#[derive(Default)]
struct TailCorrupt;

impl Fault<MemDatagram> for TailCorrupt {
    const NAME: &'static str = "tail-corrupt";
    const SAYS: &'static str = "what lies after the first 1024 bytes of a message arrives as zeros";
    const FAILS: &'static [&'static str] = &["datagram.message.intact", "datagram.transfer.sizes"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let mut whole = what.whole();
        if let Some(tail) = whole.get_mut(1024..) {
            tail.fill(0);
        }
        what.send_as(end, &whole)
    }
}

#[derive(Default)]
struct OversizeCut;

impl Fault<MemDatagram> for OversizeCut {
    const NAME: &'static str = "oversize-cut";
    const SAYS: &'static str = "a message over the maximum is cut to it instead of refused";
    const FAILS: &'static [&'static str] = &["datagram.message.too-long"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        match what.send(end) {
            Err(error) if error.errno() == Some(Errno::EMSGSIZE) => {
                what.send_as(end, &what.whole()[..65_507])?;
                Ok(what.len())
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct OversizePoisons(AtomicBool);

impl Fault<MemDatagram> for OversizePoisons {
    const NAME: &'static str = "oversize-poisons";
    const SAYS: &'static str = "after a message over the maximum no other can be sent";
    const FAILS: &'static [&'static str] = &["datagram.message.too-long"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let too_long = || Error::os(Op::Send, Errno::EMSGSIZE);
        if self.0.load(SeqCst) {
            return Err(too_long());
        }
        let sent = what.send(end);
        let poisoned = sent.as_ref().is_err_and(|error| error.errno() == too_long().errno());
        self.0.fetch_or(poisoned, SeqCst);
        sent
    }
}

/// It knows nothing of the receiver's queue, and takes it for full after so many bytes.
#[derive(Default)]
struct OverflowCuts(AtomicUsize);

impl Fault<MemDatagram> for OverflowCuts {
    const NAME: &'static str = "overflow-cuts";
    const SAYS: &'static str = "a message that finds the queue nearly full is cut to what fits";
    const FAILS: &'static [&'static str] =
        &["datagram.message.overflow", "datagram.message.too-long"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let before = self.0.fetch_add(what.len(), SeqCst);
        if before < 200 << 10 || !(1..=65_507).contains(&what.len()) {
            return what.send(end);
        }
        let whole = what.whole();
        what.send_as(end, &whole[..whole.len() / 2])?;
        Ok(whole.len())
    }
}

#[derive(Default)]
struct MessageLost(AtomicUsize);

impl Fault<MemDatagram> for MessageLost {
    const NAME: &'static str = "message-lost";
    const SAYS: &'static str = "the 12th message of a socket is not sent";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.reconnect",
        "datagram.deadline.loses-nothing",
        "datagram.message.accounted",
        "datagram.message.batches",
        "datagram.message.both-ways",
        "datagram.message.boundaries",
        "datagram.message.concurrent-receivers",
        "datagram.message.concurrent-senders",
        "datagram.message.intact",
        "datagram.message.order",
        "datagram.transfer.batches",
        "datagram.transfer.two-senders",
    ];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if self.0.fetch_add(1, SeqCst) == 11 { Ok(what.len()) } else { what.send(end) }
    }
}
