//! Which operation comes next: one that makes sense, or one that does not.

use sockrates_harness::Rng;

use super::{Family, Flag, Kind, Operation, Opt, Place, Reference, Slot, State, Timeout};

/// What a program is mostly about, so that what takes several steps to get to is got to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Focus {
    /// Anything.
    #[default]
    All,
    /// Connections.
    Streams,
    /// Messages.
    Datagrams,
    /// Listeners with little room.
    Crowd,
    /// A peer that is slow.
    Slow,
}

/// What to do, before it is known with which socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Create,
    Bind,
    Listen,
    Connect,
    Accept,
    Send,
    SendTo,
    SendAll,
    Slowly,
    Recv,
    RecvFrom,
    Shutdown,
    Timeout,
    Ask,
    Option,
    Dup,
    Close,
}

impl Reference {
    /// The next operation, chosen by `seed`; one that is admitted.
    pub(crate) fn choose(&self, seed: u64) -> Operation {
        let mut rng = Rng::new(seed);
        if rng.below(4) != 0
            && let Some(operation) = self.ahead(&mut rng)
            && self.admits(&operation)
        {
            return operation;
        }
        for _ in 0..TRIES {
            let verb = pick(&mut rng, self.weights());
            if let Some(operation) = self.attempt_at(verb, &mut rng)
                && self.admits(&operation)
            {
                return operation;
            }
        }
        match self.free() {
            Some(slot) => self.create(slot, &mut rng),
            None => Operation::GetTimeout { slot: self.any(&mut rng) },
        }
    }

