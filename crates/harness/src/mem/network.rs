//! A network of stream sockets: who listens where, who is connected to whom.

use std::collections::{BTreeMap, VecDeque};
use std::io::IoSlice;

use sockrates_core::{Errno, Ready, Shutdown, SocketOption};

use super::monitor::Attempt;
use super::naming::{MAPPED, Naming, Port};
use super::options::Options;
use super::ports::Ports;
use super::rights::Rights;
use super::socket::{Connection, Id, Phase, Queue, Socket};

/// Every socket of a network, by number.
#[derive(Debug, Default)]
pub(super) struct Network {
    sockets: BTreeMap<Id, Socket>,
    next_id: Id,
    pub(super) ports: Ports,
    /// How many connections have gone to listeners that share a port.
    turns: usize,
}

/// How a connection attempt begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Done,
    /// The listener's queue is full; it goes on in the background.
    Pending,
    Refused,
}

impl Network {
    pub(super) fn named(naming: Naming) -> Self {
        Self { ports: Ports::named(naming), ..Self::default() }
    }

    pub(super) fn add(&mut self, socket: Socket) -> Id {
        self.next_id += 1;
        self.sockets.insert(self.next_id, socket);
        self.next_id
    }

    /// A socket that some handle refers to, which therefore exists.
    pub(super) fn socket(&mut self, id: Id) -> Result<&mut Socket, Errno> {
        self.sockets.get_mut(&id).ok_or(Errno::EBADF)
    }

    /// A socket, and how its addresses are written.
    pub(super) fn named_socket(&mut self, id: Id) -> Result<(&mut Socket, Naming), Errno> {
        let naming = self.ports.naming;
        Ok((self.socket(id)?, naming))
    }

    pub(super) fn bind(&mut self, id: Id, place: (Port, bool)) -> Result<(), Errno> {
        let (port, everywhere) = place;
        if self.socket(id)?.local.is_some() {
            return Err(Errno::EINVAL);
        }
        let chosen = port == port & MAPPED;
        let port = if chosen { self.ports.free(&self.sockets) | port } else { port };
        let socket = self.socket(id)?;
        (socket.local, socket.everywhere) = (Some(port), everywhere);
        if self.ports.is_taken(&self.sockets, id) {
            let socket = self.socket(id)?;
            (socket.local, socket.everywhere) = (None, false);
            return Err(Errno::EADDRINUSE);
        }
        Ok(())
    }

    /// Binds it where it is not bound yet: to a port of IPv4 if `mapped` says so.
    pub(super) fn autobind(&mut self, id: Id, mapped: Port) -> Result<Port, Errno> {
        if self.socket(id)?.local.is_none() {
            self.bind(id, (mapped, false))?;
        }
        self.socket(id)?.local.ok_or(Errno::EINVAL)
    }

    /// A negative backlog counts as 0, and 0 still queues one, as on Linux.
    pub(super) fn listen(&mut self, id: Id, backlog: i32) -> Result<(), Errno> {
        self.autobind(id, 0)?;
        let room = usize::try_from(backlog).unwrap_or(0).saturating_add(1);
        // Of several sockets that reuse an address, one listens.
        let idle = matches!(self.socket(id)?.phase, Phase::Idle);
        if idle && self.ports.is_taken(&self.sockets, id) {
            return Err(Errno::EADDRINUSE);
        }
        let socket = self.socket(id)?;
        match &mut socket.phase {
            Phase::Idle => {
                let (ready, knocking) = (VecDeque::new(), VecDeque::new());
                socket.phase = Phase::Listening(Queue { room, ready, knocking });
                Ok(())
            }
            Phase::Listening(queue) => {
                queue.room = room;
                Ok(())
            }
            Phase::Connecting | Phase::Connected(_) => Err(Errno::EINVAL),
        }
    }

    /// The next complete connection; the room it leaves goes to who knocked first.
    pub(super) fn accept(&mut self, id: Id) -> Attempt<(Id, Port)> {
        let (accepted, knocked) = match self.queue(id) {
            Err(errno) => return Some(Err(errno)),
            Ok(queue) => (queue.ready.pop_front()?, queue.knocking.pop_front()),
        };
        if let Some(client) = knocked {
            self.establish(client, id);
        }
        Some(self.socket(accepted).and_then(|socket| {
            socket.handles = 1;
            Ok((accepted, socket.connection()?.peer_port))
        }))
    }

