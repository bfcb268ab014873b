//! An end that comes late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::thread_state;

/// How late it comes, the first times: a case must end.
const DELAYS: [Duration; 2] = [Duration::from_millis(12), Duration::from_millis(1)];

/// How often an end came late so far.
#[derive(Debug, Default)]
pub(crate) struct Late(AtomicUsize);

impl Late {
    /// Returns late, the first few times.
    pub(crate) fn wait(&self) {
        if let Some(delay) = DELAYS.get(self.0.fetch_add(1, Ordering::SeqCst)) {
            thread_state::dawdle(*delay);
        }
    }
}
