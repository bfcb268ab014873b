//! One stream socket, as the network keeps it.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::time::Duration;

use sockrates_core::{Errno, Ready, RecvBuf, SocketOption};

use super::naming::{MAPPED, Port};
use super::options::Options;
use super::rights::Rights;

/// The number of a socket in its network.
pub(super) type Id = u64;

/// One stream socket. Its handles come and go; it ends with the last one.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) handles: usize,
    pub(super) local: Option<Port>,
    /// Bound at every address of the machine.
    pub(super) everywhere: bool,
    pub(super) options: Options,
    pub(super) linger: Option<Duration>,
    /// Whether its end is a reset, as with a linger time of zero.
    pub(super) resets: bool,
    /// What `SO_ERROR` tells, and the next operation fails with.
    pub(super) error: Option<Errno>,
    pub(super) phase: Phase,
}

/// What a socket is at the moment.
#[derive(Debug)]
pub(super) enum Phase {
    /// Neither connected nor listening.
    Idle,
    /// Waits for room in a listener's queue.
    Connecting,
    Listening(Queue),
    Connected(Connection),
}

/// A listener's queue.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) room: usize,
    /// Complete connections, the oldest first.
    pub(super) ready: VecDeque<Id>,
    /// Clients for whose connections there was no room.
    pub(super) knocking: VecDeque<Id>,
}

/// One side of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// The other side, which is no longer in the network once it was closed.
    pub(super) peer: Id,
    pub(super) peer_port: Port,
    /// What the peer sent and nobody has received yet.
    pub(super) inbox: VecDeque<u8>,
    /// How many bytes were received.
    taken: u64,
    /// The descriptors that were sent with some of the inbox, the oldest first.
    parcels: VecDeque<Parcel>,
    /// The urgent byte, until it is received or the next one comes.
    pub(super) urgent: Option<u8>,
    /// The peer ends its side: after the inbox comes the end.
    pub(super) ended: bool,
    /// This side was ended before the peer's, so that the address lingers.
    pub(super) ended_first: bool,
    /// The peer has reset the connection.
    pub(super) reset: bool,
    /// Not shut down for sending.
    pub(super) sends: bool,
    /// Not shut down for receiving.
    pub(super) receives: bool,
}

/// Descriptors, and the bytes that they were sent with: they come with the first one, and no
/// receive goes beyond the last.
#[derive(Debug)]
struct Parcel {
    first: u64,
    end: u64,
    rights: Rights,
}

/// What a receive brought.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) len: usize,
    pub(super) rights: Rights,
}

impl Socket {
    pub(super) fn new(local: Option<Port>, phase: Phase, options: Options) -> Self {
        Self {
            handles: 1,
            local,
            everywhere: false,
            options,
            linger: None,
            resets: false,
            error: None,
            phase,
        }
    }

    /// Whether it has this port, or IPv4's of the same number too.
    pub(super) fn has(&self, port: Port) -> bool {
        let both = self.everywhere && !self.options.is_on(SocketOption::OnlyV6);
        self.local == Some(port) || (both && self.local.map(|own| own | MAPPED) == Some(port))
    }

    /// The connection.
    pub(super) fn connection(&mut self) -> Result<&mut Connection, Errno> {
        match &mut self.phase {
            Phase::Connected(connection) => Ok(connection),
            _ => Err(Errno::ENOTCONN),
        }
    }

    /// Receives what is there: first the bytes, then the pending error, then the end.
    pub(super) fn recv(
        &mut self,
        buf: &mut RecvBuf<'_>,
        peek: bool,
    ) -> Option<Result<Taken, Errno>> {
        if matches!(self.phase, Phase::Connecting) {
            return None;
        }
        let error = &mut self.error;
        let Phase::Connected(connection) = &mut self.phase else {
            return Some(Err(Errno::ENOTCONN));
        };
        if buf.remaining() == 0 {
            return Some(Ok(Taken::default()));
        }
        if !connection.inbox.is_empty() {
            return Some(Ok(connection.take(buf, peek)));
        }
        if let Some(errno) = error.take() {
            return Some(Err(errno));
        }
        (connection.ended || connection.reset || !connection.receives).then(|| Ok(Taken::default()))
    }

    /// What keeps it from sending, or `None` while nothing does.
    pub(super) fn send_error(&mut self) -> Option<Errno> {
        if let Some(errno) = self.error.take() {
            return Some(errno);
        }
        match &self.phase {
            Phase::Connected(connection) if connection.reset || !connection.sends => {
                Some(Errno::EPIPE)
            }
            Phase::Connected(_) | Phase::Connecting => None,
            Phase::Idle | Phase::Listening(_) => Some(Errno::ENOTCONN),
        }
    }

    /// The peer has reset the connection: what has arrived stays, then the error shows once.
    pub(super) fn receive_reset(&mut self) {
        if let Phase::Connected(connection) = &mut self.phase {
            connection.reset = true;
            self.error = Some(Errno::ECONNRESET);
        }
    }

    /// What it is ready for; `room` is what a send would find.
    pub(super) fn ready(&self, room: usize) -> Ready {
        let error = self.error.is_some();
        match &self.phase {
            Phase::Idle => Ready { read: error, write: true, error, hangup: true },
            Phase::Connecting => Ready::default(),
            Phase::Listening(queue) => Ready { read: !queue.ready.is_empty(), ..Ready::default() },
            Phase::Connected(Connection { inbox, ended, reset, sends, receives, .. }) => Ready {
                read: error || *ended || *reset || !receives || !inbox.is_empty(),
                write: error || *reset || !sends || room > 0,
                error,
                hangup: *reset || (*ended && !sends),
            },
        }
    }
}

impl Connection {
    pub(super) fn new(peer: Id, peer_port: Port) -> Self {
        Self {
            peer,
            peer_port,
            inbox: VecDeque::new(),
            taken: 0,
            parcels: VecDeque::new(),
            urgent: None,
            ended: false,
            ended_first: false,
            reset: false,
            sends: true,
            receives: true,
        }
    }

    fn take(&mut self, buf: &mut RecvBuf<'_>, peek: bool) -> Taken {
        let parcel = self.parcels.front();
        let most = parcel.map(|parcel| parcel.end - self.taken);
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(self.inbox.len());
        let len = buf.append(&self.inbox.make_contiguous()[..most]);
        let after = self.taken + len as u64;
        let reached = parcel.filter(|parcel| parcel.first < after);
        let rights = reached.map(|parcel| parcel.rights.clone());
        if !peek {
            self.inbox.drain(..len);
            self.taken = after;
            if rights.is_some() {
                self.parcels.pop_front();
            }
        }
        Taken { len, rights: rights.unwrap_or_default() }
    }

    /// Takes in as much of `bytes` as there is `room` for, and `rights` with them.
    pub(super) fn put(&mut self, bytes: &[IoSlice<'_>], rights: &Rights, room: usize) -> usize {
        let before = self.inbox.len();
        for slice in bytes {
            let left = room - (self.inbox.len() - before);
            self.inbox.extend(&slice[..slice.len().min(left)]);
        }
        if !rights.is_empty() {
            let [first, end] = [before, self.inbox.len()].map(|at| self.taken + at as u64);
            self.parcels.push_back(Parcel { first, end, rights: rights.clone() });
        }
        self.inbox.len() - before
    }
}