    fn queue(&mut self, id: Id) -> Result<&mut Queue, Errno> {
        match &mut self.socket(id)?.phase {
            Phase::Listening(queue) => Ok(queue),
            _ => Err(Errno::EINVAL),
        }
    }

    pub(super) fn start_connect(&mut self, id: Id, to: Port) -> Result<Start, Errno> {
        let socket = self.socket(id)?;
        match socket.phase {
            Phase::Connected(_) => return Err(Errno::EISCONN),
            Phase::Connecting => return Err(Errno::EALREADY),
            Phase::Listening(_) => return Err(Errno::EOPNOTSUPP),
            Phase::Idle => {}
        }
        if let Some(errno) = socket.error.take() {
            return Err(errno);
        }
        if to & MAPPED != 0 && socket.options.is_on(SocketOption::OnlyV6) {
            return Err(Errno::ENETUNREACH);
        }
        self.autobind(id, to & MAPPED)?;
        let Some(listener) = self.listener_at(to) else { return Ok(Start::Refused) };
        let queue = self.queue(listener)?;
        if queue.ready.len() < queue.room {
            self.establish(id, listener);
            return Ok(Start::Done);
        }
        queue.knocking.push_back(id);
        self.socket(id)?.phase = Phase::Connecting;
        Ok(Start::Pending)
    }

    /// Who listens at a port; those who share it take turns.
    fn listener_at(&mut self, port: Port) -> Option<Id> {
        let listens =
            |socket: &Socket| socket.has(port) && matches!(socket.phase, Phase::Listening(_));
        let all = self.sockets.iter().filter(|(_, socket)| listens(socket));
        let all: Vec<Id> = all.map(|(id, _)| *id).collect();
        self.turns = self.turns.wrapping_add(1);
        all.get(self.turns % all.len().max(1)).copied()
    }

    /// What has come of an attempt that was pending.
    pub(super) fn connected(&mut self, id: Id) -> Attempt<()> {
        match self.socket(id) {
            Err(errno) => Some(Err(errno)),
            Ok(Socket { phase: Phase::Connecting, .. }) => None,
            Ok(socket) => Some(socket.error.take().map_or(Ok(()), Err)),
        }
    }

    /// Makes the connection: the client's side, and the other one in the listener's queue.
    fn establish(&mut self, client: Id, listener: Id) {
        let port = |socket: Option<&Socket>| socket.and_then(|socket| socket.local);
        let Some(client_port) = port(self.sockets.get(&client)) else { return };
        let Some(server_port) = port(self.sockets.get(&listener)) else { return };
        // Of a listener to both IP versions, the client's is that of the connection.
        let server_port = server_port | client_port & MAPPED;
        let options = self.sockets.get(&listener).map(|listener| listener.options.clone());
        let Some(options) = options else { return };
        let server = self.side((client, client_port), server_port, options);
        if let Ok(queue) = self.queue(listener) {
            queue.ready.push_back(server);
        }
        if let Some(socket) = self.sockets.get_mut(&client) {
            socket.phase = Phase::Connected(Connection::new(server, server_port));
        }
    }

    /// A socket at `port` whose peer is `peer`, with no handle yet.
    fn side(&mut self, (peer, peer_port): (Id, Port), port: Port, options: Options) -> Id {
        let phase = Phase::Connected(Connection::new(peer, peer_port));
        self.add(Socket { handles: 0, ..Socket::new(Some(port), phase, options) })
    }

    /// Sends bytes of which the last one is urgent; there is always room for that one.
    pub(super) fn send_urgent(&mut self, id: Id, bytes: &[u8]) -> Attempt<usize> {
        let none = Rights::default();
        let Some((urgent, ordinary)) = bytes.split_last() else { return self.send(id, &[], &none) };
        match self.send(id, &[IoSlice::new(ordinary)], &none)? {
            Ok(len) if len == ordinary.len() => {}
            other => return Some(other),
        }
        match self.peer(id) {
            Some(Socket { phase: Phase::Connected(connection), options, .. }) => {
                if options.is_on(SocketOption::OobInline) {
                    connection.inbox.push_back(*urgent);
                } else {
                    connection.urgent = Some(*urgent);
                }
                Some(Ok(bytes.len()))
            }
            _ => Some(Err(Errno::EPIPE)),
        }
    }

