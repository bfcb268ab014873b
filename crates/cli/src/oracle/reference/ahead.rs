//! The next step towards what takes several steps to reach: a choice among all that makes sense
//! rarely takes them one after the other.

use sockrates_harness::Rng;

use super::Timeout;
use super::choice::{any_timeout, pick};
use super::{
    Family, Flag, Focus, Handle, Kind, Operation, Opt, Place, Reference, Slot, Sock, State,
};

/// An open socket of the kind that is looked for.
type Open<'a> = (Slot, Handle, &'a Sock);

impl Reference {
    /// A step towards a conversation, where the program is about such.
    pub(super) fn ahead(&self, rng: &mut Rng) -> Option<Operation> {
        match self.focus {
            Focus::Streams => self.ahead_on_streams(rng),
            Focus::Datagrams => self.ahead_on_datagrams(rng),
            _ => None,
        }
    }

    fn open_ones(&self, kind: Kind) -> Vec<Open<'_>> {
        let open = self.handles.keys().filter_map(|&slot| {
            let (handle, sock) = self.open(slot)?;
            (sock.kind == kind).then_some((slot, handle, sock))
        });
        open.collect()
    }

    fn ahead_on_streams(&self, rng: &mut Rng) -> Option<Operation> {
        let all = self.open_ones(Kind::Tcp);
        let ends: Vec<_> = all
            .iter()
            .filter(|(_, _, sock)| matches!(sock.state, State::Connected { .. }))
            .copied()
            .collect();
        let whole: Vec<_> =
            ends.iter().filter(|(slot, ..)| self.other_end(*slot).is_some()).copied().collect();
        if whole.is_empty() && (ends.is_empty() || rng.below(2) == 0) {
            return self.connection(&all, rng);
        }
        let unread = |(_, _, sock): &Open<'_>| !sock.inbox.is_empty();
        let broken =
            |(_, _, sock): &Open<'_>| matches!(sock.state, State::Connected { reset: true, .. });
        let doubled = |(_, _, sock): &Open<'_>| sock.handles > 1;
        let sends = |(_, _, sock): &Open<'_>| {
            !sock.shut_write && matches!(sock.state, State::Connected { reset: false, .. })
        };
        if let Some((slot, ..)) = one(&ends, broken, rng)
            && rng.below(2) == 0
        {
            return Some(hear(slot, rng));
        }
        match rng.below(20) {
            0..=5 => one(&ends, unread, rng).map(|end| take(end, rng)),
            6..=11 => {
                let (slot, ..) = one(&whole, sends, rng)?;
                Some(Operation::Send { slot, len: few(rng) })
            }
            12..=13 => {
                one(&whole, sends, rng).map(|(slot, ..)| Operation::Shutdown { slot, how: 1 })
            }
            14 => one(&whole, unread, rng).map(|(slot, ..)| Operation::Close { slot }),
            15 => one(&whole, |_| true, rng)
                .and_then(|(slot, ..)| Some(Operation::Dup { slot, into: self.free()? })),
            16..=17 => one(&ends, doubled, rng).map(|(slot, ..)| Operation::Close { slot }),
            _ => self.connection(&all, rng),
        }
    }

    /// The next step to one more accepted connection.
    fn connection(&self, all: &[Open<'_>], rng: &mut Rng) -> Option<Operation> {
        let waits = |(_, _, sock): &Open<'_>| match &sock.state {
            State::Listening { queue, .. } => !queue.is_empty(),
            _ => false,
        };
        let listens = |(_, _, sock): &Open<'_>| matches!(sock.state, State::Listening { .. });
        let idle = |(_, _, sock): &Open<'_>| sock.state == State::Idle;
        if let Some((slot, ..)) = one(all, waits, rng) {
            return Some(Operation::Accept { slot, into: self.free()? });
        }
        let Some((listener, _, sock)) = one(all, listens, rng) else {
            return match one(all, idle, rng) {
                Some((slot, ..)) => Some(Operation::Listen { slot, backlog: None }),
                None => self.fresh(if rng.below(4) == 0 { Family::V6 } else { Family::V4 }, rng),
            };
        };
        let alike = |(_, handle, other): &Open<'_>| {
            other.state == State::Idle
                && other.family == sock.family
                && handle.timeout != Timeout::Short
        };
        match one(all, alike, rng) {
            Some((slot, ..)) => Some(Operation::Connect { slot, to: Place::Of(listener) }),
            None => self.fresh(sock.family, rng),
        }
    }

    /// A stream that can connect.
    fn fresh(&self, family: Family, rng: &mut Rng) -> Option<Operation> {
        let timeout = pick(rng, &[(Timeout::None, 3), (Timeout::Zero, 2), (Timeout::Long, 2)]);
        Some(Operation::Create { slot: self.free()?, family, kind: Kind::Tcp, timeout })
    }

    fn ahead_on_datagrams(&self, rng: &mut Rng) -> Option<Operation> {
        let all = self.open_ones(Kind::Udp);
        let failed = |(_, _, sock): &Open<'_>| sock.failed;
        let unread = |(_, _, sock): &Open<'_>| !sock.inbox.is_empty();
        let bonded = |(_, _, sock): &Open<'_>| matches!(sock.state, State::Bonded { .. });
        if let Some((slot, ..)) = one(&all, failed, rng) {
            return Some(hear(slot, rng));
        }
        if let Some(end) = one(&all, unread, rng)
            && rng.below(2) == 0
        {
            return Some(take(end, rng));
        }
        let Some((slot, _, sock)) = one(&all, bonded, rng) else {
            return self.bond(&all, rng);
        };
        let State::Bonded { peer } = sock.state else { return None };
        let mut held = self.handles.iter().filter(|(_, held)| held.open && held.sock == peer);
        match held.next() {
            Some((&peer, _)) => match rng.below(4) {
                0 => Some(Operation::Close { slot: peer }),
                1 => Some(Operation::SendTo { slot: peer, len: few(rng), to: Place::Of(slot) }),
                _ => Some(Operation::Send { slot, len: few(rng) }),
            },
            None => Some(Operation::Send { slot, len: few(rng) }),
        }
    }

    /// The next step to a datagram socket with a peer.
    fn bond(&self, all: &[Open<'_>], rng: &mut Rng) -> Option<Operation> {
        let named = |(_, _, sock): &Open<'_>| sock.named;
        let nameless = |(_, _, sock): &Open<'_>| !sock.named && sock.state == State::Idle;
        let Some((peer, _, sock)) = one(all, named, rng) else {
            let (slot, ..) = one(all, nameless, rng)?;
            return Some(Operation::Bind { slot, to: Place::Loopback });
        };
        let alike = |(slot, _, other): &Open<'_>| *slot != peer && other.family == sock.family;
        let (slot, ..) = one(all, alike, rng)?;
        Some(Operation::Connect { slot, to: Place::Of(peer) })
    }
}

