//! One after the other: a turn that threads wait for, each no longer than its patience.

use std::sync::{Condvar, Mutex, PoisonError};

use sockrates_core::{Op, Result};

use super::patience::Patience;

/// A turn, which one thread has at a time.
#[derive(Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    free: Condvar,
}

/// Gives the turn back when it is dropped.
pub(super) struct Mine<'a>(&'a Turn);

impl Turn {
    pub(super) fn wait(&self, op: Op, patience: Patience) -> Result<Mine<'_>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            taken = match patience.deadline.remaining() {
                _ if patience.never => return Err(patience.over(op)),
                Some(left) if left.is_zero() => return Err(patience.over(op)),
                None => self.free.wait(taken).unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let waited = self.free.wait_timeout(taken, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *taken = true;
        Ok(Mine(self))
    }
}

impl Drop for Mine<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_one();
    }
}
