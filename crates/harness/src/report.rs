//! What is told of a run: on the terminal, and in files for people and machines.

mod book;
mod failure;
mod group;
mod junit;
mod markdown;
mod paint;
mod progress;
mod tally;
mod terminal;
mod words;

use std::time::Duration;

use crate::runner::{Entry, Plan};

pub(crate) use book::{Book, hex};
pub(crate) use failure::Failure;
pub(crate) use group::Group;
pub(crate) use paint::Paint;
pub(crate) use progress::Progress;
pub(crate) use tally::Tally;
pub(crate) use words::{columns, counted, kind_word, observed, wrapped};

/// A run that has ended, one way or the other.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// What was to be done.
    pub(crate) plan: &'a Plan<'a>,
    /// What came of it, in the order of the plan.
    pub(crate) entries: Vec<Entry>,
    /// How the program is called, for the lines that run a case again.
    pub(crate) program: &'a str,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Report<'_> {
    /// The counts.
    pub(crate) fn tally(&self) -> Tally {
        Tally::new(self.plan, &self.entries)
    }
}