    /// Sends what there is room for, and `rights` with it.
    pub(super) fn send(
        &mut self,
        id: Id,
        bytes: &[IoSlice<'_>],
        rights: &Rights,
    ) -> Attempt<usize> {
        let error = match self.socket(id) {
            Ok(socket) => socket.send_error(),
            Err(errno) => Some(errno),
        };
        if let Some(errno) = error {
            return Some(Err(errno));
        }
        let room = self.room(id)?;
        let Some(peer) = self.peer(id) else { return Some(Err(Errno::EPIPE)) };
        let Phase::Connected(connection) = &mut peer.phase else { return Some(Err(Errno::EPIPE)) };
        if bytes.iter().all(|slice| slice.is_empty()) {
            return Some(Ok(0));
        }
        (room > 0).then(|| Ok(connection.put(bytes, rights, room)))
    }

    /// How many bytes a send would find room for; `None` while there is no connection yet. A peer
    /// that is gone takes any number, for the send fails at once.
    fn room(&mut self, id: Id) -> Option<usize> {
        let socket = self.sockets.get(&id)?;
        let Phase::Connected(connection) = &socket.phase else { return None };
        let Some(peer) = self.sockets.get(&connection.peer) else { return Some(usize::MAX) };
        let Phase::Connected(other) = &peer.phase else { return Some(usize::MAX) };
        let room = socket.options.size(SocketOption::SendBuffer)
            + peer.options.size(SocketOption::RecvBuffer);
        Some(room.saturating_sub(other.inbox.len()))
    }

    fn peer(&mut self, id: Id) -> Option<&mut Socket> {
        let Phase::Connected(connection) = &self.sockets.get(&id)?.phase else { return None };
        let peer = connection.peer;
        self.sockets.get_mut(&peer)
    }

    pub(super) fn ready(&mut self, id: Id) -> Result<Ready, Errno> {
        let room = self.room(id).unwrap_or(0);
        Ok(self.socket(id)?.ready(room))
    }

    /// On a listener this ends the listening, as on Linux.
    pub(super) fn shutdown(&mut self, id: Id, how: Shutdown) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        let phase = std::mem::replace(&mut socket.phase, Phase::Idle);
        if let Phase::Listening(queue) = phase {
            self.dismiss(queue);
            return Ok(());
        }
        socket.phase = phase;
        let connection = socket.connection()?;
        if connection.reset {
            return Err(Errno::ENOTCONN);
        }
        connection.ended_first |= how != Shutdown::Read && !connection.ended;
        connection.receives &= how == Shutdown::Write;
        connection.sends &= how == Shutdown::Read;
        if how != Shutdown::Read {
            self.end_peer(id);
        }
        Ok(())
    }

    fn end_peer(&mut self, id: Id) {
        if let Some(Socket { phase: Phase::Connected(other), .. }) = self.peer(id) {
            other.ended = true;
        }
    }

    fn reset_peer(&mut self, id: Id) {
        if let Some(peer) = self.peer(id) {
            peer.receive_reset();
        }
    }

    /// Takes one handle away. With the last one the socket ends: orderly, or with a reset where it
    /// was told so or leaves bytes that nobody received.
    pub(super) fn close(&mut self, id: Id) {
        match self.sockets.get_mut(&id) {
            Some(socket) if socket.handles > 1 => socket.handles -= 1,
            _ => self.remove(id),
        }
    }

    fn remove(&mut self, id: Id) {
        match self.sockets.get(&id) {
            Some(socket @ Socket { phase: Phase::Connected(connection), .. }) => {
                if socket.resets || !connection.inbox.is_empty() {
                    self.reset_peer(id);
                } else {
                    self.ports.linger(socket, connection);
                    self.end_peer(id);
                }
            }
            Some(Socket { phase: Phase::Connecting, .. }) => self.withdraw(id),
            _ => {}
        }
        if let Some(Socket { phase: Phase::Listening(queue), .. }) = self.sockets.remove(&id) {
            self.dismiss(queue);
        }
    }

    /// Takes an attempt that is pending back.
    fn withdraw(&mut self, id: Id) {
        for socket in self.sockets.values_mut() {
            if let Phase::Listening(queue) = &mut socket.phase {
                queue.knocking.retain(|knocking| *knocking != id);
            }
        }
    }

    /// A listener is gone: resets what it had not accepted, refuses who still knocked.
    fn dismiss(&mut self, queue: Queue) {
        for id in queue.ready {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.resets = true;
            }
            self.remove(id);
        }
        for id in queue.knocking {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.phase = Phase::Idle;
                socket.error = Some(Errno::ECONNREFUSED);
            }
        }
    }
}
