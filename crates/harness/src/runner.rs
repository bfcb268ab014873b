//! The run: which cases there are, who runs them, what came of each.

mod edition;
mod entry;
mod pattern;
mod plan;
mod pool;
mod watch;

pub(crate) use edition::edition;
pub(crate) use entry::Entry;
pub(crate) use pattern::{Pattern, word_fits};
pub(crate) use plan::{Job, Judged, Plan, Profile, Selection, title};
pub(crate) use pool::{Limits, Outcome, run};
pub(crate) use watch::Watch;
