//! What a case has said so far: its record, and where it stands when it never ends.

use std::collections::VecDeque;
use std::time::Duration;

use crate::trace::{Event, Record, Step};
use crate::{Raw, Trace};

/// How many of the last lines are kept.
const KEPT: usize = Trace::KEPT;

/// The trace of a case, as heard from outside.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Operations that have begun and not ended, by number, oldest first.
    open: Vec<(u32, Step)>,
    lines: VecDeque<String>,
    steps: Vec<Step>,
    /// How many operations have begun.
    begun: u32,
}

impl Watch {
    /// How many operations are kept of a case. What comes later is counted.
    const STEPS_MAX: u32 = 600;

    /// Takes what the case announced.
    pub(crate) fn hear(&mut self, event: Event) {
        let line = match event {
            Event::Begins(number, step) => {
                self.begun = self.begun.max(number);
                self.open.push((number, *step));
                return;
            }
            Event::Ended(number, step) => {
                self.open.retain(|(open, _)| *open != number);
                let line = format!("op {number}: {step}");
                self.keep(number, *step);
                line
            }
            Event::Note(line) => line,
        };
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    fn keep(&mut self, number: u32, step: Step) {
        // The first ones to begin, so that nothing is missing of what they saw of each other.
        if number <= Self::STEPS_MAX {
            self.steps.push(step);
        }
    }

    /// All that was heard, in the order in which it began.
    pub(crate) fn record(mut self) -> Record {
        for (number, step) in std::mem::take(&mut self.open) {
            self.keep(number, step);
        }
        self.steps.sort_by_key(|step| step.at);
        Record { steps: self.steps, left_out: self.begun.saturating_sub(Self::STEPS_MAX) }
    }

    /// It did not end within `limit`.
    pub(crate) fn hung(&self, limit: Duration) -> Raw {
        let mut trace = self.trace();
        trace.push(format!("killed after {} ms", limit.as_millis()));
        Raw::Hung { at: self.place(), trace }
    }

    /// Its process ended: `how`.
    pub(crate) fn crashed(&self, how: String) -> Raw {
        Raw::Crashed { how, at: self.place() }
    }

    /// The same outcome; a panic with the operation in which it happened.
    pub(crate) fn placed(&self, raw: Raw) -> Raw {
        match raw {
            Raw::Panicked { message, .. } => Raw::Panicked { message, at: self.place() },
            other => other,
        }
    }

    /// Where it stands: the operations that have not ended, or the last that has.
    fn place(&self) -> String {
        match (self.open.as_slice(), self.lines.back()) {
            ([], None) => "before its first operation".to_owned(),
            ([], Some(last)) => format!("after {last}"),
            (open, _) => {
                let told = |(number, step): &(u32, Step)| format!("op {number}: {}", step.call());
                let open: Vec<_> = open.iter().map(told).collect();
                open.join(" and ")
            }
        }
    }

    fn trace(&self) -> Vec<String> {
        let open = self.open.iter().map(|(number, step)| format!("op {number}: {step}"));
        self.lines.iter().cloned().chain(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: u32, what: &str) -> Step {
        Step { at: 2 * number, ..Step::other("", "", what) }
    }

    fn begins(number: u32, what: &str) -> Event {
        Event::Begins(number, Box::new(step(number, what)))
    }

    fn ended(number: u32, what: &str) -> Event {
        let step = Step { end: Some(2 * number + 1), ..step(number, what) };
        Event::Ended(number, Box::new(step))
    }

    fn heard(events: Vec<Event>) -> Watch {
        let mut watch = Watch::default();
        events.into_iter().for_each(|event| watch.hear(event));
        watch
    }

    #[test]
    fn the_operation_that_never_ended_is_named() {
        let watch = heard(vec![begins(1, "pair()"), ended(1, "pair()"), begins(2, "a.recv(9)")]);
        assert_eq!(watch.place(), "op 2: a.recv(9)");
        assert_eq!(watch.trace(), ["op 1: pair() -> ok", "op 2: a.recv(9) …"]);
        let record = watch.record();
        assert_eq!(record.steps.iter().map(|step| step.end).collect::<Vec<_>>(), [Some(3), None]);
    }

    #[test]
    fn the_blocked_operation_is_named_though_another_came_later() {
        let watch =
            heard(vec![begins(1, "b.recv(9)"), begins(2, "a.send(1)"), ended(2, "a.send(1)")]);
        assert_eq!(watch.place(), "op 1: b.recv(9)");
        let both = heard(vec![begins(1, "b.recv(9)"), begins(2, "a.send(1)")]);
        assert_eq!(both.place(), "op 1: b.recv(9) and op 2: a.send(1)");
    }

    #[test]
    fn between_operations_the_last_is_named() {
        assert_eq!(heard(vec![]).place(), "before its first operation");
        let between = heard(vec![begins(1, "a.send(1)"), ended(1, "a.send(1)")]);
        assert_eq!(between.place(), "after op 1: a.send(1) -> ok");
        assert_eq!(heard(vec![Event::Note("a note".to_owned())]).place(), "after a note");
    }

    #[test]
    fn a_long_record_is_cut_and_says_so() {
        let all = 1..=Watch::STEPS_MAX + 5;
        let events = all.flat_map(|n| [begins(n, "a.send(1)"), ended(n, "a.send(1)")]);
        let record = heard(events.collect()).record();
        assert_eq!((record.steps.len(), record.left_out), (Watch::STEPS_MAX as usize, 5));
    }
}
