//! Which operations are no gamble.

use super::{
    DATAGRAMS_MAX, Flag, Handle, INBOX_MAX, Kind, Operation, Place, Reference, Sock, State, Target,
    Timeout, Waiting,
};

impl Reference {
    /// Whether what `operation` does is certain, and does not take for ever.
    pub(crate) fn admits(&self, operation: &Operation) -> bool {
        let taken = |slot| self.handles.contains_key(&slot) || self.spent.contains(&slot);
        if operation.makes().is_some_and(taken) {
            return false;
        }
        if let Operation::Create { timeout, .. } = operation {
            return timeout.is_one();
        }
        if operation.names().is_some_and(|other| self.open(other).is_none()) {
            return false;
        }
        let Some(handle) = self.handle(operation.slot()) else { return false };
        if !handle.open {
            return !matches!(operation, Operation::SendAllSlowly { .. });
        }
        let sock = &self.sockets[handle.sock];
        let agrees = (handle.timeout == Timeout::None) != sock.nonblocking;
        self.admits_open(operation, handle, sock, agrees)
    }

    fn admits_open(
        &self,
        operation: &Operation,
        handle: Handle,
        sock: &Sock,
        agrees: bool,
    ) -> bool {
        match *operation {
            Operation::Bind { to, .. } => self.admits_bind(to, sock),
            Operation::Listen { .. } => match &sock.state {
                State::Idle => !sock.shut_read && !sock.shut_write,
                State::Listening { turned_away, .. } => !turned_away,
                State::Odd => false,
                _ => true,
            },
            Operation::Connect { to, .. } | Operation::ConnectEx { to, .. } => {
                agrees && self.admits_connect(to, handle, sock)
            }
            Operation::Accept { .. } => agrees && may(handle, self.accepting(sock)),
            Operation::Send { len, .. } | Operation::SendAll { len, .. } => {
                agrees && may(handle, sending(sock)) && self.has_room(sock, None, len)
            }
            Operation::SendTo { len, to, .. } => {
                let target = self.target(to, sock);
                let known = target != Target::Unknown || to == Place::Loopback;
                let waiting = if target == Target::Refused && to != Place::Broadcast {
                    Waiting::No
                } else {
                    sending(sock)
                };
                agrees && known && may(handle, waiting) && self.has_room(sock, Some(target), len)
            }
            Operation::SendAllSlowly { reader, .. } => {
                let Some((_, other)) = self.open(reader) else { return false };
                let fresh = |sock: &Sock| {
                    sock.inbox.is_empty()
                        && !sock.shut_read
                        && !sock.shut_write
                        && sock.handles == 1
                };
                let peer = |state: &State| match *state {
                    State::Connected { peer, ended: false, reset: false } => Some(peer),
                    _ => None,
                };
                let reads = self.handle(reader).map(|reader| reader.sock);
                peer(&sock.state).is_some_and(|peer| Some(peer) == reads)
                    && peer(&other.state).is_some()
                    && fresh(sock)
                    && fresh(other)
            }
            Operation::Recv { len, flag, .. } => {
                agrees && may(handle, receiving(sock, len, flag, false))
            }
            Operation::RecvFrom { len, flag, .. } => {
                agrees && may(handle, receiving(sock, len, flag, true))
            }
            Operation::SetTimeout { .. }
            | Operation::SetBlocking { .. }
            | Operation::GetTimeout { .. }
            | Operation::GetSockName { .. }
            | Operation::GetPeerName { .. }
            | Operation::GetOption { .. }
            | Operation::SetOption { .. }
            | Operation::Shutdown { .. }
            | Operation::Dup { .. }
            | Operation::Close { .. } => true,
            Operation::Create { .. } => false,
        }
    }

    fn admits_bind(&self, to: Place, sock: &Sock) -> bool {
        match to {
            Place::Of(_) => match self.target(to, sock) {
                Target::Sock(other) => matches!(
                    self.sockets[other].state,
                    State::Idle | State::Listening { .. } | State::Bonded { .. }
                ),
                Target::Refused => true,
                _ => false,
            },
            _ => true,
        }
    }

