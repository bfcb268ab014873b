//! Sends, peeks and receives in any order.

use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use sockrates_core::{Addr, RecvFlags};

use super::SAFE;
use super::property::{Trial, holds_for_all};
use crate::checks::datagram::ends::{WINDOW, taken};
use crate::checks::datagram::ledger::{Budget, Ledger};
use crate::expect::{ensure, same_bytes};
use crate::{Caps, Case, Conn, Got, Observation, Stop};

/// One thing that is done; the side is one of two senders, or of two directions.
#[derive(Clone, Copy, Debug)]
enum Step {
    Send(usize, usize),
    Peek(usize),
    Receive(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..2_usize, 0..=SAFE).prop_map(|(side, len)| Step::Send(side, len)),
        1 => (0..2_usize).prop_map(Step::Peek),
        2 => (0..2_usize).prop_map(Step::Receive),
    ];
    vec(step, 1..40)
}

/// A queue, and what is known of it.
struct Queue<'a> {
    end: &'a Conn,
    ledger: Ledger,
    /// What the last peek saw, which the next receive has to bring.
    seen: Option<Vec<u8>>,
}

impl<'a> Queue<'a> {
    fn new(end: &'a Conn) -> Self {
        Self { end, ledger: Ledger::new(Budget::LOCAL), seen: None }
    }

    fn peek(&mut self, trial: &Trial) -> Result<(), Stop> {
        if self.ledger.missing() == 0 {
            return Ok(());
        }
        let bytes = self.end.recv_with(SAFE + 1, RecvFlags::PEEK, trial.patience)?.bytes;
        if let Some(seen) = &self.seen {
            same_bytes("the datagram peeked at again", seen, &bytes)?;
        }
        self.seen = Some(bytes);
        Ok(())
    }

    /// Receives a datagram, where there is one.
    fn receive(&mut self, trial: &Trial) -> Result<Option<Got>, Stop> {
        if self.ledger.missing() == 0 {
            return Ok(None);
        }
        let got = self.end.recv_with(SAFE + 1, RecvFlags::NONE, trial.patience)?;
        if let Some(seen) = self.seen.take() {
            same_bytes("the datagram that was peeked at", &seen, &got.bytes)?;
        }
        self.ledger.received(&got.bytes)?;
        Ok(Some(got))
    }

    /// Sends a datagram to it from `from`, to `to` unless `from` knows where; first makes room.
    fn send(
        &mut self,
        trial: &Trial,
        (from, to): (&Conn, Option<&Addr>),
        bytes: &[u8],
    ) -> Result<Option<Got>, Stop> {
        let got = if self.ledger.missing() < WINDOW { None } else { self.receive(trial)? };
        let sent = match to {
            Some(to) => from.send_to(bytes, Some(to)),
            None => from.send_until(bytes, trial.patience),
        };
        taken(bytes, sent)?;
        self.ledger.sent(bytes);
        Ok(got)
    }

    fn drain(&mut self, trial: &Trial) -> Result<Vec<Got>, Stop> {
        let mut rest = Vec::new();
        while let Some(got) = self.receive(trial)? {
            rest.push(got);
        }
        self.ledger.settle()?;
        Ok(rest)
    }
}

/// Both ends send, peek and receive in any order.
pub(super) fn directions(case: &Case<'_>) -> Observation {
    holds_for_all(case, steps(), |steps, trial| {
        let ends: [Conn; 2] = case.pair()?.into();
        let mut queues = [Queue::new(&ends[1]), Queue::new(&ends[0])];
        for (number, step) in steps.iter().enumerate() {
            match *step {
                Step::Send(side, len) => {
                    let bytes = trial.bytes(number, len);
                    queues[side].send(trial, (&ends[side], None), &bytes)?;
                }
                Step::Peek(side) if case.has(Caps::PEEK) => queues[side].peek(trial)?,
                Step::Receive(side) | Step::Peek(side) => {
                    queues[side].receive(trial)?;
                }
            }
        }
        queues.iter_mut().try_for_each(|queue| queue.drain(trial).map(drop))
    })
}

/// Two senders write to one receiver in any order; who sent how many bytes has to agree.
pub(super) fn two_senders(case: &Case<'_>) -> Observation {
    holds_for_all(case, steps(), |steps, trial| {
        let ((one, receiver), (other, _)) = (case.pair()?, case.pair()?);
        let home = receiver.local_addr()?;
        let senders = [&one, &other];
        let addrs = [one.local_addr()?, other.local_addr()?];
        let (mut queue, mut sent) = (Queue::new(&receiver), Vec::new());
        let mut got = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            match *step {
                Step::Send(side, len) => {
                    let bytes = trial.bytes(number, len);
                    got.extend(queue.send(trial, (senders[side], Some(&home)), &bytes)?);
                    sent.push((side, bytes));
                }
                Step::Peek(_) if case.has(Caps::PEEK) => queue.peek(trial)?,
                Step::Receive(_) | Step::Peek(_) => got.extend(queue.receive(trial)?),
            }
        }
        got.extend(queue.drain(trial)?);
        attributed(&sent, &got, &addrs)
    })
}

/// Each datagram came from a sender that sent it.
fn attributed(sent: &[(usize, Vec<u8>)], got: &[Got], addrs: &[Addr; 2]) -> Result<(), Stop> {
    let mut left: Vec<_> = sent.iter().collect();
    for Got { bytes, from, .. } in got {
        let side = addrs.iter().position(|addr| Some(addr) == from.as_ref());
        let at = left.iter().position(|(sender, sent)| Some(*sender) == side && sent == bytes);
        let Some(at) = at else {
            return ensure(false, "a datagram comes from who sent it", "from somebody else");
        };
        left.swap_remove(at);
    }
    Ok(())
}
