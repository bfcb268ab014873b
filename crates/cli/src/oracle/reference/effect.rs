//! What an operation does to the sockets.

use super::{
    Family, Flag, Handle, Kind, Operation, Opt, Place, Reference, Slot, Sock, State, Target,
    Timeout, Wait,
};

impl Reference {
    /// Carries `operation` out, and says what is to be waited for afterwards.
    pub(crate) fn apply(&mut self, operation: &Operation) -> Vec<Wait> {
        if let Operation::Create { slot, family, kind, timeout } = *operation {
            let mut sock = Sock::new(family, kind);
            sock.nonblocking = timeout != Timeout::None;
            self.sockets.push(sock);
            let sock = self.sockets.len() - 1;
            self.handles.insert(slot, Handle { sock, timeout, open: true });
            return Vec::new();
        }
        let Some(handle) = self.handle(operation.slot()).filter(|handle| handle.open) else {
            return Vec::new();
        };
        let mut touched = vec![handle.sock];
        self.perform(operation, handle, &mut touched);
        self.waits(&touched)
    }

    fn perform(&mut self, operation: &Operation, handle: Handle, touched: &mut Vec<usize>) {
        let at = handle.sock;
        match *operation {
            Operation::Bind { to, .. } => self.bind(at, to),
            Operation::Listen { backlog, .. } => self.listen(at, backlog),
            Operation::Connect { to, .. } | Operation::ConnectEx { to, .. } => {
                self.connect(handle, to, touched);
            }
            Operation::Accept { into, .. } => self.accept(at, into, touched),
            Operation::Send { len, .. } | Operation::SendAll { len, .. } => {
                self.send(at, None, len, touched);
            }
            Operation::SendTo { len, to, .. } => {
                let target = self.target(to, &self.sockets[at]);
                // A stream takes any address that can be spelled.
                let spelled = to == Place::Broadcast && self.sockets[at].family == Family::V4;
                if target != Target::Refused || spelled {
                    self.send(at, Some(target), len, touched);
                }
            }
            Operation::SendAllSlowly { slot, reader } => self.flood(at, slot, reader),
            Operation::Recv { len, flag, .. } => self.receive(at, len, flag, false),
            Operation::RecvFrom { len, flag, .. } => self.receive(at, len, flag, true),
            Operation::Shutdown { how, .. } => self.shutdown(at, how, touched),
            Operation::SetTimeout { slot, timeout } if timeout.is_one() => {
                self.set_timeout(slot, timeout);
            }
            Operation::SetBlocking { slot, on } => {
                self.set_timeout(slot, if on { Timeout::None } else { Timeout::Zero });
            }
            Operation::GetOption { option: Opt::Error, .. } => self.sockets[at].failed = false,
            Operation::Dup { into, .. } => {
                let sock = &mut self.sockets[at];
                sock.handles += 1;
                // The duplicate is given its timeout anew, and what they share is set by that.
                sock.nonblocking = handle.timeout != Timeout::None;
                self.handles.insert(into, handle);
            }
            Operation::Close { slot } => self.close(slot, at, touched),
            _ => {}
        }
    }

    fn bind(&mut self, at: usize, to: Place) {
        let sock = &mut self.sockets[at];
        if sock.named || !matches!(sock.state, State::Idle) {
            return;
        }
        sock.named = match to {
            Place::Loopback | Place::Anywhere => true,
            Place::Shorthand => sock.family == Family::V4,
            _ => false,
        };
        if to == Place::Broadcast {
            sock.state = State::Odd;
        }
    }

    fn listen(&mut self, at: usize, backlog: Option<i32>) {
        let sock = &mut self.sockets[at];
        let room = 1 + usize::try_from(backlog.unwrap_or(128)).unwrap_or(0);
        match &mut sock.state {
            _ if sock.kind == Kind::Udp => {}
            State::Listening { room: before, .. } => *before = room,
            State::Idle => {
                sock.named = true;
                sock.state = State::Listening { room, queue: Vec::new(), turned_away: false };
            }
            _ => {}
        }
    }

