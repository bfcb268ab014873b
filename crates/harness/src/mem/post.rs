//! A post office: datagram sockets, and how messages get from one to another.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sockrates_core::{Control, Errno, Ready, RecvBuf, Shutdown, SocketOption};

use super::monitor::Attempt;
use super::naming::{Naming, Place, Port};
use super::options::{INTERFACE, Options};
use super::rights::Rights;

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
    next_port: Port,
    pub(super) naming: Naming,
}

/// One datagram socket.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) handles: usize,
    pub(super) local: Option<Port>,
    /// Bound at every address of the machine.
    pub(super) everywhere: bool,
    /// The groups of which it is a member.
    pub(super) groups: Vec<IpAddr>,
    /// The connected peer: where it sends, and the only one it receives from.
    pub(super) peer: Option<Port>,
    pub(super) options: Options,
    queue: VecDeque<Message>,
    /// What `SO_ERROR` tells, and the next operation fails with: a refusal.
    pub(super) error: Option<Errno>,
    sends: bool,
    receives: bool,
}

#[derive(Clone, Debug)]
struct Message {
    from: Port,
    letter: Letter,
    header: Header,
}

/// What is to be sent: bytes, and descriptors with them.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) bytes: Vec<u8>,
    pub(super) rights: Rights,
}

/// What is sent beside a message's bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) hops: i32,
    pub(super) class: i32,
    /// The address that it was sent to, where it is one of IP.
    pub(super) to: Option<IpAddr>,
    /// When, since 1970.
    pub(super) time: Duration,
}

/// What a receive found of one message.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) from: Port,
    pub(super) header: Header,
    pub(super) rights: Rights,
    /// How many bytes were put in the buffer.
    pub(super) len: usize,
    /// How many there were.
    pub(super) whole: usize,
}

impl Post {
    pub(super) fn named(naming: Naming) -> Self {
        Self { naming, ..Self::default() }
    }

    pub(super) fn add(&mut self) -> Id {
        self.next_id += 1;
        let socket = Mailbox::new(Options::of_datagram(self.naming));
        self.sockets.insert(self.next_id, socket);
        self.next_id
    }

    /// A socket that some handle refers to, which therefore exists.
    pub(super) fn socket(&mut self, id: Id) -> Result<&mut Mailbox, Errno> {
        self.sockets.get_mut(&id).ok_or(Errno::EBADF)
    }

    /// A socket, and how its addresses are written.
    pub(super) fn named_socket(&mut self, id: Id) -> Result<(&mut Mailbox, Naming), Errno> {
        let naming = self.naming;
        Ok((self.socket(id)?, naming))
    }

    pub(super) fn bind(&mut self, id: Id, place: (Port, bool)) -> Result<(), Errno> {
        let (port, everywhere) = place;
        let socket = self.socket(id)?;
        if socket.local.is_some() {
            return Err(Errno::EINVAL);
        }
        let reuses = socket.options.is_on(SocketOption::ReuseAddress);
        let excludes = |other: &Mailbox| {
            let reused = reuses && other.options.is_on(SocketOption::ReuseAddress);
            other.local == Some(port) && !reused
        };
        if port != 0 && self.sockets.values().any(excludes) {
            return Err(Errno::EADDRINUSE);
        }
        let port = if port == 0 { self.free_port() } else { port };
        let socket = self.socket(id)?;
        (socket.local, socket.everywhere) = (Some(port), everywhere);
        Ok(())
    }

    /// A port that nobody has; they count up, so that none is soon used again.
    fn free_port(&mut self) -> Port {
        loop {
            self.next_port = self.naming.after(self.next_port);
            if self.at(self.next_port).is_none() {
                return self.next_port;
            }
        }
    }

    /// The socket that is bound to `port`.
    fn at(&mut self, port: Port) -> Option<&mut Mailbox> {
        self.sockets.values_mut().find(|socket| socket.local == Some(port))
    }

    fn autobind(&mut self, id: Id) -> Result<Port, Errno> {
        if self.socket(id)?.local.is_none() {
            self.bind(id, (0, false))?;
        }
        self.socket(id)?.local.ok_or(Errno::EINVAL)
    }

    pub(super) fn connect(&mut self, id: Id, to: Port) -> Result<(), Errno> {
        if to == 0 {
            return Err(Errno::EINVAL);
        }
        self.autobind(id)?;
        self.socket(id)?.peer = Some(to);
        Ok(())
    }