    fn weights(&self) -> &'static [(Verb, usize)] {
        use Verb::*;
        match self.focus {
            Focus::Crowd => &[(Create, 30), (Listen, 20), (Connect, 60), (Bind, 2), (Ask, 2)],
            Focus::Slow => &[(Create, 20), (Listen, 15), (Connect, 25), (Accept, 25), (Slowly, 60)],
            Focus::Datagrams => &[
                (Create, 14),
                (Bind, 16),
                (Listen, 1),
                (Connect, 8),
                (Accept, 1),
                (Send, 10),
                (SendTo, 24),
                (SendAll, 4),
                (Recv, 24),
                (RecvFrom, 14),
                (Shutdown, 3),
                (Timeout, 5),
                (Ask, 4),
                (Option, 6),
                (Dup, 2),
                (Close, 4),
            ],
            Focus::All | Focus::Streams => &[
                (Create, 14),
                (Bind, 8),
                (Listen, 7),
                (Connect, 14),
                (Accept, 14),
                (Send, 14),
                (SendTo, 5),
                (SendAll, 6),
                (Recv, 18),
                (RecvFrom, 6),
                (Shutdown, 6),
                (Timeout, 10),
                (Ask, 7),
                (Option, 5),
                (Dup, 2),
                (Close, 5),
            ],
        }
    }

    fn attempt_at(&self, verb: Verb, rng: &mut Rng) -> Option<Operation> {
        if verb == Verb::Create {
            return Some(self.create(self.free()?, rng));
        }
        let slot = self.fitting(verb, rng)?;
        Some(match verb {
            Verb::Create => return None,
            Verb::Bind => Operation::Bind { slot, to: self.place(verb, slot, rng) },
            Verb::Listen => Operation::Listen { slot, backlog: self.backlog(rng) },
            Verb::Connect => {
                let to = self.place(verb, slot, rng);
                match rng.below(2) {
                    0 => Operation::Connect { slot, to },
                    _ => Operation::ConnectEx { slot, to },
                }
            }
            Verb::Accept => Operation::Accept { slot, into: self.free()? },
            Verb::Send => Operation::Send { slot, len: length(rng) },
            Verb::SendTo => {
                let to = self.place(verb, slot, rng);
                Operation::SendTo { slot, len: length(rng), to }
            }
            Verb::SendAll => Operation::SendAll { slot, len: length(rng) },
            Verb::Slowly => {
                Operation::SendAllSlowly { slot, reader: self.other_end(slot).unwrap_or(slot) }
            }
            Verb::Recv | Verb::RecvFrom => {
                let flag = flag(rng);
                // Not waiting says the most where nothing is.
                let slot = match flag {
                    Flag::DontWait => self.any(rng),
                    Flag::WaitAll => self.with_little(rng).unwrap_or(slot),
                    _ => slot,
                };
                let len = if flag == Flag::WaitAll { 100 } else { length(rng) };
                match verb {
                    Verb::Recv => Operation::Recv { slot, len, flag },
                    _ => Operation::RecvFrom { slot, len, flag },
                }
            }
            Verb::Shutdown => {
                Operation::Shutdown { slot, how: pick(rng, &[(0, 3), (1, 5), (2, 4), (7, 1)]) }
            }
            Verb::Timeout => match rng.below(4) {
                0 => Operation::SetBlocking { slot, on: rng.below(2) == 0 },
                1 => Operation::GetTimeout { slot },
                _ => Operation::SetTimeout { slot, timeout: any_timeout(rng) },
            },
            Verb::Ask => match rng.below(2) {
                0 => Operation::GetSockName { slot },
                _ => Operation::GetPeerName { slot },
            },
            Verb::Option => option(slot, rng),
            Verb::Dup => Operation::Dup { slot, into: self.free()? },
            Verb::Close => Operation::Close { slot },
        })
    }

    fn create(&self, slot: Slot, rng: &mut Rng) -> Operation {
        let sixes = if matches!(self.focus, Focus::Crowd | Focus::Slow) { 12 } else { 4 };
        let family = if rng.below(sixes) == 0 { Family::V6 } else { Family::V4 };
        let streams = match self.focus {
            Focus::All => 50,
            Focus::Streams => 95,
            Focus::Datagrams => 8,
            Focus::Crowd | Focus::Slow => 100,
        };
        let kind = if rng.below(100) < streams { Kind::Tcp } else { Kind::Udp };
        let timeout = match self.focus {
            Focus::Crowd => pick(
                rng,
                &[(Timeout::None, 5), (Timeout::Zero, 1), (Timeout::Short, 5), (Timeout::Long, 1)],
            ),
            Focus::Slow => Timeout::None,
            _ => timeout(rng),
        };
        Operation::Create { slot, family, kind, timeout }
    }

    fn backlog(&self, rng: &mut Rng) -> Option<i32> {
        match self.focus {
            Focus::Crowd => pick(rng, &[(Some(-1), 3), (Some(0), 3), (Some(1), 1), (None, 1)]),
            _ => pick(rng, &[(None, 4), (Some(8), 2), (Some(-1), 1), (Some(0), 1)]),
        }
    }

    /// A socket, mostly one that the verb fits; never one that is closed, but now and then.
    fn fitting(&self, verb: Verb, rng: &mut Rng) -> Option<Slot> {
        if self.handles.is_empty() {
            return None;
        }
        let mut slot = self.any(rng);
        for _ in 0..8 {
            if self.fits(verb, slot) && rng.below(12) != 0 {
                return Some(slot);
            }
            slot = self.any(rng);
        }
        let closed_too = rng.below(3) == 0;
        (closed_too || self.open(slot).is_some()).then_some(slot)
    }

    fn fits(&self, verb: Verb, slot: Slot) -> bool {
        let Some((_, sock)) = self.open(slot) else { return false };
        let connected = matches!(sock.state, State::Connected { .. });
        let bonded = matches!(sock.state, State::Bonded { .. });
        match verb {
            Verb::Bind => sock.state == State::Idle && !sock.named,
            Verb::Listen => sock.kind == Kind::Tcp && sock.state == State::Idle,
            Verb::Connect => sock.state == State::Idle,
            Verb::Accept => match &sock.state {
                State::Listening { queue, .. } => !queue.is_empty(),
                _ => false,
            },
            Verb::Send | Verb::SendAll => connected || bonded,
            Verb::Slowly => connected && self.other_end(slot).is_some(),
            Verb::SendTo => sock.kind == Kind::Udp,
            Verb::Recv | Verb::RecvFrom => !sock.inbox.is_empty(),
            Verb::Shutdown | Verb::Timeout => connected || bonded,
            _ => true,
        }
    }

    fn place(&self, verb: Verb, from: Slot, rng: &mut Rng) -> Place {
        let known = if verb == Verb::Bind { 6 } else { 75 };
        if rng.below(100) < known && !self.handles.is_empty() {
            let from = self.open(from).map(|(_, from)| (from.family, from.kind));
            let mut slot = self.any(rng);
            for _ in 0..8 {
                let there = self.open(slot).map(|(_, sock)| (sock.family, sock.kind, sock.named));
                let fits = there.is_some_and(|(family, kind, named)| {
                    named && (from == Some((family, kind)) || rng.below(16) == 0)
                });
                if fits {
                    break;
                }
                slot = self.any(rng);
            }
            return Place::Of(slot);
        }
        let usual = if verb == Verb::Bind { 20 } else { 2 };
        pick(
            rng,
            &[
                (Place::Loopback, usual),
                (Place::Anywhere, usual / 4),
                (Place::Shorthand, 1),
                (Place::Broadcast, 2),
                (Place::Foreign, if verb == Verb::Bind { 1 } else { 0 }),
                (Place::OtherFamily, 1),
                (Place::Zone, if verb == Verb::Bind { 1 } else { 0 }),
                (Place::PortTooLarge, 1),
                (Place::PortNegative, 1),
            ],
        )
    }

    /// A stream that has something to be received, and a mode in which it does not wait for ever.
    fn with_little(&self, rng: &mut Rng) -> Option<Slot> {
        let little = |slot: &Slot| {
            self.open(*slot).is_some_and(|(handle, sock)| {
                sock.kind == Kind::Tcp
                    && !sock.inbox.is_empty()
                    && !matches!(handle.timeout, Timeout::None | Timeout::Long)
            })
        };
        (0..8).map(|_| self.any(rng)).find(little)
    }

    /// The other end of a connection.
    pub(super) fn other_end(&self, slot: Slot) -> Option<Slot> {
        let (_, sock) = self.open(slot)?;
        let State::Connected { peer, .. } = sock.state else { return None };
        let mut handles = self.handles.iter();
        handles.find(|(_, held)| held.open && held.sock == peer).map(|(slot, _)| *slot)
    }

    /// Any socket.
    fn any(&self, rng: &mut Rng) -> Slot {
        let nth = rng.below(self.handles.len().max(1));
        self.handles.keys().nth(nth).copied().unwrap_or(0)
    }
}

