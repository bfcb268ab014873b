//! An end that comes late.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::thread_state;
use crate::trace::Step;

/// How late it comes, the first times: a case must end.
const DELAYS: [Duration; 2] = [Duration::from_millis(12), Duration::from_millis(1)];

/// The operations that somebody else notices, or that wait for somebody else. Names, modes and
/// options are nobody else's business: they come at once.
const NOTICED: [&str; 15] = [
    "accept",
    "connect",
    "connect_ex",
    "recv",
    "recv_exact",
    "recv_to_end",
    "recvmsg",
    "send",
    "send_all",
    "sendmsg",
    "close_send",
    "shutdown",
    "close",
    "abort",
    "disconnect",
];

/// How often an end came late so far.
#[derive(Debug, Default)]
pub(crate) struct Late(AtomicUsize);

impl Late {
    /// Whether `step` may come late.
    pub(crate) fn takes(step: &Step) -> bool {
        NOTICED.contains(&&*step.op)
    }

    /// Returns late, the first few times.
    pub(crate) fn wait(&self) {
        if let Some(delay) = DELAYS.get(self.0.fetch_add(1, Ordering::SeqCst)) {
            thread_state::dawdle(*delay);
        }
    }
}