    /// Sends one message. It never waits: what finds no room is lost, as a whole, and what finds
    /// nobody comes back to a connected sender as an error of a later operation.
    pub(super) fn send(&mut self, id: Id, to: Option<Place>, letter: Letter) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        if let Some(errno) = socket.error.take() {
            return Err(errno);
        }
        if !socket.sends {
            return Err(Errno::EPIPE);
        }
        let (peer, options) = (socket.peer, socket.options.clone());
        let connected = peer.map(|port| Place::Here { port, everywhere: false });
        let to = to.or(connected).ok_or(Errno::EDESTADDRREQ)?;
        let (port, group) = match to {
            Place::Elsewhere => return Err(Errno::ENETUNREACH),
            Place::Here { port, .. } => (port, None),
            Place::Many { to, port } => (port, Some(to)),
        };
        if port == 0 {
            return Err(Errno::EINVAL);
        }
        let everybody = group.is_some_and(|ip| !ip.is_multicast());
        if everybody && !options.is_on(SocketOption::Broadcast) {
            return Err(Errno::EACCES);
        }
        if letter.bytes.len() > MESSAGE_MAX {
            return Err(Errno::EMSGSIZE);
        }
        let from = self.autobind(id)?;
        let to = group.or(self.naming.addr(port, false).ip());
        let message = Message { from, letter, header: Header::of(&options, to) };
        if let Some(group) = group {
            self.send_to_many(port, group, options.is_on(SocketOption::MulticastLoop), &message);
            return Ok(());
        }
        let receiver = self.at(port).filter(|receiver| receiver.hears(from));
        match receiver {
            Some(receiver) => receiver.put(message),
            None if peer == Some(port) => self.socket(id)?.error = Some(Errno::ECONNREFUSED),
            None => {}
        }
        Ok(())
    }

    /// Every member gets it, who are all on this machine; or everybody who is everywhere.
    fn send_to_many(&mut self, port: Port, to: IpAddr, loops: bool, message: &Message) {
        for socket in self.sockets.values_mut() {
            let member =
                if to.is_multicast() { socket.groups.contains(&to) && loops } else { true };
            let there = socket.local == Some(port) && socket.everywhere;
            if there && member && socket.hears(message.from) {
                socket.put(message.clone());
            }
        }
    }

    pub(super) fn join(&mut self, id: Id, group: IpAddr, interface: u32) -> Result<(), Errno> {
        if self.naming == Naming::Tokens {
            return Err(Errno::EOPNOTSUPP);
        }
        if !group.is_multicast() || !group.is_ipv4() {
            return Err(Errno::EINVAL);
        }
        if interface > INTERFACE {
            return Err(Errno::ENODEV);
        }
        let groups = &mut self.socket(id)?.groups;
        if groups.contains(&group) {
            return Err(Errno::EADDRINUSE);
        }
        groups.push(group);
        Ok(())
    }

    pub(super) fn leave(&mut self, id: Id, group: IpAddr) -> Result<(), Errno> {
        if self.naming == Naming::Tokens {
            return Err(Errno::EOPNOTSUPP);
        }
        let groups = &mut self.socket(id)?.groups;
        let at = groups.iter().position(|joined| *joined == group);
        groups.swap_remove(at.ok_or(Errno::EADDRNOTAVAIL)?);
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

impl Header {
    /// What is sent now with these options.
    fn of(options: &Options, to: Option<IpAddr>) -> Self {
        let many = to.is_some_and(|ip| ip.is_multicast());
        let hops = if many { SocketOption::MulticastTtl } else { SocketOption::Ttl };
        let value = |option| options.get(option).unwrap_or(0);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { hops: value(hops), class: value(SocketOption::Tos), to, time }
    }

    /// What of it is told to a receiver with these options.
    pub(super) fn told(&self, options: &Options) -> Vec<Control> {
        let byte = |value| u8::try_from(value).unwrap_or(u8::MAX);
        let destination = self.to.map(|addr| Control::PacketInfo { addr, interface: INTERFACE });
        let all = [
            (SocketOption::RecvTtl, Some(Control::Ttl(byte(self.hops)))),
            (SocketOption::RecvTos, Some(Control::Tos(byte(self.class)))),
            (SocketOption::RecvPacketInfo, destination),
            (SocketOption::RecvTimestamp, Some(Control::Timestamp(self.time))),
        ];
        let asked = all.into_iter().filter(|(option, _)| options.is_on(*option));
        asked.filter_map(|(_, told)| told).collect()
    }
}

impl Mailbox {
    fn new(options: Options) -> Self {
        Self {
            handles: 1,
            local: None,
            everywhere: false,
            groups: Vec::new(),
            peer: None,
            options,
            queue: VecDeque::new(),
            error: None,
            sends: true,
            receives: true,
        }
    }

    /// A connected socket receives from its peer alone.
    fn hears(&self, from: Port) -> bool {
        self.peer.is_none_or(|peer| peer == from)
    }

    fn put(&mut self, message: Message) {
        let weight = |message: &Message| message.letter.bytes.len() + OVERHEAD;
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
        let Message { from, letter: Letter { bytes, rights }, header } = message;
        let (from, header, rights, whole) = (*from, *header, rights.clone(), bytes.len());
        let len = buf.append(bytes);
        if !peek {
            self.queue.pop_front();
        }
        Some(Ok(Found { from, header, rights, len, whole }))
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
        self.queue.front().map_or(0, |message| message.letter.bytes.len())
    }
}
