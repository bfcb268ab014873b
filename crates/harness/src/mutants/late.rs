//! Transports whose fault shows only where somebody comes late.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, RecvFlags, Result, Transport,
};

use super::call::{How, What};
use super::fault::{End, Fault};
use super::subject::{datagram, stream};
use crate::mem::{MemDatagram, MemStream};
use crate::{Axis, Mutant};

/// The clauses in which a few bytes are sent to an end that does nothing before it receives them.
const READ_LATE: &[&str] = &[
    "stream.concurrent.send-while-recv",
    "stream.conn.refused-leaks-nothing",
    "stream.conn.several",
    "stream.deadline.mode-kept",
    "stream.deadline.past-ready",
    "stream.deadline.recv-leaves-send",
    "stream.eof.drained",
    "stream.eof.half",
    "stream.eof.read-side",
    "stream.eof.unread-input",
    "stream.eof.wrong-number",
    "stream.io.append",
    "stream.io.available",
    "stream.io.destination",
    "stream.io.empty-parts",
    "stream.io.empty-recv",
    "stream.io.more",
    "stream.io.recv-exact-end",
    "stream.io.recv-exact-progress",
    "stream.io.send-all-empty",
    "stream.io.waitall",
    "stream.io.waitall-deadline",
    "stream.io.waitall-end",
    "stream.listen.accept-deadline",
    "stream.listen.close-keeps-accepted",
    "stream.option.nodelay",
    "stream.option.urgent-inline",
    "stream.reset.last-reference",
    "stream.state.bind-connected",
    "stream.state.linger-taken-back",
    "stream.state.listen-again",
    "stream.state.listen-connected",
    "stream.state.queued-before-shutdown",
    "cross.rights.plain-receive",
];

/// The same with messages.
const TAKEN_LATE: &[&str] = &[
    "datagram.address.connect",
    "datagram.address.disconnect",
    "datagram.address.elsewhere",
    "datagram.address.filter",
    "datagram.address.port-zero",
    "datagram.address.reconnect",
    "datagram.address.reply",
    "datagram.address.wrong-family",
    "datagram.deadline.nonblock-send",
    "datagram.deadline.past-ready",
    "datagram.deadline.past-send",
    "datagram.message.appends",
    "datagram.message.batches",
    "datagram.message.boundaries",
    "datagram.message.gathered",
    "datagram.message.order",
    "datagram.shutdown.close-send",
    "datagram.shutdown.dup",
    "datagram.shutdown.failed",
    "datagram.shutdown.no-end",
    "datagram.shutdown.reverse",
    "datagram.shutdown.sent-survives",
    "datagram.shutdown.write",
    "datagram.state.bind-connected",
    "datagram.state.fresh",
    "datagram.transfer.cut",
    "datagram.transfer.directions",
    "datagram.transfer.sizes",
    "cross.rights.plain-receive",
];

/// The clauses in which somebody has connected before the first accept.
const ACCEPTED_LATE: &[&str] = &[
    "stream.conn.again",
    "stream.conn.chosen-address",
    "stream.conn.in-progress",
    "stream.conn.local-address",
    "stream.conn.refused-leaks-nothing",
    "stream.conn.reuse",
    "stream.conn.several",
    "stream.listen.accept-accepted",
    "stream.listen.accept-address",
    "stream.listen.close-keeps-accepted",
    "stream.listen.early-close",
    "stream.listen.early-data",
    "stream.listen.once-each",
    "stream.state.bind-connected",
    "stream.state.listen-connected",
];

pub(super) fn all() -> Vec<Mutant> {
    vec![stream::<GoesStale>(), datagram::<DatagramGoesStale>(), stream::<KnocksInVain>()]
}

/// How long it takes until what lies unread goes stale: longer than a sender and a receiver take
/// who come in time, and shorter than those who both come late.
const STALE: Duration = Duration::from_millis(20);

