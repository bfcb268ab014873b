//! The checks of the clauses datagram.transfer.*: what holds for whatever is sent, in whatever
//! order. Inputs are generated from the case's seed, and one that fails is shrunk.

mod property;
mod steps;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use sockrates_core::{Errno, Error, RecvFlags};

use super::ends::{WINDOW, taken};
use super::ledger::{Budget, Ledger};
use crate::checks::checks;
use crate::expect::{equal, same_bytes};
use crate::{Caps, Case, Conn, Observation, Stop};

use property::{Trial, holds_for_all};
use steps::{directions, two_senders};

/// What every stack takes: the 576 bytes that every host takes, less the longest IPv4 header and
/// UDP's.
const SAFE: usize = 508;

/// Lengths of every kind up to the longest that the protocol has.
fn lengths(max: usize) -> impl Strategy<Value = usize> {
    prop_oneof![6 => 0..=64_usize, 6 => 0..=SAFE, 1 => Just(0), 1 => 0..=max]
}

fn longest(case: &Case<'_>) -> Result<usize, Stop> {
    if !case.has(Caps::INET | Caps::ADDRESSES) {
        return Ok(8192);
    }
    let (end, _) = case.pair()?;
    let is_ipv4 = end.local_addr()?.ip().is_some_and(|ip| ip.is_ipv4());
    Ok(if is_ipv4 { 65_507 } else { 65_527 })
}

/// One after the other, of any length and at last of the longest, so that it is tried whatever the
/// seed. What is longer than every stack takes may be refused.
fn sizes(case: &Case<'_>) -> Observation {
    let max = longest(case)?;
    let to_the_longest =
        vec(lengths(max), 0..8).prop_map(move |lengths| [lengths, vec![max]].concat());
    holds_for_all(case, to_the_longest, |lengths, trial| {
        let (a, b) = case.pair()?;
        for (number, len) in lengths.iter().enumerate() {
            let bytes = trial.bytes(number, *len);
            match a.send_until(&bytes, trial.patience) {
                Err(Error::Os { errno: Errno::EMSGSIZE, .. }) if *len > SAFE => continue,
                sent => taken(&bytes, sent)?,
            }
            let received = b.recv_until(len + 1, trial.patience)?;
            same_bytes("the datagram", &bytes, &received)?;
        }
        Ok(())
    })
}

/// So many at once, then so many more.
fn batches(case: &Case<'_>) -> Observation {
    holds_for_all(case, vec(vec(0..=SAFE, 1..=WINDOW), 1..6), |batches, trial| {
        let (a, b) = case.pair()?;
        let mut ledger = Ledger::new(Budget::LOCAL);
        for (round, lengths) in batches.iter().enumerate() {
            for (number, len) in lengths.iter().enumerate() {
                trial.send(&a, &trial.bytes(round * WINDOW + number, *len), &mut ledger)?;
            }
            for _ in lengths {
                ledger.received(&trial.next(&b)?)?;
            }
        }
        ledger.settle()
    })
}

/// Into less room, or more, than they have bytes.
fn cut(case: &Case<'_>) -> Observation {
    holds_for_all(case, vec((0..=SAFE, 0..=SAFE), 1..12), |cuts, trial| {
        let (a, b) = case.pair()?;
        for (number, (len, room)) in cuts.iter().enumerate() {
            let bytes = trial.bytes(number, *len);
            taken(&bytes, a.send_until(&bytes, trial.patience))?;
            let got = b.recv_with(*room, RecvFlags::NONE, trial.patience)?;
            same_bytes("the datagram", &bytes[..*len.min(room)], &got.bytes)?;
            if case.has(Caps::TRUNC) {
                equal("truncated", &(len > room), &got.truncated)?;
            }
        }
        Ok(())
    })
}

impl Trial {
    /// Sends a datagram, and enters it.
    fn send(&self, from: &Conn, bytes: &[u8], ledger: &mut Ledger) -> Result<(), Stop> {
        taken(bytes, from.send_until(bytes, self.patience))?;
        ledger.sent(bytes);
        Ok(())
    }

    /// The next datagram, of up to the safe length.
    fn next(&self, end: &Conn) -> Result<Vec<u8>, Stop> {
        Ok(end.recv_until(SAFE + 1, self.patience)?)
    }
}

checks!("datagram.transfer" {
    sizes,
    batches,
    cut,
    directions,
    two_senders,
});
