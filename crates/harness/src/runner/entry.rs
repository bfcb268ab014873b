//! One line of the run's book: a case and what came of it.

use std::time::Duration;

use crate::runner::Job;
use crate::{Raw, Record, Verdict};

/// A case and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The case.
    pub(crate) job: Job,
    /// What happened.
    pub(crate) raw: Raw,
    /// What it did, operation by operation.
    pub(crate) record: Record,
    /// What it means.
    pub(crate) verdict: Verdict,
    /// How long it took.
    pub(crate) took: Duration,
    /// The last lines that its process complained with, where it did not go well.
    pub(crate) complaints: Vec<String>,
}
