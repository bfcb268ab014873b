//! An end that comes late.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::thread_state;

/// How late it comes, and how many times: a case must end.
const DELAY: Duration = Duration::from_millis(5);
const TIMES: u32 = 4;

/// How often an end came late so far.
#[derive(Debug, Default)]
pub(crate) struct Late(AtomicU32);

impl Late {
    /// Returns late, the first few times.
    pub(crate) fn wait(&self) {
        if self.0.fetch_add(1, Ordering::SeqCst) < TIMES {
            thread_state::dawdle(DELAY);
        }
    }
}
