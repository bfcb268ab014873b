//! What a datagram of a batch is and tells.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::time::Duration;

use sockrates_core::{Addr, Ecn};

use super::RecvBatch;
use super::recv_batch::{Arrival, count};
#[cfg(doc)]
use crate::Socket;
use crate::sys::{Fact, Slots};

/// One datagram of a [`RecvBatch`].
///
/// What it tells beside its bytes it tells where the socket was asked to have it told:
/// [`set_recv_tos`](Socket::set_recv_tos), [`set_recv_ttl`](Socket::set_recv_ttl),
/// [`set_recv_packet_info`](Socket::set_recv_packet_info),
/// [`set_recv_timestamp`](Socket::set_recv_timestamp). Datagrams that the system has joined share
/// it.
///
/// # Platform notes
/// Other systems than Linux tell none of it here; [`Socket::recv_with_control`] has it as it came.
#[derive(Clone, Copy)]
pub struct RecvDatagram<'a> {
    bytes: &'a [u8],
    len: usize,
    batch: &'a RecvBatch,
    slot: usize,
}

impl<'a> RecvDatagram<'a> {
    /// The bytes, as far as there was room for them.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether it was longer than the room for it, so that its tail is lost. One of several joined
    /// of which nothing found room is truncated too, and has no bytes.
    #[inline]
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        // The system says it of the whole message, which may be several.
        self.len > self.bytes.len()
            || self.len == self.slots().told(self.slot) && self.slots().is_truncated(self.slot)
    }

    /// How long it was, its lost tail included.
    ///
    /// # Platform notes
    /// Other systems than Linux do not tell of the tail.
    #[inline]
    #[must_use]
    pub fn sent_len(&self) -> usize {
        self.len
    }

    /// Who sent it; `None` where [`recv_many`](Socket::recv_many) received it, and where it is no
    /// IP address.
    #[inline]
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.slots().inet(self.slot)
    }

    /// Who sent it, of any family; [`Addr::Unnamed`] where [`recv_many`](Socket::recv_many)
    /// received it.
    #[inline]
    #[must_use]
    pub fn addr(&self) -> Addr {
        self.slots().name(self.slot)
    }

    /// How many routers it could still have passed.
    #[doc(alias = "IP_TTL")]
    #[doc(alias = "IPV6_HOPLIMIT")]
    #[inline]
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.facts().find_map(|fact| match fact {
            Fact::Ttl(told) => Some(told),
            _ => None,
        })
    }

    /// Its type of service or traffic class.
    #[doc(alias = "IP_TOS")]
    #[doc(alias = "IPV6_TCLASS")]
    #[inline]
    #[must_use]
    pub fn tos(&self) -> Option<u8> {
        self.facts().find_map(|fact| match fact {
            Fact::Tos(told) => Some(told),
            _ => None,
        })
    }

    /// What it tells of congestion, where [`set_recv_tos`](Socket::set_recv_tos) asks for it.
    #[inline]
    #[must_use]
    pub fn ecn(&self) -> Option<Ecn> {
        self.tos().map(Ecn::of)
    }

    /// Where it was sent: an address of this machine, or a group. IPv4 addresses are mapped ones on
    /// an IPv6 socket.
    #[doc(alias = "IP_PKTINFO")]
    #[doc(alias = "IPV6_PKTINFO")]
    #[inline]
    #[must_use]
    pub fn destination(&self) -> Option<IpAddr> {
        self.packet_info().map(|(addr, _)| addr)
    }

    /// The number of the interface that it came in by, told with the
    /// [`destination`](Self::destination).
    #[inline]
    #[must_use]
    pub fn interface(&self) -> Option<u32> {
        self.packet_info().map(|(_, interface)| interface)
    }

    /// When it arrived, by this machine's clock, since 1970-01-01 00:00 UTC.
    #[doc(alias = "SO_TIMESTAMPNS")]
    #[inline]
    #[must_use]
    pub fn timestamp(&self) -> Option<Duration> {
        self.facts().find_map(|fact| match fact {
            Fact::Timestamp(time) => Some(time),
            _ => None,
        })
    }

    /// Whether something that it was to tell is lost, for want of room: more was asked for than
    /// this has words for.
    #[inline]
    #[must_use]
    pub fn is_control_truncated(&self) -> bool {
        self.slots().is_control_truncated(self.slot)
    }

    #[inline]
    fn packet_info(&self) -> Option<(IpAddr, u32)> {
        self.facts().find_map(|fact| match fact {
            Fact::PacketInfo { addr, interface } => Some((addr, interface)),
            _ => None,
        })
    }

    /// What came beside it, read where it lies: whoever does not ask does not pay.
    #[inline]
    fn facts(&self) -> impl Iterator<Item = Fact> + use<'a> {
        self.slots().facts(self.slot)
    }

    #[inline]
    fn slots(&self) -> &'a Slots {
        &self.batch.slots
    }
}