    fn connect(&mut self, handle: Handle, to: Place, touched: &mut Vec<usize>) {
        let at = handle.sock;
        let target = self.target(to, &self.sockets[at]);
        let spelled = to == Place::Broadcast && self.sockets[at].family == Family::V4;
        let state = &self.sockets[at].state;
        let reset = matches!(state, State::Connected { reset: true, .. });
        if target == Target::Refused && !(spelled && (*state == State::Refused || reset)) {
            return;
        }
        if reset {
            // It is connected still, or told of the reset and free again: that depends on whether
            // the first attempt was waited for in the system.
            self.sockets[at].state = State::Odd;
            self.sockets[at].inbox.clear();
            return;
        }
        if self.sockets[at].kind == Kind::Udp {
            let Target::Sock(peer) = target else { return };
            let sock = &mut self.sockets[at];
            if sock.state != State::Odd {
                sock.named = true;
            }
            sock.state = State::Bonded { peer };
            return;
        }
        if self.sockets[at].state == State::Refused {
            let sock = &mut self.sockets[at];
            (sock.state, sock.named) = (State::Idle, false);
            (sock.shut_read, sock.shut_write) = (false, false);
        } else if self.sockets[at].state == State::Idle {
            self.attempt(handle, target, touched);
        }
    }

    /// A first attempt to connect a stream.
    fn attempt(&mut self, handle: Handle, target: Target, touched: &mut Vec<usize>) {
        let at = handle.sock;
        self.sockets[at].named = false;
        if let Target::Sock(other) = target {
            let far = self.sockets.len();
            if let State::Listening { room, queue, turned_away } = &mut self.sockets[other].state {
                if queue.len() >= *room {
                    *turned_away = true;
                    self.sockets[at].state = State::Unanswered;
                    return;
                }
                queue.push(far);
                let mut end = Sock::new(self.sockets[at].family, Kind::Tcp);
                (end.state, end.handles) = (connected(at), 0);
                self.sockets.push(end);
                self.sockets[at].state = connected(far);
                touched.extend([other, far]);
                return;
            }
        }
        if handle.timeout != Timeout::None {
            self.sockets[at].state = State::Refused;
        }
    }

    fn accept(&mut self, at: usize, into: Slot, touched: &mut Vec<usize>) {
        if let State::Listening { queue, .. } = &mut self.sockets[at].state
            && !queue.is_empty()
        {
            let sock = queue.remove(0);
            self.sockets[sock].handles = 1;
            let handle = Handle { sock, timeout: Timeout::None, open: true };
            self.handles.insert(into, handle);
            touched.push(sock);
        }
    }

    fn set_timeout(&mut self, slot: Slot, timeout: Timeout) {
        if let Some(handle) = self.handles.get_mut(&slot) {
            handle.timeout = timeout;
            self.sockets[handle.sock].nonblocking = timeout != Timeout::None;
        }
    }

    fn send(&mut self, at: usize, to: Option<Target>, len: usize, touched: &mut Vec<usize>) {
        if self.sockets[at].kind == Kind::Udp {
            return self.send_datagram(at, to, len, touched);
        }
        let State::Connected { peer, reset: false, .. } = self.sockets[at].state else { return };
        if self.sockets[at].shut_write || len == 0 {
            return;
        }
        touched.push(peer);
        let far = &mut self.sockets[peer];
        let gone = far.state == State::Closed;
        // RFC 9293 3.10.7.4: data for a side that takes no more is answered with a reset.
        let deaf = far.shut_read && far.shut_write;
        if gone || deaf {
            self.reset(at);
            self.reset(peer);
        } else {
            far.inbox.push(len);
        }
    }

    fn send_datagram(
        &mut self,
        at: usize,
        to: Option<Target>,
        len: usize,
        touched: &mut Vec<usize>,
    ) {
        let bond = match self.sockets[at].state {
            State::Bonded { peer } => Some(peer),
            _ => None,
        };
        let goal = match (to, bond) {
            (Some(Target::Sock(goal)), _) | (None, Some(goal)) => goal,
            (Some(_), _) | (None, None) => return,
        };
        let most = if self.sockets[at].family == Family::V4 { 65507 } else { 65527 };
        if len > most {
            return;
        }
        let sock = &mut self.sockets[at];
        if sock.state == State::Idle {
            sock.named = true;
        }
        if std::mem::take(&mut sock.failed) || sock.shut_write {
            return;
        }
        let heard = match self.sockets[goal].state {
            State::Closed => false,
            State::Bonded { peer } => peer == at,
            _ => true,
        };
        if heard {
            self.sockets[goal].inbox.push(len);
            touched.push(goal);
        } else if bond == Some(goal) {
            self.sockets[at].failed = true;
        }
    }

