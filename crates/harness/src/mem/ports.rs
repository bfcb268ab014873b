//! Which ports of a network are taken.

use std::collections::{BTreeMap, VecDeque};

use sockrates_core::SocketOption;

use super::naming::{MAPPED, Naming, Port};
use super::socket::{Connection, Id, Phase, Socket};

/// The ports of a network, beside those that its sockets have.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) naming: Naming,
    last: Port,
    /// Ports of connections that were ended from here, the oldest first, and whether they may be
    /// reused.
    lingering: VecDeque<(Port, bool)>,
}

/// How many ports linger. The oldest has lingered for longest.
const LINGERING_MAX: usize = 64;

impl Ports {
    pub(super) fn named(naming: Naming) -> Self {
        Self { naming, ..Self::default() }
    }

    /// Whether another socket has a port of this one's and does not share it, or a connection that
    /// lingers has it.
    pub(super) fn is_taken(&self, sockets: &BTreeMap<Id, Socket>, id: Id) -> bool {
        let Some(own) = sockets.get(&id) else { return false };
        let both =
            |other: &Socket, option| own.options.is_on(option) && other.options.is_on(option);
        let excludes = |other: &Socket| {
            let meets = own.local.is_some_and(|port| other.has(port))
                || other.local.is_some_and(|port| own.has(port));
            let listens = matches!(other.phase, Phase::Listening(_));
            let reused = both(other, SocketOption::ReuseAddress) && !listens;
            meets && !reused && !both(other, SocketOption::ReusePort)
        };
        let reuses = own.options.is_on(SocketOption::ReuseAddress);
        let lingers = |(port, reused): &(Port, bool)| own.has(*port) && !(reuses && *reused);
        sockets.iter().any(|(other, socket)| *other != id && excludes(socket))
            || self.lingering.iter().any(lingers)
    }

    /// A port that nobody has; they count up, so that none is soon used again.
    pub(super) fn free(&mut self, sockets: &BTreeMap<Id, Socket>) -> Port {
        loop {
            self.last = self.naming.after(self.last);
            let port = self.last;
            let is_it = |own: Port| own == port || own == port | MAPPED;
            let lingers = self.lingering.iter().any(|(own, _)| is_it(*own));
            if !lingers && !sockets.values().any(|socket| socket.local.is_some_and(is_it)) {
                return port;
            }
        }
    }

    /// The port of a connection that is ended from here first stays taken for a while.
    pub(super) fn linger(&mut self, socket: &Socket, connection: &Connection) {
        let first = connection.ended_first || !connection.ended;
        if let Some(port) = socket.local.filter(|_| first && !connection.reset) {
            self.lingering.push_back((port, socket.options.is_on(SocketOption::ReuseAddress)));
        }
        let many = self.lingering.len().saturating_sub(LINGERING_MAX);
        self.lingering.drain(..many);
    }
}
