//! What a case has said so far: enough to tell where it stands when it never ends.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Raw;

/// How many of the last lines are kept.
const KEPT: usize = 40;

/// The trace of a case, as heard from outside.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Operations that have begun and not ended, oldest first.
    open: Vec<String>,
    lines: VecDeque<String>,
}

impl Watch {
    /// Takes what the case announced: an operation that is about to start, or a line of its trace.
    pub(crate) fn hear(&mut self, line: &str) {
        let ends =
            |op: &String| line.strip_prefix(op.as_str()).is_some_and(|r| r.starts_with(" -> "));
        match self.open.iter().position(ends) {
            Some(at) => {
                self.open.remove(at);
            }
            None if is_op(line) => {
                self.open.push(line.to_owned());
                return;
            }
            None => {}
        }
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line.to_owned());
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
            (open, _) => open.join(" and "),
        }
    }

    fn trace(&self) -> Vec<String> {
        let open = self.open.iter().map(|op| format!("{op} …"));
        self.lines.iter().cloned().chain(open).collect()
    }
}

fn is_op(line: &str) -> bool {
    let number = line.strip_prefix("op ").and_then(|rest| rest.split_once(": "));
    number.is_some_and(|(digits, _)| digits.parse::<usize>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(lines: &[&str]) -> Watch {
        let mut watch = Watch::default();
        lines.iter().for_each(|line| watch.hear(line));
        watch
    }

    #[test]
    fn the_operation_that_never_ended_is_named() {
        let watch = heard(&["op 1: pair()", "op 1: pair() -> (a, b)", "op 2: a.recv(9)"]);
        assert_eq!(watch.place(), "op 2: a.recv(9)");
        assert_eq!(watch.trace(), ["op 1: pair() -> (a, b)", "op 2: a.recv(9) …"]);
    }

    #[test]
    fn the_blocked_operation_is_named_though_another_came_later() {
        let watch = heard(&["op 1: b.recv(9)", "op 2: a.send(1)", "op 2: a.send(1) -> 1"]);
        assert_eq!(watch.place(), "op 1: b.recv(9)");
        let both = heard(&["op 1: b.recv(9)", "op 2: a.send(1)"]);
        assert_eq!(both.place(), "op 1: b.recv(9) and op 2: a.send(1)");
    }

    #[test]
    fn between_operations_the_last_is_named() {
        assert_eq!(heard(&[]).place(), "before its first operation");
        let between = heard(&["op 1: a.send(1)", "op 1: a.send(1) -> 1"]);
        assert_eq!(between.place(), "after op 1: a.send(1) -> 1");
        assert_eq!(heard(&["a note"]).place(), "after a note");
    }
}
