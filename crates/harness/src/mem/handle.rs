//! What a program holds of a socket: its number, a mode, and whether it is still open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use sockrates_core::{Deadline, Errno, Mode, Op};

use super::monitor::Patience;

/// One handle of a socket. Duplicates share the socket's number, not the handle.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) id: u64,
    mode: Mutex<Mode>,
    open: AtomicBool,
}

impl Handle {
    pub(super) fn new(id: u64, mode: Mode) -> Self {
        Self { id, mode: Mutex::new(mode), open: AtomicBool::new(true) }
    }

    pub(super) fn mode(&self) -> Mode {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// `EBADF` once it has been closed. To be called under the network's lock, as `close` is, so
    /// that whoever waits there sees it.
    pub(super) fn check(&self) -> Result<(), Errno> {
        if self.open.load(Ordering::Relaxed) { Ok(()) } else { Err(Errno::EBADF) }
    }

    /// Closes it, and says whether it was open.
    pub(super) fn close(&self) -> bool {
        self.open.swap(false, Ordering::Relaxed)
    }

    /// How long an operation that starts now may wait.
    pub(super) fn patience(&self, op: Op, dont_wait: bool, deadline: Deadline) -> Patience {
        let mode = self.mode();
        let never = dont_wait || mode == Mode::NonBlocking;
        Patience { op, deadline: mode.deadline(deadline), never }
    }
}