    /// A stream is full; nothing certain can be said about it any more.
    fn flood(&mut self, at: usize, slot: Slot, reader: Slot) {
        let far = self.handle(reader).map(|handle| handle.sock);
        for sock in [Some(at), far].into_iter().flatten() {
            self.sockets[sock].state = State::Odd;
            self.sockets[sock].inbox.clear();
        }
        for slot in [slot, reader] {
            self.handles.remove(&slot);
            self.spent.push(slot);
        }
    }

    fn receive(&mut self, at: usize, len: usize, flag: Flag, from: bool) {
        let sock = &mut self.sockets[at];
        if sock.kind == Kind::Udp {
            if len == 0 && !from && flag != Flag::Trunc {
                return;
            }
            let failed = std::mem::take(&mut sock.failed);
            if !failed && flag != Flag::Peek && !sock.inbox.is_empty() {
                sock.inbox.remove(0);
            }
            return;
        }
        let mut left = if flag == Flag::Peek { 0 } else { len };
        while left > 0 && !sock.inbox.is_empty() {
            let taken = left.min(sock.inbox[0]);
            sock.inbox[0] -= taken;
            left -= taken;
            if sock.inbox[0] == 0 {
                sock.inbox.remove(0);
            }
        }
    }

    fn shutdown(&mut self, at: usize, how: i32, touched: &mut Vec<usize>) {
        if !(0..=2).contains(&how) {
            return;
        }
        let (reads, writes) = (how != 1, how != 0);
        match self.sockets[at].state.clone() {
            State::Listening { queue, .. } => {
                if reads {
                    self.drop_queue(&queue, touched);
                    self.sockets[at].state = State::Odd;
                    self.sockets[at].named = false;
                }
                return;
            }
            State::Refused | State::Unanswered => {
                self.sockets[at].state = State::Odd;
                return;
            }
            State::Connected { peer, reset: false, .. } if writes => self.end(at, peer, touched),
            _ => {}
        }
        let sock = &mut self.sockets[at];
        sock.shut_read |= reads;
        sock.shut_write |= writes;
    }

    fn close(&mut self, slot: Slot, at: usize, touched: &mut Vec<usize>) {
        if let Some(handle) = self.handles.get_mut(&slot) {
            handle.open = false;
        }
        self.sockets[at].handles -= 1;
        if self.sockets[at].handles > 0 {
            return;
        }
        let state = std::mem::replace(&mut self.sockets[at].state, State::Closed);
        match state {
            State::Listening { queue, .. } => self.drop_queue(&queue, touched),
            State::Connected { peer, reset: false, .. } => {
                let unread = !self.sockets[at].inbox.is_empty();
                if unread {
                    touched.push(peer);
                    self.reset(peer);
                } else {
                    self.end(at, peer, touched);
                }
            }
            _ => {}
        }
        self.sockets[at].named = false;
    }

    /// Has `peer` see the end of what `at` sends.
    fn end(&mut self, at: usize, peer: usize, touched: &mut Vec<usize>) {
        if let State::Connected { ended, .. } = &mut self.sockets[peer].state {
            *ended = true;
        }
        touched.extend([at, peer]);
    }

    fn reset(&mut self, at: usize) {
        if let State::Connected { reset, .. } = &mut self.sockets[at].state {
            *reset = true;
        }
    }

    /// Resets the connections that nobody has accepted.
    fn drop_queue(&mut self, queue: &[usize], touched: &mut Vec<usize>) {
        for &end in queue {
            if let State::Connected { peer, .. } = self.sockets[end].state {
                self.reset(peer);
                touched.push(peer);
            }
            self.sockets[end].state = State::Closed;
        }
    }
}

fn connected(peer: usize) -> State {
    State::Connected { peer, ended: false, reset: false }
}