    fn admits_connect(&self, to: Place, handle: Handle, sock: &Sock) -> bool {
        let target = self.target(to, sock);
        if sock.kind == Kind::Udp {
            // On Linux what fails so leaves the route of the old peer half replaced.
            let astray = to == Place::Broadcast && matches!(sock.state, State::Bonded { .. });
            return target != Target::Unknown && sock.state != State::Odd && !astray;
        }
        if target == Target::Refused {
            return sock.state != State::Unanswered || handle.timeout != Timeout::None;
        }
        match sock.state {
            State::Idle if sock.shut_read || sock.shut_write => false,
            State::Idle => match target {
                Target::Sock(other) => self.admits_attempt(other, handle, sock),
                Target::Nobody => handle.timeout != Timeout::Short,
                Target::Refused | Target::Unknown => false,
            },
            State::Connected { .. } | State::Listening { .. } | State::Refused => {
                target != Target::Unknown
            }
            State::Unanswered => target != Target::Unknown && handle.timeout != Timeout::None,
            _ => false,
        }
    }

    /// Whether a first attempt to connect to `other` ends in time, and certainly.
    fn admits_attempt(&self, other: usize, handle: Handle, sock: &Sock) -> bool {
        let itself = self.handles.values().any(|held| held.open && held.sock == other)
            && std::ptr::eq(&raw const self.sockets[other], sock);
        match &self.sockets[other].state {
            _ if itself => false,
            State::Listening { room, queue, .. } if queue.len() >= *room => {
                matches!(handle.timeout, Timeout::Short | Timeout::Zero | Timeout::MinusZero)
            }
            State::Listening { .. } | State::Idle => handle.timeout != Timeout::Short,
            _ => false,
        }
    }

    fn accepting(&self, sock: &Sock) -> Waiting {
        match &sock.state {
            State::Listening { turned_away: true, .. } => Waiting::Forbidden,
            State::Listening { queue, .. } if queue.is_empty() => Waiting::Yes,
            State::Listening { .. } => Waiting::No,
            _ => Waiting::Polled,
        }
    }

    /// Whether the receiver has room for `len` bytes from `sock`.
    fn has_room(&self, sock: &Sock, target: Option<Target>, len: usize) -> bool {
        let room = |other: usize| {
            let inbox = &self.sockets[other].inbox;
            let queued: usize = inbox.iter().sum();
            match self.sockets[other].kind {
                Kind::Tcp => queued + len <= INBOX_MAX,
                // A large one takes all the room there is.
                Kind::Udp if len > INBOX_MAX => inbox.is_empty(),
                Kind::Udp => queued + len <= INBOX_MAX && inbox.len() < DATAGRAMS_MAX,
            }
        };
        match (&sock.state, target) {
            (State::Odd, Some(Target::Sock(_) | Target::Nobody)) => false,
            (State::Connected { peer, .. }, _) => room(*peer),
            (_, Some(Target::Sock(other))) => room(other),
            (State::Bonded { peer }, None) => room(*peer),
            _ => true,
        }
    }
}

/// Whether an operation that would wait so is to be called through this handle.
fn may(handle: Handle, waiting: Waiting) -> bool {
    match waiting {
        Waiting::No => true,
        Waiting::Yes => {
            matches!(handle.timeout, Timeout::Short | Timeout::Zero | Timeout::MinusZero)
        }
        Waiting::Polled => handle.timeout != Timeout::Long,
        Waiting::Forbidden => false,
    }
}

fn sending(sock: &Sock) -> Waiting {
    match sock.state {
        State::Listening { .. } => Waiting::Polled,
        State::Unanswered => Waiting::Yes,
        _ => Waiting::No,
    }
}

fn receiving(sock: &Sock, len: usize, flag: Flag, from: bool) -> Waiting {
    let queued: usize = sock.inbox.iter().sum();
    match (sock.kind, &sock.state) {
        (Kind::Udp, _) if len == 0 && !from && flag != Flag::Trunc => Waiting::No,
        (Kind::Udp, _) if sock.failed || !sock.inbox.is_empty() => Waiting::No,
        // It is ready for ever, and brings nothing.
        (Kind::Udp, _) if sock.shut_read => Waiting::Polled,
        (Kind::Udp, _) | (_, State::Unanswered) => Waiting::Yes,
        (Kind::Tcp, State::Connected { ended, reset, .. }) => {
            let ends = *ended || *reset || sock.shut_read;
            let wanted = if flag == Flag::WaitAll { len } else { len.min(1) };
            let wanted = if from { wanted.max(1) } else { wanted };
            if ends || queued >= wanted { Waiting::No } else { Waiting::Yes }
        }
        (Kind::Tcp, State::Listening { .. }) => Waiting::Polled,
        (Kind::Tcp, _) => Waiting::No,
    }
}
