//! What a case did, operation by operation, and where it stands now.
//!
//! Each operation is a [`Step`]: who, what, with which arguments, what came of it, and when it
//! began and ended among the others. That is what the report stores and what the
//! model reads; the text that people read is made of it.

mod data;
mod step;

use std::collections::{HashMap, VecDeque};
use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sockrates_core::{Error, Result};

pub use data::Data;
pub(crate) use data::joined;
pub use step::{Record, Step};

use crate::axis::Adversity;

/// The operations of a case, oldest first. Cloning shares it.
#[derive(Clone)]
pub struct Trace(Arc<Shared>);

struct Shared {
    log: Mutex<Log>,
    announce: Announce,
    adversity: Option<Adversity>,
}

/// Called with each operation before it starts, so that it is known if it never ends, and again
/// once it has ended.
pub type Announce = Box<dyn Fn(&Event) + Send + Sync>;

/// Something that a case says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The operation of this number is about to begin.
    Begins(u32, Box<Step>),
    /// It has ended.
    Ended(u32, Box<Step>),
    /// A remark of the check's own.
    Note(String),
}

#[derive(Default)]
struct Log {
    ops: u32,
    /// Begins and ends so far.
    moments: u32,
    lines: VecDeque<String>,
    /// How many of the last lines tell of handles that were dropped, and nothing else.
    dropped: usize,
    /// How many handles have had each name.
    names: HashMap<String, u32>,
}

impl Trace {
    /// How many of the last lines are kept.
    pub(crate) const KEPT: usize = 40;

    /// An empty trace that tells `announce` of each operation before it starts and when it ends.
    pub fn new(announce: Announce) -> Self {
        Self::under(None, announce)
    }

    /// An empty trace of a case that has to do with `adversity`.
    pub(crate) fn under(adversity: Option<Adversity>, announce: Announce) -> Self {
        Self(Arc::new(Shared { log: Mutex::default(), announce, adversity }))
    }

    /// What its case has to do with.
    pub(crate) fn adversity(&self) -> Option<&Adversity> {
        self.0.adversity.as_ref()
    }

    /// Does `work` as the operation `what`, and notes what came of it.
    pub(crate) fn op<T: Debug>(
        &self,
        what: impl Display,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.step(Step::other("", "", what), work, |step, value| step.tells(value))
    }

    /// Does `work` as the operation `step`; `note` adds to the step what it brought.
    pub(crate) fn step<T>(
        &self,
        step: Step,
        work: impl FnOnce() -> Result<T>,
        note: impl FnOnce(&mut Step, &T),
    ) -> Result<T> {
        self.step_with(step, work, |step, result| match result {
            Ok(value) => note(step, value),
            Err(error) => step.fails(error),
        })
    }

    /// Does `work` as the operation `step`; `note` adds to the step what came of it.
    pub(crate) fn step_with<T>(
        &self,
        mut step: Step,
        work: impl FnOnce() -> Result<T>,
        note: impl FnOnce(&mut Step, &Result<T, Error>),
    ) -> Result<T> {
        let number = {
            let mut log = self.log();
            log.ops += 1;
            step.at = log.moment();
            log.ops
        };
        (self.0.announce)(&Event::Begins(number, Box::new(step.clone())));
        let exposed = self.adversity().and_then(Adversity::expose);
        let result = work();
        drop(exposed);
        step.end = Some(self.log().moment());
        note(&mut step, &result);
        let mut log = self.log();
        log.add(format!("op {number}: {step}"));
        log.dropped = if step.op == Step::DROP { log.dropped + 1 } else { 0 };
        drop(log);
        (self.0.announce)(&Event::Ended(number, Box::new(step)));
        result
    }

    /// Adds a line of the check's own.
    pub fn note(&self, line: &str) {
        (self.0.announce)(&Event::Note(line.to_owned()));
        let mut log = self.log();
        log.add(line.to_owned());
        log.dropped = 0;
    }

    /// What a handle called `name` is called in the trace: the same, unless there was one already.
    pub(crate) fn label(&self, name: &str) -> String {
        let mut log = self.log();
        let count = log.names.entry(name.to_owned()).or_default();
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name}#{count}") }
    }

    /// The last operations, without the handles that are dropped at the end.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let log = self.log();
        let told = log.lines.len().saturating_sub(log.dropped);
        log.lines.iter().take(told).cloned().collect()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn moment(&mut self) -> u32 {
        self.moments += 1;
        self.moments
    }

    fn add(&mut self, line: String) {
        if self.lines.len() == Trace::KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

impl Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.log().lines.iter()).finish()
    }
}

/// At most 120 characters of `text`, with how much more there is.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(120) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} more bytes)", &text[..end], text.len() - end),
    }
}
