//! Datagram sockets that are wrong in one of the ways to send and receive, and right in the others.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, ThreadId};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SocketOption, Transport,
};

use super::awaited::waited;
use super::call::{How, What, is, locked};
use super::fault::Fault;
use super::subject::{connected, datagram};
use crate::Mutant;
use crate::mem::MemDatagram;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        datagram::<ThirdSenderLost>(),
        datagram::<FourthReceiverLoses>(),
        datagram::<ThirtiethTwice>(),
        datagram::<SecondEmptyLost>(),
        datagram::<AwaitedEmptyIsNothing>(),
        datagram::<LongNonblockingRefused>(),
        datagram::<NoRoomNoWait>(),
        datagram::<CutUntold>(),
        datagram::<SendConnects>(),
        datagram::<ConnectSpoils>(),
        datagram::<SharedByOne>(),
        connected::<CloseSendIgnored>(),
        connected::<RefusalNotOnSend>(),
        connected::<AwaitedRefusalElse>(),
    ]
}

/// The threads that have used it.
type Threads = Mutex<HashSet<ThreadId>>;

/// Enters this thread, and tells how many there are, this one counted where it is new.
fn count(threads: &Threads) -> usize {
    let mut threads = locked(threads);
    threads.insert(thread::current().id());
    threads.len()
}

#[derive(Default)]
struct ThirdSenderLost(Threads);

impl Fault<MemDatagram> for ThirdSenderLost {
    const NAME: &'static str = "third-sender-lost";
    const SAYS: &'static str = "once a third thread sends, what is sent is lost";
    const FAILS: &'static [&'static str] = &["datagram.message.concurrent-senders"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if count(&self.0) > 2 { Ok(what.len()) } else { what.send(end) }
    }
}

#[derive(Default)]
struct FourthReceiverLoses(Threads);

impl Fault<MemDatagram> for FourthReceiverLoses {
    const NAME: &'static str = "fourth-receiver-loses";
    const SAYS: &'static str = "once a fourth thread receives, every datagram loses its end";
    const FAILS: &'static [&'static str] = &["datagram.message.concurrent-receivers"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if count(&self.0) < 4 {
            return how.recv(end, buf);
        }
        let mut memory = vec![0; buf.remaining()];
        let mut inner = RecvBuf::new(&mut memory);
        let got = how.recv(end, &mut inner)?;
        let len = buf.append(&inner.filled()[..inner.len() / 2]);
        Ok(Recv { len, ..got })
    }
}

/// How many came, and the last of them.
#[derive(Default)]
struct ThirtiethTwice {
    came: AtomicUsize,
    last: Mutex<Option<(Vec<u8>, Addr)>>,
}

impl Fault<MemDatagram> for ThirtiethTwice {
    const NAME: &'static str = "thirtieth-twice";
    const SAYS: &'static str = "the thirtieth datagram is received twice";
    const FAILS: &'static [&'static str] = &[
        "datagram.message.order",
        "datagram.message.intact",
        "datagram.message.accounted",
        "datagram.message.overflow",
        "datagram.message.both-ways",
        "datagram.message.concurrent-senders",
        "datagram.message.concurrent-receivers",
        "datagram.deadline.loses-nothing",
    ];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if let Some((bytes, peer)) = locked(&self.last).take() {
            return Ok(Recv { len: buf.append(&bytes), peer, truncated: false });
        }
        let before = buf.len();
        let got = how.recv(end, buf)?;
        if self.came.fetch_add(1, SeqCst) == 29 {
            *locked(&self.last) = Some((buf.filled()[before..].to_vec(), got.peer.clone()));
        }
        Ok(got)
    }
}

/// Whether the last one was empty.
#[derive(Default)]
struct SecondEmptyLost(AtomicBool);

impl Fault<MemDatagram> for SecondEmptyLost {
    const NAME: &'static str = "second-empty-lost";
    const SAYS: &'static str = "an empty datagram behind an empty one is lost";
    const FAILS: &'static [&'static str] = &[
        "datagram.message.empty",
        "datagram.message.truncation-told",
        "datagram.message.gathered",
        "datagram.message.batches",
    ];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let empty = what.len() == 0;
        if empty && self.0.load(SeqCst) {
            return Ok(0);
        }
        let sent = what.send(end)?;
        self.0.store(empty, SeqCst);
        Ok(sent)
    }
}

#[derive(Default)]
struct AwaitedEmptyIsNothing;

impl Fault<MemDatagram> for AwaitedEmptyIsNothing {
    const NAME: &'static str = "awaited-empty-is-nothing";
    const SAYS: &'static str = "an empty datagram that a receive has waited for counts as none";
    const FAILS: &'static [&'static str] = &["datagram.deadline.arrival-wakes"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        match waited(end, buf, how) {
            (Ok(Recv { len: 0, .. }), true) => Err(Error::os(Op::Recv, Errno::EAGAIN)),
            (received, _) => received,
        }
    }
}

#[derive(Default)]
struct LongNonblockingRefused;

impl Fault<MemDatagram> for LongNonblockingRefused {
    const NAME: &'static str = "long-nonblocking-refused";
    const SAYS: &'static str = "a non-blocking send of 500 bytes or more would have to wait";
    const FAILS: &'static [&'static str] = &["datagram.deadline.nonblock-send"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        if end.mode() == Mode::NonBlocking && what.len() >= 500 {
            return Err(Error::os(Op::Send, Errno::EAGAIN));
        }
        what.send(end)
    }
}