impl fmt::Debug for RecvDatagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RecvDatagram");
        text.field("bytes", &format_args!("{}", self.bytes.len()));
        text.field("truncated", &self.is_truncated()).field("addr", &self.addr());
        text.finish_non_exhaustive()
    }
}

/// The datagrams of a [`RecvBatch`], in the order in which they came.
pub struct Datagrams<'a> {
    batch: &'a RecvBatch,
    /// How many slots were begun.
    begun: usize,
    /// Of the slot that was begun last: what is left of its bytes, how many more it was sent with,
    /// and how long each datagram is.
    bytes: &'a [u8],
    lost: usize,
    segment: NonZeroUsize,
}

impl<'a> Datagrams<'a> {
    pub(super) fn of(batch: &'a RecvBatch) -> Self {
        Self { batch, begun: 0, bytes: &[], lost: 0, segment: NonZeroUsize::MAX }
    }

    /// The next datagram where it is not one of several in a slot, with another after it.
    #[inline]
    fn next_other(&mut self) -> Option<RecvDatagram<'a>> {
        if self.bytes.is_empty() && self.lost == 0 {
            let arrival = self.batch.arrivals.get(self.begun)?;
            self.bytes = self.batch.slots.bytes(self.begun);
            (self.lost, self.segment) = (arrival.told - self.bytes.len(), arrival.segment);
            self.begun += 1;
        }
        let len = self.segment.get().min(self.bytes.len() + self.lost);
        let (bytes, rest) = self.bytes.split_at(len.min(self.bytes.len()));
        (self.bytes, self.lost) = (rest, self.lost - (len - bytes.len()));
        Some(RecvDatagram { bytes, len, batch: self.batch, slot: self.begun - 1 })
    }
}

impl<'a> Iterator for Datagrams<'a> {
    type Item = RecvDatagram<'a>;

    #[inline]
    fn next(&mut self) -> Option<RecvDatagram<'a>> {
        match self.bytes.split_at_checked(self.segment.get()) {
            Some((bytes, rest)) if !rest.is_empty() => {
                self.bytes = rest;
                let (len, slot) = (self.segment.get(), self.begun - 1);
                Some(RecvDatagram { bytes, len, batch: self.batch, slot })
            }
            _ => self.next_other(),
        }
    }

    /// All at once, which is what `for_each`, `map` and `sum` come to: nothing is kept in between.
    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(mut self, init: B, mut f: F) -> B {
        let mut all = init;
        while let Some(one) = self.next() {
            let (batch, slot, len) = (one.batch, one.slot, self.segment.get());
            all = f(all, one);
            while self.bytes.len() > len {
                let (bytes, rest) = self.bytes.split_at(len);
                self.bytes = rest;
                all = f(all, RecvDatagram { bytes, len, batch, slot });
            }
        }
        all
    }

    /// Cannot panic, so that where nobody looks at it nothing is counted: adapters ask for it.
    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let begun = match self.bytes.len() + self.lost {
            0 => 0,
            left => count(left, self.segment),
        };
        let rest = self.batch.arrivals.get(self.begun..).unwrap_or_default().iter();
        let left = begun + rest.map(Arrival::datagrams).sum::<usize>();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Datagrams<'_> {}

impl fmt::Debug for Datagrams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagrams").field("left", &self.len()).finish_non_exhaustive()
    }
}
