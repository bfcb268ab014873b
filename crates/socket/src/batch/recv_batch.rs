//! Room for many datagrams.

use std::fmt;
use std::num::NonZeroUsize;

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

/// How long the message in a slot is.
pub(super) struct Arrival {
    /// All of it, as far as the system tells.
    pub(super) told: usize,
    /// Each datagram in it, but for the last.
    pub(super) segment: NonZeroUsize,
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
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.datagrams
    }

    /// Whether it holds none: nothing was received yet, or the last receive failed.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.datagrams == 0
    }

    /// The datagrams of the last receive, in the order in which they came.
    #[inline]
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
    #[inline]
    pub(super) fn settle(&mut self, count: usize) {
        for i in 0..count {
            let segment = self.slots.facts(i).find_map(|fact| match fact {
                Fact::Segment(bytes) => {
                    Some(NonZeroUsize::new(bytes.into()).unwrap_or(NonZeroUsize::MIN))
                }
                _ => None,
            });
            let told = self.slots.told(i);
            let arrival = Arrival { told, segment: segment.unwrap_or(NonZeroUsize::MAX) };
            self.datagrams += arrival.datagrams();
            self.arrivals.push(arrival);
        }
    }
}

impl Arrival {
    /// How many datagrams it is.
    #[inline]
    pub(super) fn datagrams(&self) -> usize {
        count(self.told, self.segment)
    }
}

/// How many datagrams of `segment` bytes, but for the last, `len` bytes are: no bytes are one.
#[inline]
pub(super) fn count(len: usize, segment: NonZeroUsize) -> usize {
    // One is the usual, and needs no division.
    if len <= segment.get() { 1 } else { 1 + (len - 1) / segment }
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
