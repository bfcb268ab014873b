//! State under one lock, and waiting for it to change.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use sockrates_core::{Deadline, Errno, Error, Op, Ready, Result};

/// What an attempt came to: `None` where it would have to wait.
pub(super) type Attempt<T> = Option<Result<T, Errno>>;

/// How long one operation may wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) op: Op,
    pub(super) deadline: Deadline,
    /// Non-blocking: what would wait fails with `EAGAIN`.
    pub(super) never: bool,
}

/// Everything of one network lies under one lock, and every change wakes everyone who waits: slow
/// under load, and plainly right.
#[derive(Debug, Default)]
pub(super) struct Monitor<S> {
    state: Mutex<S>,
    changed: Condvar,
}

impl<S> Monitor<S> {
    pub(super) fn new(state: S) -> Self {
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Looks at the state, or changes it, and wakes everyone who waits.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut S) -> T) -> T {
        let value = work(&mut self.lock());
        self.changed.notify_all();
        value
    }

    /// Tries until there is an answer or patience ends. The deadline is absolute, so however often
    /// it is woken for nothing, it waits no longer.
    pub(super) fn until<T>(
        &self,
        patience: Patience,
        mut attempt: impl FnMut(&mut S) -> Attempt<T>,
    ) -> Result<T> {
        let Patience { op, deadline, never } = patience;
        let mut state = self.lock();
        loop {
            if let Some(answer) = attempt(&mut state) {
                self.changed.notify_all();
                return answer.map_err(|errno| Error::os(op, errno));
            }
            if never {
                return Err(Error::os(op, Errno::EAGAIN));
            }
            state = match deadline.remaining() {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return Err(Error::TimedOut { op, done: 0 }),
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Waits until `ready` tells something of `interest`; past the deadline it tells nothing.
    pub(super) fn until_ready(
        &self,
        interest: Ready,
        deadline: Deadline,
        mut ready: impl FnMut(&mut S) -> Result<Ready, Errno>,
    ) -> Result<Ready> {
        let patience = Patience { op: Op::Wait, deadline, never: false };
        let answer = self.until(patience, |state| match ready(state) {
            Ok(ready) => told(ready, interest).map(Ok),
            Err(errno) => Some(Err(errno)),
        });
        match answer {
            Err(Error::TimedOut { .. }) => Ok(Ready::default()),
            other => other,
        }
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of `ready` is an answer to `interest`: errors and hang-ups unasked.
fn told(ready: Ready, interest: Ready) -> Option<Ready> {
    let read = ready.read && interest.read;
    let write = ready.write && interest.write;
    (read || write || ready.error || ready.hangup).then_some(Ready { read, write, ..ready })
}