#[derive(Default)]
struct NoRoomNoWait;

impl Fault<MemDatagram> for NoRoomNoWait {
    const NAME: &'static str = "no-room-no-wait";
    const SAYS: &'static str = "a non-blocking receive without room succeeds though nothing came";
    const FAILS: &'static [&'static str] = &["datagram.message.would-block"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let no_room = buf.remaining() == 0 && end.mode() == Mode::NonBlocking;
        match how.recv(end, buf) {
            Err(error) if error.would_block() && no_room => {
                Ok(Recv { len: 0, peer: end.local_addr()?, truncated: false })
            }
            other => other,
        }
    }
}

#[derive(Default)]
struct CutUntold;

impl Fault<MemDatagram> for CutUntold {
    const NAME: &'static str = "cut-untold";
    const SAYS: &'static str = "that a datagram was cut is not told where more than 256 bytes fit";
    const FAILS: &'static [&'static str] = &["datagram.transfer.cut"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let wide = buf.remaining() > 256;
        let got = how.recv(end, buf)?;
        Ok(Recv { truncated: got.truncated && !wide, ..got })
    }
}

/// Where it sent to.
#[derive(Default)]
struct SendConnects(Mutex<Option<Addr>>);

impl Fault<MemDatagram> for SendConnects {
    const NAME: &'static str = "send-connects";
    const SAYS: &'static str = "who has sent somewhere receives from there only";
    const FAILS: &'static [&'static str] = &[
        "datagram.error.unconnected",
        "datagram.error.loop-survives",
        "datagram.address.several-peers",
        "datagram.address.disconnect",
    ];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        let sent = what.send(end)?;
        *locked(&self.0) = what.to.cloned();
        Ok(sent)
    }

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        let wanted = locked(&self.0).clone();
        loop {
            let mut memory = vec![0; buf.remaining()];
            let mut inner = RecvBuf::new(&mut memory);
            let got = how.recv(end, &mut inner)?;
            if wanted.as_ref().is_none_or(|wanted| *wanted == got.peer) {
                buf.append(inner.filled());
                return Ok(got);
            }
        }
    }
}

/// Whether something had come when it was connected.
#[derive(Default)]
struct ConnectSpoils(AtomicBool);

impl Fault<MemDatagram> for ConnectSpoils {
    const NAME: &'static str = "connect-spoils";
    const SAYS: &'static str = "a socket that is connected while something has come loses bytes";
    const FAILS: &'static [&'static str] = &["datagram.address.before-connect"];

    fn connect(&self, end: &MemDatagram, addr: &Addr, deadline: Deadline) -> Result<()> {
        let look = How { flags: RecvFlags::PEEK | RecvFlags::DONTWAIT, deadline: Deadline::NEVER };
        self.0.fetch_or(look.recv(end, &mut RecvBuf::new(&mut [0])).is_ok(), SeqCst);
        end.connect(addr, deadline)
    }

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        if !self.0.load(SeqCst) {
            return how.recv(end, buf);
        }
        let mut memory = vec![0; buf.remaining()];
        let mut inner = RecvBuf::new(&mut memory);
        let got = how.recv(end, &mut inner)?;
        let len = buf.append(&inner.filled()[..inner.len() / 2]);
        Ok(Recv { len, ..got })
    }
}

#[derive(Default)]
struct SharedByOne;

impl Fault<MemDatagram> for SharedByOne {
    const NAME: &'static str = "shared-by-one";
    const SAYS: &'static str = "who allows an address to be shared binds beside who does not";
    const FAILS: &'static [&'static str] = &["datagram.option.shared-address"];

    fn bind(&self, end: &MemDatagram, addr: &Addr) -> Result<()> {
        let shares = end.option(SocketOption::ReuseAddress).is_ok_and(|shares| shares != 0);
        match end.bind(addr) {
            Err(error) if shares && is(&error, Errno::EADDRINUSE) => Ok(()),
            other => other,
        }
    }
}

#[derive(Default)]
struct CloseSendIgnored;

impl Fault<MemDatagram> for CloseSendIgnored {
    const NAME: &'static str = "close-send-ignored";
    const SAYS: &'static str = "ending the sending side does nothing, though a shutdown does";
    const FAILS: &'static [&'static str] = &["datagram.shutdown.close-send"];

    fn close_send(&self, end: &MemDatagram) -> Result<()> {
        end.peer_addr().map(drop)
    }
}

#[derive(Default)]
struct RefusalNotOnSend;

impl Fault<MemDatagram> for RefusalNotOnSend {
    const NAME: &'static str = "refusal-not-on-send";
    const SAYS: &'static str = "a send that learns of a refusal fails as if the address were wrong";
    const FAILS: &'static [&'static str] = &["datagram.error.refusal-on-send"];

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        what.send(end).map_err(|error| match is(&error, Errno::ECONNREFUSED) {
            true => Error::os(Op::Send, Errno::EINVAL),
            false => error,
        })
    }
}

#[derive(Default)]
struct AwaitedRefusalElse;

impl Fault<MemDatagram> for AwaitedRefusalElse {
    const NAME: &'static str = "awaited-refusal-else";
    const SAYS: &'static str = "a receive that waits for a refusal fails with another error";
    const FAILS: &'static [&'static str] = &["datagram.error.wakes-receiver"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        match waited(end, buf, how) {
            (Err(error), true) if is(&error, Errno::ECONNREFUSED) => {
                Err(Error::os(Op::Recv, Errno::EPIPE))
            }
            (received, _) => received,
        }
    }
}
