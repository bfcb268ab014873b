//! Room for many datagrams.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use sockrates_core::{Control, Error, Result};

use super::{BYTES_MAX, Datagrams, RecvDatagram};
#[cfg(doc)]
use crate::Socket;
use crate::sys::Slots;

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
    pub(super) one_by_one: bool,
}

/// What is known of the message in a slot.
pub(super) struct Arrival {
    /// How long each datagram in it is, but for the last; 0 where it is one.
    pub(super) segment: usize,
    pub(super) told: usize,
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
        Ok(Self { slots, arrivals, datagrams: 0, one_by_one: false })
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
    pub fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    pub(super) fn clear(&mut self) {
        self.arrivals.clear();
        self.datagrams = 0;
    }

    /// Takes in that the first `count` slots hold a message each.
    pub(super) fn settle(&mut self, count: usize) {
        for i in 0..count {
            let arrived = self.slots.arrived(i);
            let mut arrival = Arrival {
                segment: 0,
                told: arrived.told,
                truncated: arrived.truncated,
                control_truncated: arrived.control_truncated,
                ttl: None,
                tos: None,
                packet_info: None,
                timestamp: None,
            };
            arrived.each_control(|control| arrival.note(&control));
            self.datagrams += match arrival.segment {
                0 => 1,
                segment => arrival.told.div_ceil(segment).max(1),
            };
            self.arrivals.push(arrival);
        }
    }
}

impl Arrival {
    #[inline]
    fn note(&mut self, control: &Control) {
        match *control {
            Control::Segment(bytes) => self.segment = bytes.into(),
            Control::Ttl(hops) => self.ttl = Some(hops),
            Control::Tos(class) => self.tos = Some(class),
            Control::PacketInfo { addr, interface } => self.packet_info = Some((addr, interface)),
            Control::Timestamp(time) => self.timestamp = Some(time),
            _ => {}
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
