//! Datagrams that wait to be sent together.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use sockrates_core::{Addr, Ecn, Error, Result};

use super::BYTES_MAX;

/// Datagrams to send together: copied in one after the other, sent in that order, in memory that is
/// made once and used again and again.
///
/// Those of one length that follow each other to one peer go to the system as one buffer, which it
/// cuts ([`Socket::gso`](crate::Socket::gso)); the last of them may be shorter. One whose
/// neighbours are of other lengths costs a call, as it would alone: the stack's work goes by the
/// packet, and `sendmmsg` would spare none of it. Where all bytes lie in one place already,
/// [`send_segments`](crate::Socket::send_segments) spares the copying.
///
/// ```
/// use sockrates_socket::{Family, RecvBatch, SendBatch, Socket, Type};
///
/// let (a, b) = (Socket::new(Family::INET, Type::DGRAM, None)?,
///               Socket::new(Family::INET, Type::DGRAM, None)?);
/// b.bind(("127.0.0.1", 0))?;
/// a.connect(b.local_addr()?)?;
///
/// let mut batch = SendBatch::new(64, 64 * 100)?; // up to 64, of 6400 bytes together
/// for word in ["one", "two", "three", ""] {
///     batch.push(word.as_bytes())?;
/// }
/// a.send_many(&mut batch)?;
/// assert!(batch.is_empty());
///
/// let mut got = RecvBatch::new(64, 100)?;
/// assert_eq!(b.recv_many(&mut got)?, 4);
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Memory
/// The bytes asked for, and up to 100 more for each datagram: [`memory`](Self::memory) tells.
#[doc(alias = "sendmmsg")]
pub struct SendBatch {
    bytes: Vec<u8>,
    runs: Vec<Run>,
    /// How many of the runs, from the first, are done.
    done: usize,
    waiting: usize,
    room: usize,
    most: usize,
}

/// Datagrams of one length, the last of which may be shorter, that lie one after the other and go
/// to one peer. An empty one is by itself.
pub(super) struct Run {
    start: usize,
    end: usize,
    pub(super) segment: usize,
    pub(super) to: Option<Addr>,
    pub(super) header: SendHeader,
}

impl Run {
    /// How many datagrams are left of it.
    fn count(&self) -> usize {
        if self.segment == 0 { 1 } else { (self.end - self.start).div_ceil(self.segment) }
    }

    /// Whether a datagram of `len` bytes fits at its end.
    #[inline]
    fn takes(&self, len: usize, to: Option<&Addr>, header: &SendHeader) -> bool {
        (1..=self.segment).contains(&len)
            && (self.end - self.start) % self.segment == 0
            && self.to.as_ref() == to
            && self.header == *header
    }
}

/// What the IP header of a datagram is to say, where it is to differ from what the socket's options
/// say.
///
/// ```
/// use sockrates_core::Ecn;
/// use sockrates_socket::SendHeader;
///
/// let header = SendHeader::new().with_ecn(Ecn::Ect0).with_ttl(4);
/// assert_eq!((header.tos, header.ttl), (Some(0b10), Some(4)));
/// ```
///
/// # Platform notes
/// Other systems than Linux take none of it here: sending is
/// [`Error::Unsupported`] then.
///
/// Source: Linux `ip(7)`, `ipv6(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SendHeader {
    /// The type of service or traffic class; its two low bits are those of congestion.
    pub tos: Option<u8>,
    /// How many routers it may pass.
    pub ttl: Option<u8>,
    /// The address to send from, and the number of the interface to send by, 0 for any. An
    /// unspecified address leaves it to the system.
    pub source: Option<(IpAddr, u32)>,
}

impl SendHeader {
    /// Nothing to differ.
    #[must_use]
    pub const fn new() -> Self {
        Self { tos: None, ttl: None, source: None }
    }

    /// With this type of service or traffic class.
    #[doc(alias = "IP_TOS")]
    #[doc(alias = "IPV6_TCLASS")]
    #[must_use]
    pub const fn with_tos(mut self, class: u8) -> Self {
        self.tos = Some(class);
        self
    }

    /// With these words on congestion; the rest of the type of service stays, or is 0.
    #[must_use]
    pub const fn with_ecn(mut self, ecn: Ecn) -> Self {
        let rest = match self.tos {
            Some(class) => class & !0b11,
            None => 0,
        };
        self.tos = Some(rest | ecn.bits());
        self
    }

    /// With so many routers to pass.
    #[doc(alias = "IP_TTL")]
    #[doc(alias = "IPV6_HOPLIMIT")]
    #[must_use]
    pub const fn with_ttl(mut self, hops: u8) -> Self {
        self.ttl = Some(hops);
        self
    }

    /// From this address of this machine, by the interface of this number, 0 for any.
    #[doc(alias = "IP_PKTINFO")]
    #[doc(alias = "IPV6_PKTINFO")]
    #[must_use]
    pub const fn with_source(mut self, addr: IpAddr, interface: u32) -> Self {
        self.source = Some((addr, interface));
        self
    }
}

impl SendBatch {
    /// The most datagrams that a batch has room for: 65,536.
    pub const DATAGRAMS_MAX: usize = 1 << 16;

    /// The most bytes that a batch has room for: 64 MiB.
    pub const ROOM_MAX: usize = 1 << 26;

