//! A post office: datagram sockets, and how messages get from one to another.

use std::collections::{BTreeMap, VecDeque};

use sockrates_core::{Errno, Ready, RecvBuf, Shutdown, SocketOption};

use super::monitor::Attempt;
use super::options::Options;

/// The number of a socket in its post office.
pub(super) type Id = u64;

/// The longest message, which is UDP's over IPv4.
pub(super) const MESSAGE_MAX: usize = 65_507;

/// What a message counts for in the queue beside its bytes, so that empty ones fill it too.
const OVERHEAD: usize = 64;

/// Every datagram socket, by number.
#[derive(Debug, Default)]
pub(super) struct Post {
    sockets: BTreeMap<Id, Mailbox>,
    next_id: Id,
    next_port: u64,
}

/// One datagram socket.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) handles: usize,
    pub(super) local: Option<u64>,
    /// The connected peer: where it sends, and the only one it receives from.
    pub(super) peer: Option<u64>,
    pub(super) options: Options,
    queue: VecDeque<Message>,
    /// What `SO_ERROR` tells, and the next operation fails with: a refusal.
    pub(super) error: Option<Errno>,
    sends: bool,
    receives: bool,
}

#[derive(Debug)]
struct Message {
    from: u64,
    bytes: Vec<u8>,
}

/// What a receive found of one message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) from: u64,
    /// How many bytes were put in the buffer.
    pub(super) len: usize,
    /// How many there were.
    pub(super) whole: usize,
}

impl Post {
    pub(super) fn add(&mut self) -> Id {
        self.next_id += 1;
        self.sockets.insert(self.next_id, Mailbox::new());
        self.next_id
    }

    /// A socket that some handle refers to, which therefore exists.
    pub(super) fn socket(&mut self, id: Id) -> Result<&mut Mailbox, Errno> {
        self.sockets.get_mut(&id).ok_or(Errno::EBADF)
    }

    pub(super) fn bind(&mut self, id: Id, port: u64) -> Result<(), Errno> {
        if self.socket(id)?.local.is_some() {
            return Err(Errno::EINVAL);
        }
        if port != 0 && self.at(port).is_some() {
            return Err(Errno::EADDRINUSE);
        }
        let port = if port == 0 { self.free_port() } else { port };
        self.socket(id)?.local = Some(port);
        Ok(())
    }

    /// A port that nobody has; they count up, so that none is soon used again.
    fn free_port(&mut self) -> u64 {
        loop {
            self.next_port += 1;
            if self.at(self.next_port).is_none() {
                return self.next_port;
            }
        }
    }

    /// The socket that is bound to `port`.
    fn at(&mut self, port: u64) -> Option<&mut Mailbox> {
        self.sockets.values_mut().find(|socket| socket.local == Some(port))
    }

    fn autobind(&mut self, id: Id) -> Result<u64, Errno> {
        if self.socket(id)?.local.is_none() {
            self.bind(id, 0)?;
        }
        self.socket(id)?.local.ok_or(Errno::EINVAL)
    }

    pub(super) fn connect(&mut self, id: Id, to: u64) -> Result<(), Errno> {
        if to == 0 {
            return Err(Errno::EINVAL);
        }
        self.autobind(id)?;
        self.socket(id)?.peer = Some(to);
        Ok(())
    }

    /// Sends one message. It never waits: what finds no room is lost, as a whole, and what finds
    /// nobody comes back to a connected sender as an error of a later operation.
    pub(super) fn send(&mut self, id: Id, to: Option<u64>, bytes: Vec<u8>) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        if let Some(errno) = socket.error.take() {
            return Err(errno);
        }
        if !socket.sends {
            return Err(Errno::EPIPE);
        }
        let peer = socket.peer;
        let to = to.or(peer).ok_or(Errno::EDESTADDRREQ)?;
        if to == 0 {
            return Err(Errno::EINVAL);
        }
        if bytes.len() > MESSAGE_MAX {
            return Err(Errno::EMSGSIZE);
        }
        let from = self.autobind(id)?;
        let receiver = self.at(to).filter(|receiver| receiver.hears(from));
        match receiver {
            Some(receiver) => receiver.put(Message { from, bytes }),
            None if peer == Some(to) => self.socket(id)?.error = Some(Errno::ECONNREFUSED),
            None => {}
        }
        Ok(())
    }

    /// Takes one handle away; with the last one the socket goes, and its port is free.
    pub(super) fn close(&mut self, id: Id) {
        match self.sockets.get_mut(&id) {
            Some(socket) if socket.handles > 1 => socket.handles -= 1,
            _ => drop(self.sockets.remove(&id)),
        }
    }
}

impl Mailbox {
    fn new() -> Self {
        Self {
            handles: 1,
            local: None,
            peer: None,
            options: Options::of_datagram(),
            queue: VecDeque::new(),
            error: None,
            sends: true,
            receives: true,
        }
    }

    /// A connected socket receives from its peer alone.
    fn hears(&self, from: u64) -> bool {
        self.peer.is_none_or(|peer| peer == from)
    }

    fn put(&mut self, message: Message) {
        let weight = |message: &Message| message.bytes.len() + OVERHEAD;
        let full: usize = self.queue.iter().map(weight).sum();
        if full + weight(&message) <= self.options.size(SocketOption::RecvBuffer) {
            self.queue.push_back(message);
        }
    }

    /// Receives one message: the pending error comes first and leaves the queue alone. After
    /// `SHUT_RD` it receives what comes but does not wait, as on Linux.
    pub(super) fn recv(&mut self, buf: &mut RecvBuf<'_>, peek: bool) -> Attempt<Found> {
        if let Some(errno) = self.error.take() {
            return Some(Err(errno));
        }
        let Some(message) = self.queue.front() else {
            return (!self.receives).then_some(Err(Errno::EAGAIN));
        };
        let (from, whole) = (message.from, message.bytes.len());
        let len = buf.append(&message.bytes);
        if !peek {
            self.queue.pop_front();
        }
        Some(Ok(Found { from, len, whole }))
    }

    pub(super) fn shutdown(&mut self, how: Shutdown) -> Result<(), Errno> {
        if self.peer.is_none() {
            return Err(Errno::ENOTCONN);
        }
        self.receives &= how == Shutdown::Write;
        self.sends &= how == Shutdown::Read;
        Ok(())
    }

    pub(super) fn ready(&self) -> Ready {
        Ready {
            read: self.error.is_some() || !self.receives || !self.queue.is_empty(),
            write: true,
            error: self.error.is_some(),
            hangup: !self.receives && !self.sends,
        }
    }

    /// The length of the next message.
    pub(super) fn queued(&self) -> usize {
        self.queue.front().map_or(0, |message| message.bytes.len())
    }
}
