//! Datagrams that receive wrongly.

use std::collections::VecDeque;
use std::sync::Mutex;

use sockrates_core::{
    Addr, Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags,
};

use super::call::{How, What, locked};
use super::fault::Fault;
use super::subject::datagram;
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<TruncationHidden>(),
        datagram::<TruncationLeaks>(),
        datagram::<TruncLengthCut>(),
        datagram::<WouldBlockAsEmpty>(),
        datagram::<DatagramPeekConsumes>(),
        datagram::<PeekCuts>(),
        datagram::<DatagramWaitallMerges>(),
        datagram::<DatagramDontwaitCuts>(),
        datagram::<DatagramQueuedFlag>(),
        datagram::<OutOfBandInvalid>(),
    ]
}

#[derive(Default)]
struct TruncationHidden;

impl Fault<MemDatagram> for TruncationHidden {
    const NAME: &'static str = "truncation-hidden";
    const SAYS: &'static str = "that a tail was lost is not told";
    const FAILS: &'static [&'static str] = &[
        "datagram.message.batches",
        "datagram.message.length-told",
        "datagram.message.no-room",
        "datagram.message.peek-short",
        "datagram.message.truncation-told",
        "datagram.transfer.cut",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        Ok(Recv { truncated: false, ..how.recv(end, buf)? })
    }
}

#[derive(Default)]
struct TruncationLeaks(Mutex<VecDeque<(Vec<u8>, Addr)>>);

impl Fault<MemDatagram> for TruncationLeaks {
    const NAME: &'static str = "truncation-leaks";
    const SAYS: &'static str = "the tail that found no room is received as the next message";
    const FAILS: &'static [&'static str] = &[
        "datagram.message.appends",
        "datagram.message.batches",
        "datagram.message.no-room",
        "datagram.message.truncation",
        "datagram.message.truncation-told",
        "datagram.transfer.cut",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let mut tails = locked(&self.0);
        if let Some((tail, peer)) = tails.pop_front() {
            return Ok(Recv { len: buf.append(&tail), peer, truncated: false });
        }
        drop(tails);
        let mut memory = vec![0; 65_536];
        let mut whole = RecvBuf::new(&mut memory);
        let got = how.without(RecvFlags::TRUNC).recv(end, &mut whole)?;
        let len = buf.append(whole.filled());
        let truncated = len < got.len;
        if truncated && !how.flags.contains(RecvFlags::PEEK) {
            let tail = whole.filled()[len..].to_vec();
            locked(&self.0).push_back((tail, got.peer.clone()));
        }
        let told = if how.flags.contains(RecvFlags::TRUNC) { got.len } else { len };
        Ok(Recv { len: told, peer: got.peer, truncated })
    }
}

#[derive(Default)]
struct TruncLengthCut;

impl Fault<MemDatagram> for TruncLengthCut {
    const NAME: &'static str = "trunc-length-cut";
    const SAYS: &'static str = "TRUNC tells the length of what was received, not of the message";
    const FAILS: &'static [&'static str] =
        &["datagram.message.length-told", "datagram.state.peek-length"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        how.without(RecvFlags::TRUNC).recv(end, buf)
    }
}

#[derive(Default)]
struct WouldBlockAsEmpty;

