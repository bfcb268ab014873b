//! A transport that does what a script says, and remembers what it was asked.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::IoSlice;

use sockrates_core::{
    Addr, Deadline, Errno, Error, Kind, Mode, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags,
    Transport,
};

/// What one receive brings.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    /// Bytes, or a datagram from peer 1.
    Bytes(Vec<u8>),
    /// A datagram from a peer of that number.
    From(u64, Vec<u8>),
    /// Nothing, for this reason.
    Fails(Error),
}

/// What one send does.
#[derive(Clone, Debug)]
pub(crate) enum Departure {
    /// Takes so many bytes at the most.
    Takes(usize),
    /// Takes none, for this reason.
    Fails(Error),
}

pub(crate) struct Script {
    kind: Kind,
    mode: Mode,
    arrivals: RefCell<VecDeque<Arrival>>,
    departures: RefCell<VecDeque<Departure>>,
    pub(crate) seen: RefCell<Seen>,
}

/// What the transport was asked.
#[derive(Default)]
pub(crate) struct Seen {
    /// Each send's bytes, as far as they were taken.
    pub(crate) sent: Vec<Vec<u8>>,
    /// The address and length of each slice of the last send.
    pub(crate) slices: Vec<(*const u8, usize)>,
    pub(crate) destinations: Vec<Option<Addr>>,
    pub(crate) deadlines: Vec<Deadline>,
    /// The largest room that was offered for a receive.
    pub(crate) room_max: usize,
}

impl Script {
    pub(crate) fn stream(arrivals: impl IntoIterator<Item = Arrival>) -> Self {
        Self::new(Kind::Stream, arrivals)
    }

    pub(crate) fn datagrams(arrivals: impl IntoIterator<Item = Arrival>) -> Self {
        Self::new(Kind::Datagram, arrivals)
    }

    pub(crate) fn sending(mut self, departures: impl IntoIterator<Item = Departure>) -> Self {
        self.departures = RefCell::new(departures.into_iter().collect());
        self
    }

    pub(crate) fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    fn new(kind: Kind, arrivals: impl IntoIterator<Item = Arrival>) -> Self {
        Self {
            kind,
            mode: Mode::Blocking,
            arrivals: RefCell::new(arrivals.into_iter().collect()),
            departures: RefCell::default(),
            seen: RefCell::default(),
        }
    }

    /// How many bytes have not been received.
    pub(crate) fn left(&self) -> usize {
        let arrivals = self.arrivals.borrow();
        let lens = arrivals.iter().map(|arrival| match arrival {
            Arrival::Bytes(bytes) | Arrival::From(_, bytes) => bytes.len(),
            Arrival::Fails(_) => 0,
        });
        lens.sum()
    }

    /// All bytes taken so far.
    pub(crate) fn wire(&self) -> Vec<u8> {
        self.seen.borrow().sent.concat()
    }
}

impl Transport for Script {
    type Peer = Addr;

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        _: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let mut seen = self.seen.borrow_mut();
        seen.deadlines.push(deadline);
        seen.room_max = seen.room_max.max(buf.remaining());
        let mut arrivals = self.arrivals.borrow_mut();
        let (from, mut bytes) = match arrivals.pop_front() {
            Some(Arrival::Bytes(bytes)) => (1, bytes),
            Some(Arrival::From(peer, bytes)) => (peer, bytes),
            Some(Arrival::Fails(error)) => return Err(error),
            None if self.kind == Kind::Stream => (1, Vec::new()),
            None => panic!("received more often than the script says"),
        };
        let len = buf.append(&bytes);
        let truncated = len < bytes.len() && self.kind == Kind::Datagram;
        if len < bytes.len() && !truncated {
            arrivals.push_front(Arrival::Bytes(bytes.split_off(len)));
        }
        Ok(Recv { len, peer: Addr::Token(from), truncated })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        to: Option<&Addr>,
        _: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let mut seen = self.seen.borrow_mut();
        seen.deadlines.push(deadline);
        seen.slices = bytes.iter().map(|slice| (slice.as_ptr(), slice.len())).collect();
        let mut all: Vec<u8> = bytes.iter().flat_map(|slice| slice.iter().copied()).collect();
        match self.departures.borrow_mut().pop_front() {
            Some(Departure::Fails(error)) => return Err(error),
            Some(Departure::Takes(n)) => all.truncate(n),
            None => {}
        }
        let len = all.len();
        seen.sent.push(all);
        seen.destinations.push(to.cloned());
        Ok(len)
    }

    fn close_send(&self) -> Result<()> {
        Ok(())
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn mode(&self) -> Mode {
        self.mode
    }
}

pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Arrival {
    Arrival::Bytes(bytes.as_ref().to_vec())
}

pub(crate) fn would_block() -> Error {
    Error::os(Op::Recv, Errno::EAGAIN)
}

pub(crate) fn timed_out() -> Error {
    Error::TimedOut { op: Op::Send, done: 0 }
}