/// When an end was made, and whether anything was done with it since.
struct Age {
    made: Instant,
    used: AtomicBool,
}

impl Default for Age {
    fn default() -> Self {
        Self { made: Instant::now(), used: AtomicBool::new(false) }
    }
}

impl Age {
    fn use_it(&self) -> bool {
        self.used.swap(true, SeqCst)
    }

    /// Receives, and spoils what was there before anything was done with an end that is old.
    fn recv<E: End>(&self, end: &E, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<E::Peer>> {
        let is_first = !self.use_it() && how.flags == RecvFlags::NONE;
        let is_stale =
            is_first && self.made.elapsed() >= STALE && (1..=32).contains(&end.queued()?);
        if !is_stale {
            return how.recv(end, buf);
        }
        let mut memory = vec![0; buf.remaining()];
        let mut part = RecvBuf::new(&mut memory);
        let received = how.recv(end, &mut part)?;
        let mut spoilt = part.filled().to_vec();
        spoilt.iter_mut().take(1).for_each(|byte| *byte = !*byte);
        buf.append(&spoilt);
        Ok(received)
    }
}

#[derive(Default)]
struct GoesStale(Age);

impl Fault<MemStream> for GoesStale {
    const NAME: &'static str = "goes-stale";
    const SAYS: &'static str =
        "a few bytes that lie unread 20 ms after their end was made arrive altered";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::LatePeer, READ_LATE)];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.0.recv(end, buf, how)
    }

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        self.0.use_it();
        what.send(end)
    }

    fn set_mode(&self, end: &MemStream, mode: Mode) -> Result<()> {
        self.0.use_it();
        end.set_mode(mode)
    }
}

#[derive(Default)]
struct DatagramGoesStale(Age);

impl Fault<MemDatagram> for DatagramGoesStale {
    const NAME: &'static str = "datagram-goes-stale";
    const SAYS: &'static str =
        "a few bytes that lie unread 20 ms after their end was made arrive altered";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::LatePeer, TAKEN_LATE)];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.0.recv(end, buf, how)
    }

    fn send(&self, end: &MemDatagram, what: What<'_, Addr>) -> Result<usize> {
        self.0.use_it();
        what.send(end)
    }

    fn set_mode(&self, end: &MemDatagram, mode: Mode) -> Result<()> {
        self.0.use_it();
        end.set_mode(mode)
    }
}

/// What is longer than anybody takes who comes in time, and shorter than who comes late.
const LONG: Duration = Duration::from_millis(10);

/// When it began to listen, as long as nobody was accepted.
#[derive(Default)]
struct KnocksInVain(Mutex<Option<Instant>>);

impl KnocksInVain {
    fn set(&self, since: Option<Instant>) -> Option<Instant> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), since)
    }
}

impl Fault<MemStream> for KnocksInVain {
    const NAME: &'static str = "knocks-in-vain";
    const SAYS: &'static str =
        "who has connected is sent away where the first accept comes 10 ms after listen";
    const FAILS: &'static [&'static str] = &[];
    const UNDER: &'static [(Axis, &'static [&'static str])] = &[(Axis::LatePeer, ACCEPTED_LATE)];

    fn listen(&self, end: &MemStream, backlog: i32) -> Result<()> {
        // At a short queue listens who fills it, which takes time.
        self.set((backlog > 100).then(Instant::now));
        end.listen(backlog)
    }

    fn accept(&self, end: &MemStream, deadline: Deadline) -> Result<(MemStream, Addr)> {
        let is_late = self.set(None).is_some_and(|since| since.elapsed() >= LONG);
        let waits = end.mode() == Mode::Blocking;
        if is_late && waits && Endpoint::accept(end, Deadline::after(Duration::ZERO)).is_ok() {
            return Err(Error::os(Op::Accept, Errno::ECONNABORTED));
        }
        Endpoint::accept(end, deadline)
    }
}