fn option(slot: Slot, rng: &mut Rng) -> Operation {
    let option = pick(
        rng,
        &[
            (Opt::Error, 4),
            (Opt::Type, 1),
            (Opt::AcceptConn, 1),
            (Opt::KeepAlive, 1),
            (Opt::Broadcast, 1),
            (Opt::NoDelay, 1),
        ],
    );
    match rng.below(4) {
        0 if !matches!(option, Opt::Broadcast) => {
            Operation::SetOption { slot, option, value: rng.below(2) as i32 }
        }
        _ => Operation::GetOption { slot, option },
    }
}

fn length(rng: &mut Rng) -> usize {
    pick(
        rng,
        &[(0, 5), (1, 8), (3, 8), (10, 8), (100, 8), (1500, 3), (65507, 1), (65508, 1), (65528, 1)],
    )
}

fn flag(rng: &mut Rng) -> Flag {
    pick(
        rng,
        &[
            (Flag::Plain, 12),
            (Flag::Peek, 4),
            (Flag::WaitAll, 3),
            (Flag::DontWait, 3),
            (Flag::Trunc, 1),
        ],
    )
}

fn timeout(rng: &mut Rng) -> Timeout {
    pick(
        rng,
        &[
            (Timeout::None, 10),
            (Timeout::Zero, 6),
            (Timeout::Short, 6),
            (Timeout::Long, 4),
            (Timeout::MinusZero, 1),
        ],
    )
}

pub(super) fn any_timeout(rng: &mut Rng) -> Timeout {
    match rng.below(4) {
        0 => pick(
            rng,
            &[
                (Timeout::Negative, 1),
                (Timeout::Nan, 1),
                (Timeout::Infinite, 1),
                (Timeout::Huge, 1),
            ],
        ),
        _ => pick(
            rng,
            &[(Timeout::None, 3), (Timeout::Zero, 5), (Timeout::Short, 8), (Timeout::Long, 2)],
        ),
    }
}

/// One of these, each as often as its number says.
pub(super) fn pick<T: Copy>(rng: &mut Rng, of: &[(T, usize)]) -> T {
    let all = of.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.below(all);
    for (one, weight) in of {
        if left < *weight {
            return *one;
        }
        left -= weight;
    }
    of[0].0
}

/// How often a choice that makes no sense is thrown away before something simple is done.
const TRIES: usize = 40;
