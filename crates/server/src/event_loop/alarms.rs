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
