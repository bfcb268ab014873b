//! Room for many datagrams.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{Error, Result};

use super::{BYTES_MAX, Datagrams, RecvDatagram};
#[cfg(doc)]
use crate::Socket;
use crate::sys::{Fact, Slots};

/// Room for the datagrams of one receive, and what came beside them. It is made once and used
/// again and again; receiving allocates nothing.
///
/// It has slots of one length, each for a message of the system: a datagram, or with
/// [`set_gro`](Socket::set_gro) several that the system joined, which are told apart here.
/// [`iter`](Self::iter) yields each datagram.
///
/// ```
/// use sockrates_socket::{Family, RecvBatch, Socket, Type};
///
/// let (a, b) = (Socket::new(Family::INET, Type::DGRAM, None)?,
///               Socket::new(Family::INET, Type::DGRAM, None)?);
/// b.bind(("127.0.0.1", 0))?;
/// for word in ["one", "", "three"] {
///     a.send_to(word.as_bytes(), b.local_addr()?)?;
/// }
///
/// let mut batch = RecvBatch::new(8, 4)?; // up to 8 at once, of up to 4 bytes
/// assert_eq!(b.recv_many_from(&mut batch)?, 3);
/// let got: Vec<_> = batch.iter().map(|one| (one.bytes(), one.is_truncated())).collect();
/// assert_eq!(got, [(&b"one"[..], false), (b"", false), (b"thre", true)]);
/// assert!(batch.iter().all(|one| one.peer().is_some_and(|peer| peer.ip().is_loopback())));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Memory
/// The slots' bytes, and less than 700 more for each slot: [`memory`](Self::memory) tells. No peer
/// can make it grow.
///
/// Source: Linux `recvmmsg(2)`, `udp(7)`.
#[doc(alias = "recvmmsg")]
#[doc(alias = "mmsghdr")]
pub struct RecvBatch {
    pub(super) slots: Slots,
    pub(super) arrivals: Vec<Arrival>,
    datagrams: usize,
    pub(super) way: Way,
}

/// By which system calls to receive. The choice is for tests; what comes of it is the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the call for many, but where one is all there is room for.
    Best,
    Many,
    OneByOne,
}

/// What is known of the message in a slot.
pub(super) struct Arrival {
    /// How long it is, as far as the system tells.
    pub(super) told: usize,
    /// How long each datagram in it is, but for the last.
    pub(super) segment: usize,
    pub(super) truncated: bool,
    pub(super) control_truncated: bool,
    pub(super) ttl: Option<u8>,
    pub(super) tos: Option<u8>,
    pub(super) packet_info: Option<(IpAddr, u32)>,
    pub(super) timestamp: Option<Duration>,
}

impl RecvBatch {
    /// The most slots that a batch has: 1024, as many as the system takes at once.
    pub const SLOTS_MAX: usize = 1024;

    /// The most bytes that a slot has: 65,535, more than any datagram. Joined datagrams need as
    /// many.
    pub const SLOT_MAX: usize = BYTES_MAX;

    /// Room for `slots` messages of up to `slot` bytes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no slot, more than [`SLOTS_MAX`](Self::SLOTS_MAX), or more than
    /// [`SLOT_MAX`](Self::SLOT_MAX) bytes.
    pub fn new(slots: usize, slot: usize) -> Result<Self> {
        if !(1..=Self::SLOTS_MAX).contains(&slots) {
            let rule = "use 1 to RecvBatch::SLOTS_MAX, 1024";
            return Err(Error::invalid("a batch of", format!("{slots} slots"), rule));
        }
        if slot > Self::SLOT_MAX {
            let rule = "use up to RecvBatch::SLOT_MAX, 65535; no datagram is longer";
            return Err(Error::invalid("a slot of", format!("{slot} bytes"), rule));
        }
        let (slots, arrivals) = (Slots::new(slots, slot), Vec::with_capacity(slots));
        Ok(Self { slots, arrivals, datagrams: 0, way: Way::Best })
    }

    /// Room for `slots` messages, each of all that a system joins, for a socket with
    /// [`set_gro`](Socket::set_gro).
    ///
    /// # Errors
    /// As in [`new`](Self::new).
    pub fn for_gro(slots: usize) -> Result<Self> {
        Self::new(slots, Self::SLOT_MAX)
    }

    /// How many datagrams the last receive brought.
    #[must_use]
    pub fn len(&self) -> usize {
        self.datagrams
    }

    /// Whether it holds none: nothing was received yet, or the last receive failed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.datagrams == 0
    }

    /// The datagrams of the last receive, in the order in which they came.
    #[must_use]
    pub fn iter(&self) -> Datagrams<'_> {
        Datagrams::of(self)
    }

    /// How many bytes of memory it holds, all told.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.slots.count() * (self.slots.slot() + Slots::OVERHEAD + size_of::<Arrival>())
    }

    /// Has it receive with a system call a message, as where the system has none for many.
    #[doc(hidden)]
    #[must_use]
    pub fn one_by_one(self) -> Self {
        Self { way: Way::OneByOne, ..self }
    }

    /// Has it receive with the system's call for many, also where it has room for one alone.
    #[doc(hidden)]
    #[must_use]
    pub fn many_at_once(self) -> Self {
        Self { way: Way::Many, ..self }
    }

    pub(super) fn clear(&mut self) {
        self.arrivals.clear();
        self.datagrams = 0;
    }

    /// Takes in that the first `count` slots hold a message each.
    pub(super) fn settle(&mut self, count: usize) {
        for i in 0..count {
            let arrived = self.slots.arrived(i);
            self.arrivals.push(Arrival {
                told: arrived.told,
                segment: usize::MAX,
                truncated: arrived.truncated,
                control_truncated: arrived.control_truncated,
                ttl: None,
                tos: None,
                packet_info: None,
                timestamp: None,
            });
            // Noted in place, for it is not small.
            let Some(arrival) = self.arrivals.last_mut() else { return };
            arrived.each_fact(|fact| arrival.note(fact));
            self.datagrams += arrival.datagrams();
        }
    }
}

impl Arrival {
    /// How many datagrams it is.
    #[inline]
    pub(super) fn datagrams(&self) -> usize {
        // One is the usual, and needs no division.
        if self.told <= self.segment { 1 } else { self.told.div_ceil(self.segment) }
    }

    /// Whether the system says that it is cut, and it is one datagram, of `len` bytes.
    pub(super) fn is_cut(&self, len: usize) -> bool {
        self.truncated && len == self.told
    }

    #[inline]
    fn note(&mut self, fact: Fact) {
        match fact {
            Fact::Segment(bytes) => self.segment = usize::from(bytes).max(1),
            Fact::Ttl(hops) => self.ttl = Some(hops),
            Fact::Tos(class) => self.tos = Some(class),
            Fact::PacketInfo { addr, interface } => self.packet_info = Some((addr, interface)),
            Fact::Timestamp(time) => self.timestamp = Some(time),
            Fact::Credentials(_) => {}
        }
    }
}

impl<'a> IntoIterator for &'a RecvBatch {
    type Item = RecvDatagram<'a>;
    type IntoIter = Datagrams<'a>;

    fn into_iter(self) -> Datagrams<'a> {
        self.iter()
    }
}

impl fmt::Debug for RecvBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RecvBatch");
        text.field("slots", &self.slots.count()).field("slot", &self.slots.slot());
        text.field("datagrams", &self.datagrams).finish_non_exhaustive()
    }
}
