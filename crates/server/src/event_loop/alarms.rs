//! When connections are to be looked at, though nothing happens.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// One alarm for each connection that has a limit. Activity does not move it, which would cost a
/// search: one that rings too early is set again.
#[derive(Debug, Default)]
pub(super) struct Alarms(BinaryHeap<Reverse<Alarm>>);

/// When to look at a connection: its place, and which one of that place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alarm {
    pub(super) at: Instant,
    pub(super) number: usize,
    pub(super) born: u64,
}

impl Alarms {
    pub(super) fn set(&mut self, alarm: Alarm) {
        self.0.push(Reverse(alarm));
    }

    /// Drops those that are not `wanted`, once they are most of them: of the connections that are
    /// gone only as many are remembered as there are others.
    pub(super) fn trim(&mut self, live: usize, wanted: impl Fn(&Alarm) -> bool) {
        if self.0.len() > FEW + 2 * live {
            self.0.retain(|Reverse(alarm)| wanted(alarm));
        }
    }

    /// When the next one rings.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse(alarm)| alarm.at)
    }

    /// The next one that rings by `now`.
    pub(super) fn ring(&mut self, now: Instant) -> Option<Alarm> {
        let due = self.next().is_some_and(|at| at <= now);
        if due { self.0.pop().map(|Reverse(alarm)| alarm) } else { None }
    }
}

/// So few that nobody minds.
const FEW: usize = 64;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn alarms_of_connections_that_are_gone_are_not_heaped_up() {
        let (mut alarms, start) = (Alarms::default(), Instant::now());
        let old = |born| Alarm { at: start + Duration::from_secs(born), number: 0, born };
        // Ten that stay, and any number that come and go.
        (1..=10).for_each(|born| alarms.set(old(born)));
        for born in 11..10_000 {
            alarms.trim(10, |alarm| alarm.born <= 10);
            alarms.set(old(born));
            assert!(alarms.0.len() <= FEW + 21, "{}", alarms.0.len());
        }
        let late = start + Duration::from_secs(10_000);
        let rung = std::iter::from_fn(|| alarms.ring(late)).map(|alarm| alarm.born);
        assert!(rung.take(10).eq(1..=10));
    }
}
