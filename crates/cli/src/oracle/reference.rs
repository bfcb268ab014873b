//! The reference: as much of what sockets do as is needed to write programs that are no gamble.
//!
//! It does not say what an operation returns: that the two sides tell each other. It knows which
//! operation would wait for ever, which one would race the network, and what each brings about at
//! the other end, so that a program can wait for that before it goes on.

use std::collections::BTreeMap;

use super::operation::{Family, Flag, Kind, Operation, Opt, Place, Slot, Timeout, Wait};

mod admission;
mod ahead;
mod choice;
mod effect;

pub(crate) use choice::Focus;

/// How many sockets a program has at most.
const SLOTS_MAX: Slot = 8;
/// How much may lie in a queue: far from what any system limits it to.
const INBOX_MAX: usize = 16 << 10;
const DATAGRAMS_MAX: usize = 6;

/// What is known about the sockets of a program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    /// What the program is mostly about.
    pub(crate) focus: Focus,
    handles: BTreeMap<Slot, Handle>,
    sockets: Vec<Sock>,
    /// Numbers of sockets that are in a state that nothing certain can be said about.
    spent: Vec<Slot>,
}

/// A number that a program has for a socket.
#[derive(Clone, Copy, Debug)]
struct Handle {
    sock: usize,
    timeout: Timeout,
    open: bool,
}

/// A socket of the system.
#[derive(Clone, Debug)]
struct Sock {
    family: Family,
    kind: Kind,
    state: State,
    /// Whether others can be told to go there.
    named: bool,
    /// Whether the system's `O_NONBLOCK` is set.
    nonblocking: bool,
    /// The open handles; a connection that is not accepted yet has none.
    handles: usize,
    shut_read: bool,
    shut_write: bool,
    /// The lengths of what can be received: pieces of a stream, or datagrams.
    inbox: Vec<usize>,
    /// An error waits to be told (UDP).
    failed: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    /// Not connected.
    Idle,
    /// Waiting for connections: how many fit, which are there, whether one was turned away.
    Listening { room: usize, queue: Vec<usize>, turned_away: bool },
    /// Connected to that socket: whether the peer has ended its side, and whether the connection
    /// was reset.
    Connected { peer: usize, ended: bool, reset: bool },
    /// A datagram socket with a peer.
    Bonded { peer: usize },
    /// An attempt that failed, of which connecting again is told first.
    Refused,
    /// An attempt that nobody answers.
    Unanswered,
    /// Where it is has no name here: connect to nothing from there.
    Odd,
    /// No handle is left.
    Closed,
}

/// Whether an operation would have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// It ends at once.
    No,
    /// It waits until a timeout, or for ever.
    Yes,
    /// It ends at once, but not where somebody polls before: CPython does, with a timeout.
    Polled,
    /// How it ends is not known.
    Forbidden,
}

/// A socket as those who follow a program see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Which socket of the system it is.
    pub(crate) sock: usize,
    /// Which one it is connected to, on a stream.
    pub(crate) peer: Option<usize>,
    pub(crate) kind: Kind,
}

impl Reference {
    /// A reference without sockets.
    pub(crate) fn new(focus: Focus) -> Self {
        Self { focus, ..Self::default() }
    }

    /// The socket that `slot` stands for, where it is open.
    pub(crate) fn seat(&self, slot: Slot) -> Option<Seat> {
        let (handle, sock) = self.open(slot)?;
        let peer = match sock.state {
            State::Connected { peer, .. } => Some(peer),
            _ => None,
        };
        Some(Seat { sock: handle.sock, peer, kind: sock.kind })
    }

    fn handle(&self, slot: Slot) -> Option<Handle> {
        self.handles.get(&slot).copied()
    }

    fn open(&self, slot: Slot) -> Option<(Handle, &Sock)> {
        let handle = self.handle(slot).filter(|handle| handle.open)?;
        Some((handle, &self.sockets[handle.sock]))
    }

    /// A number for the next socket, if there may be one more.
    fn free(&self) -> Option<Slot> {
        (0..SLOTS_MAX).find(|slot| !self.handles.contains_key(slot) && !self.spent.contains(slot))
    }

    /// What is to be waited for after something has happened to these sockets.
    fn waits(&self, touched: &[usize]) -> Vec<Wait> {
        let mut waits = Vec::new();
        for (slot, handle) in &self.handles {
            let first = |(other, held): (&Slot, &Handle)| {
                held.sock == handle.sock && held.open && other < slot
            };
            if !handle.open || !touched.contains(&handle.sock) || self.handles.iter().any(first) {
                continue;
            }
            let sock = &self.sockets[handle.sock];
            let queued: usize = sock.inbox.iter().sum();
            match &sock.state {
                State::Listening { queue, .. } => waits.push(Wait::Pending(*slot, queue.len())),
                State::Connected { ended, reset, .. } => {
                    waits.push(Wait::Answered(*slot));
                    if queued > 0 {
                        waits.push(Wait::Queued(*slot, queued));
                    }
                    if *reset || (*ended && sock.shut_write) {
                        waits.push(Wait::Over(*slot));
                    } else if *ended {
                        waits.push(Wait::Ended(*slot));
                    }
                }
                State::Refused => waits.push(Wait::Over(*slot)),
                _ if sock.kind == Kind::Udp => {
                    if !sock.inbox.is_empty() {
                        waits.push(Wait::Readable(*slot));
                    }
                    if sock.failed {
                        waits.push(Wait::Failed(*slot));
                    }
                }
                _ => {}
            }
        }
        waits
    }
}

impl Sock {
    fn new(family: Family, kind: Kind) -> Self {
        Self {
            family,
            kind,
            state: State::Idle,
            named: false,
            nonblocking: false,
            handles: 1,
            shut_read: false,
            shut_write: false,
            inbox: Vec::new(),
            failed: false,
        }
    }
}

/// Where an operation's address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// To that socket.
    Sock(usize),
    /// To a port where nobody is.
    Nobody,
    /// Nowhere: it is refused before anything happens.
    Refused,
    /// That is not known.
    Unknown,
}

impl Reference {
    /// Where `to` leads from a socket of `family` and `kind`.
    fn target(&self, to: Place, from: &Sock) -> Target {
        match to {
            Place::Of(slot) => match self.open(slot) {
                Some((_, other)) if other.family != from.family && other.named => Target::Refused,
                // The same number may be anybody's port among those of the other kind.
                Some((handle, other)) if other.named && other.kind == from.kind => {
                    Target::Sock(handle.sock)
                }
                _ => Target::Unknown,
            },
            Place::Loopback | Place::Anywhere if from.kind == Kind::Tcp => Target::Nobody,
            Place::OtherFamily | Place::PortTooLarge | Place::PortNegative => Target::Refused,
            Place::Broadcast => Target::Refused,
            _ => Target::Unknown,
        }
    }
}