    /// Room for `datagrams`, of `room` bytes all together.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no datagram, more than [`DATAGRAMS_MAX`](Self::DATAGRAMS_MAX), or
    /// more than [`ROOM_MAX`](Self::ROOM_MAX) bytes.
    pub fn new(datagrams: usize, room: usize) -> Result<Self> {
        if !(1..=Self::DATAGRAMS_MAX).contains(&datagrams) {
            let rule = "use 1 to SendBatch::DATAGRAMS_MAX, 65536";
            return Err(Error::invalid("a batch of", format!("{datagrams} datagrams"), rule));
        }
        if room > Self::ROOM_MAX {
            let rule = "use up to SendBatch::ROOM_MAX, 67108864";
            return Err(Error::invalid("a batch of", format!("{room} bytes"), rule));
        }
        let (bytes, runs) = (Vec::with_capacity(room), Vec::with_capacity(datagrams));
        Ok(Self { bytes, runs, done: 0, waiting: 0, room, most: datagrams })
    }

    /// Adds a datagram for the connected peer.
    ///
    /// # Errors
    /// As in [`push_with`](Self::push_with).
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.add(bytes, None, SendHeader::new())
    }

    /// Adds a datagram for `to`.
    ///
    /// # Errors
    /// As in [`push_with`](Self::push_with).
    pub fn push_to(&mut self, bytes: &[u8], to: SocketAddr) -> Result<()> {
        self.add(bytes, Some(Addr::Inet(to)), SendHeader::new())
    }

    /// Adds a datagram for `to`, `None` being the connected peer, whose header says what `header`
    /// does.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 65,535 bytes, which no datagram has, and where there is no
    /// room left: send what is there first. The batch stays as it is.
    pub fn push_with(&mut self, bytes: &[u8], to: Option<Addr>, header: SendHeader) -> Result<()> {
        self.add(bytes, to, header)
    }

    /// How many datagrams wait to be sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// The bytes of the datagram that is sent next; `None` where none waits. Where a send has
    /// failed, it is the one that could not be sent.
    #[must_use]
    pub fn first(&self) -> Option<&[u8]> {
        let (run, bytes) = self.next_run()?;
        Some(&bytes[..run.segment.min(bytes.len())])
    }

    /// Drops the datagram that would be sent next, and tells whether there was one: what to do
    /// where it is one that cannot be sent.
    pub fn skip(&mut self) -> bool {
        let first = self.first().map(<[u8]>::len);
        first.inspect(|len| self.take(*len)).is_some()
    }

    /// Drops all that wait.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.runs.clear();
        (self.done, self.waiting) = (0, 0);
    }

    /// How many bytes of memory it holds, all told.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.runs.capacity() * size_of::<Run>()
    }

    /// The run that is sent next, and its bytes.
    pub(super) fn next_run(&self) -> Option<(&Run, &[u8])> {
        let run = self.runs.get(self.done)?;
        Some((run, &self.bytes[run.start..run.end]))
    }

    /// Takes the first `len` bytes of the next run as done, which are whole datagrams.
    pub(super) fn take(&mut self, len: usize) {
        let Some(run) = self.runs.get_mut(self.done) else { return };
        let before = run.count();
        run.start += len;
        let whole = run.start == run.end;
        self.waiting -= if whole { before } else { before - run.count() };
        self.done += usize::from(whole);
        if self.waiting == 0 {
            self.clear();
        }
    }

    #[inline]
    fn add(&mut self, bytes: &[u8], to: Option<Addr>, header: SendHeader) -> Result<()> {
        let len = bytes.len();
        // As many runs as datagrams: some of them are done then, for each of the others has one.
        if self.waiting == self.most
            || self.runs.len() == self.most
            || len > BYTES_MAX
            || self.room - self.bytes.len() < len
        {
            self.make_room(len)?;
        }
        self.bytes.extend_from_slice(bytes);
        self.waiting += 1;
        let end = self.bytes.len();
        match self.runs.last_mut().filter(|run| run.takes(len, to.as_ref(), &header)) {
            Some(run) => run.end = end,
            None => self.runs.push(Run { start: end - len, end, segment: len, to, header }),
        }
        Ok(())
    }

    /// Makes room for a datagram of `len` bytes out of that of those that were sent.
    #[cold]
    fn make_room(&mut self, len: usize) -> Result<()> {
        if len > BYTES_MAX {
            let rule = "no datagram has more than 65535";
            return Err(Error::invalid("a datagram of", format!("{len} bytes"), rule));
        }
        let rule = "the batch is full; send it first";
        if self.waiting == self.most {
            let value = format!("number {}", self.most + 1);
            return Err(Error::invalid("datagram", value, rule));
        }
        let sent = self.runs.get(self.done).map_or(0, |run| run.start);
        self.bytes.drain(..sent);
        self.runs.drain(..self.done);
        self.done = 0;
        for run in &mut self.runs {
            (run.start, run.end) = (run.start - sent, run.end - sent);
        }
        let left = self.room - self.bytes.len();
        if left < len {
            let value = format!("of {len} bytes with room for {left}");
            return Err(Error::invalid("datagram", value, rule));
        }
        Ok(())
    }
}

impl fmt::Debug for SendBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("SendBatch");
        text.field("datagrams", &self.len()).field("most", &self.most);
        text.field("room", &self.room).finish_non_exhaustive()
    }
}