impl Fault<MemDatagram> for WouldBlockAsEmpty {
    const NAME: &'static str = "would-block-as-empty";
    const SAYS: &'static str = "where receiving would have to wait it makes up an empty message";
    const FAILS: &'static [&'static str] = &[
        "cross.errno.raw",
        "cross.errno.would-block",
        "datagram.deadline.minimum",
        "datagram.error.loop-survives",
        "datagram.error.once",
        "datagram.error.so-error",
        "datagram.message.batches",
        "datagram.message.dont-wait",
        "datagram.message.overflow",
        "datagram.message.would-block",
        "datagram.shutdown.no-end",
        "datagram.state.fresh",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        match how.recv(end, buf) {
            Err(error) if error.would_block() => {
                Ok(Recv { len: 0, peer: end.local_addr()?, truncated: false })
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct DatagramPeekConsumes;

impl Fault<MemDatagram> for DatagramPeekConsumes {
    const NAME: &'static str = "datagram-peek-consumes";
    const SAYS: &'static str = "peeking at a message takes it out of the queue";
    const FAILS: &'static [&'static str] = &[
        "datagram.address.peek-source",
        "datagram.message.peek",
        "datagram.message.peek-short",
        "datagram.transfer.directions",
        "datagram.transfer.two-senders",
        "datagram.state.peek-length",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        how.without(RecvFlags::PEEK).recv(end, buf)
    }
}

/// What was peeked at is cut to the peek's buffer for good.
#[derive(Default)]
struct PeekCuts(Mutex<Option<usize>>);

impl Fault<MemDatagram> for PeekCuts {
    const NAME: &'static str = "datagram-peek-cuts";
    const SAYS: &'static str = "peeking at a message with a small buffer cuts the message";
    const FAILS: &'static [&'static str] =
        &["datagram.message.peek-short", "datagram.state.peek-length"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if how.flags.contains(RecvFlags::PEEK) {
            let got = how.recv(end, buf)?;
            *locked(&self.0) = Some(buf.len());
            return Ok(got);
        }
        let Some(cut) = locked(&self.0).take() else { return how.recv(end, buf) };
        let mut memory = vec![0; cut];
        let mut part = RecvBuf::new(&mut memory);
        let got = how.recv(end, &mut part)?;
        Ok(Recv { len: buf.append(part.filled()), truncated: false, ..got })
    }
}

#[derive(Default)]
struct DatagramWaitallMerges;

impl Fault<MemDatagram> for DatagramWaitallMerges {
    const NAME: &'static str = "datagram-waitall-merges";
    const SAYS: &'static str =
        "with WAITALL a receive goes on to the next messages until the buffer is full";
    const FAILS: &'static [&'static str] = &["datagram.message.wait-all"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let mut got = how.recv(end, buf)?;
        while how.flags.contains(RecvFlags::WAITALL) && buf.remaining() > 0 {
            got.len += how.recv(end, buf)?.len;
        }
        Ok(got)
    }
}

#[derive(Default)]
struct DatagramDontwaitCuts;

impl Fault<MemDatagram> for DatagramDontwaitCuts {
    const NAME: &'static str = "datagram-dontwait-cuts";
    const SAYS: &'static str = "with DONTWAIT no more than 8 bytes of a message are received";
    const FAILS: &'static [&'static str] =
        &["datagram.message.batches", "datagram.message.dont-wait"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if !how.flags.contains(RecvFlags::DONTWAIT) || buf.remaining() <= 8 {
            return how.recv(end, buf);
        }
        let mut memory = [0; 8];
        let mut part = RecvBuf::new(&mut memory);
        let got = how.recv(end, &mut part)?;
        Ok(Recv { len: buf.append(part.filled()), truncated: false, ..got })
    }
}

#[derive(Default)]
struct DatagramQueuedFlag;

impl Fault<MemDatagram> for DatagramQueuedFlag {
    const NAME: &'static str = "datagram-queued-as-flag";
    const SAYS: &'static str = "the count of queued bytes is 1 whenever there are any";
    const FAILS: &'static [&'static str] = &["datagram.message.queued"];

    fn queued(&self, end: &MemDatagram) -> Result<usize> {
        Ok(end.queued()?.min(1))
    }
}

#[derive(Default)]
struct OutOfBandInvalid;

impl Fault<MemDatagram> for OutOfBandInvalid {
    const NAME: &'static str = "out-of-band-destination";
    const SAYS: &'static str = "sending urgent data is told to lack a destination";
    const FAILS: &'static [&'static str] =
        &["cross.capability.flags", "datagram.message.out-of-band"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if what.flags.contains(SendFlags::OOB) {
            return Err(Error::os(Op::Send, Errno::EDESTADDRREQ));
        }
        what.send(end)
    }
}