/// What has a socket tell that its peer is gone.
fn hear(slot: Slot, rng: &mut Rng) -> Operation {
    match rng.below(3) {
        0 => Operation::Recv { slot, len: 10, flag: Flag::Plain },
        1 => Operation::Send { slot, len: 3 },
        _ => Operation::GetOption { slot, option: Opt::Error },
    }
}

/// What takes something of what has come, or makes that possible.
fn take((slot, handle, sock): Open<'_>, rng: &mut Rng) -> Operation {
    let has: usize = sock.inbox.iter().sum();
    match rng.below(6) {
        0 => Operation::Recv { slot, len: 10, flag: Flag::Peek },
        1 if matches!(handle.timeout, Timeout::None | Timeout::Long) => {
            Operation::SetTimeout { slot, timeout: any_timeout(rng) }
        }
        1 | 2 => Operation::Recv { slot, len: has + 10, flag: Flag::WaitAll },
        3 => Operation::RecvFrom { slot, len: 10, flag: Flag::Plain },
        _ => Operation::Recv { slot, len: few(rng), flag: Flag::Plain },
    }
}

fn few(rng: &mut Rng) -> usize {
    pick(rng, &[(1, 1), (3, 2), (10, 2), (100, 2)])
}

/// One of `all` that `fits`.
fn one<'a>(all: &[Open<'a>], fits: impl Fn(&Open<'a>) -> bool, rng: &mut Rng) -> Option<Open<'a>> {
    let fitting: Vec<_> = all.iter().filter(|open| fits(open)).collect();
    let nth = rng.below(fitting.len().max(1));
    fitting.get(nth).map(|open| **open)
}
