//! What takes several steps to reach.

use std::collections::{BTreeMap, BTreeSet};

use super::super::operation::{Flag, Kind, Operation, Opt, Slot};
use super::super::outcome::{Outcome, Value};
use super::super::reference::{Reference, Seat};

/// Something that takes several steps to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scene {
    BothWays,
    HalfClosed,
    Reset,
    Peeked,
    Partly,
    TwoClients,
    Duplicate,
    Refused,
    Truncated,
}

/// All of them, in words.
pub(crate) const SCENES: [(Scene, &str); 9] = [
    (Scene::BothWays, "an accepted connection with data received at both ends"),
    (Scene::HalfClosed, "data received by who had ended its own side before it was sent"),
    (Scene::Reset, "a connection seen to be reset"),
    (Scene::Peeked, "data peeked at, then received"),
    (Scene::Partly, "MSG_WAITALL that got a part of what it wanted"),
    (Scene::TwoClients, "two connections accepted from one listener"),
    (Scene::Duplicate, "a duplicate used after the other was closed"),
    (Scene::Refused, "a datagram socket told that its peer refuses"),
    (Scene::Truncated, "a datagram received in part"),
];

/// A program, followed as it goes.
#[derive(Debug, Default)]
pub(super) struct Scenes {
    pub(super) reached: BTreeSet<Scene>,
    reference: Reference,
    /// Sockets, by what happened to them.
    accepted: BTreeSet<usize>,
    received: BTreeSet<usize>,
    half_closed: BTreeSet<usize>,
    sent_late: BTreeSet<usize>,
    bereft: BTreeSet<usize>,
    peeked: BTreeMap<usize, String>,
    accepts: BTreeMap<usize, u32>,
}

impl Scenes {
    /// Goes on with `operation`, which came to `outcome`.
    pub(super) fn follow(&mut self, operation: &Operation, outcome: &Outcome) {
        let seat = self.reference.seat(operation.slot());
        self.reference.apply(operation);
        let Some(seat) = seat else { return };
        self.failed(operation, outcome, seat);
        if let Some(hex) = received(operation, outcome) {
            self.receives(operation, hex, outcome, seat);
        }
        if !outcome.is_ok() {
            return;
        }
        match *operation {
            Operation::Accept { into, .. } => self.accepts(into, seat),
            Operation::Shutdown { how: 1, .. } if seat.peer.is_some() => {
                self.half_closed.insert(seat.sock);
            }
            Operation::Send { .. } | Operation::SendAll { .. } | Operation::SendTo { .. }
                if outcome.value != Value::Number(0) =>
            {
                let late = seat.peer.filter(|peer| self.half_closed.contains(peer));
                self.sent_late.extend(late);
            }
            Operation::Close { .. } => {
                self.bereft.insert(seat.sock);
            }
            _ => {}
        }
        // After its close the socket is reached by another handle: a duplicate.
        if self.bereft.contains(&seat.sock) && moves(operation) {
            self.reached.insert(Scene::Duplicate);
        }
    }

    fn failed(&mut self, operation: &Operation, outcome: &Outcome, seat: Seat) {
        let errno = match (operation, &outcome.value) {
            (Operation::GetOption { option: Opt::Error, .. }, Value::Number(code)) => {
                i32::try_from(*code).ok()
            }
            _ => outcome.errno,
        };
        match (seat.kind, errno) {
            (Kind::Tcp, Some(libc::ECONNRESET)) => self.reached.insert(Scene::Reset),
            (Kind::Udp, Some(libc::ECONNREFUSED)) => self.reached.insert(Scene::Refused),
            _ => false,
        };
        if outcome.truncated {
            self.reached.insert(Scene::Truncated);
        }
    }

    fn accepts(&mut self, into: Slot, listener: Seat) {
        let count = self.accepts.entry(listener.sock).or_default();
        *count += 1;
        if *count == 2 {
            self.reached.insert(Scene::TwoClients);
        }
        self.accepted.extend(self.reference.seat(into).map(|made| made.sock));
    }

    /// Bytes, at least one, have come.
    fn receives(&mut self, operation: &Operation, hex: &str, outcome: &Outcome, seat: Seat) {
        let (len, flag) = match *operation {
            Operation::Recv { len, flag, .. } | Operation::RecvFrom { len, flag, .. } => {
                (len, flag)
            }
            _ => return,
        };
        if flag == Flag::Peek {
            self.peeked.insert(seat.sock, hex.to_owned());
            return;
        }
        if let Some(before) = self.peeked.remove(&seat.sock)
            && (before.starts_with(hex) || hex.starts_with(&before))
        {
            self.reached.insert(Scene::Peeked);
        }
        if seat.kind == Kind::Udp {
            return;
        }
        let whole = outcome.is_ok() && hex.len() >= len * 2;
        if flag == Flag::WaitAll && !whole {
            self.reached.insert(Scene::Partly);
        }
        if self.sent_late.contains(&seat.sock) {
            self.reached.insert(Scene::HalfClosed);
        }
        self.received.insert(seat.sock);
        if let Some(peer) = seat.peer
            && self.received.contains(&peer)
            && (self.accepted.contains(&peer) || self.accepted.contains(&seat.sock))
        {
            self.reached.insert(Scene::BothWays);
        }
    }
}

/// What was received, with the outcome or before it; nothing is none.
fn received<'a>(operation: &Operation, outcome: &'a Outcome) -> Option<&'a str> {
    let receives = matches!(operation, Operation::Recv { .. } | Operation::RecvFrom { .. });
    let value = if outcome.is_ok() { &outcome.value } else { &outcome.done };
    match value {
        Value::Bytes(hex) | Value::Message(hex, _) if receives && !hex.is_empty() => Some(hex),
        _ => None,
    }
}

/// Whether it does more than ask the socket something.
fn moves(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Bind { .. }
            | Operation::Listen { .. }
            | Operation::Connect { .. }
            | Operation::Accept { .. }
            | Operation::Send { .. }
            | Operation::SendTo { .. }
            | Operation::SendAll { .. }
            | Operation::Recv { .. }
            | Operation::RecvFrom { .. }
            | Operation::Shutdown { .. }
    )
}
