//! How long an operation of a subject from outside waits.

use std::sync::{Mutex, PoisonError};

use sockrates_core::{Deadline, Errno, Error, Mode, Op};

/// How long an operation waits: to a deadline, or not at all.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) never: bool,
    pub(super) deadline: Deadline,
}

impl Patience {
    /// The patience of an operation in this mode; `never` is that of a call that must not wait.
    pub(super) fn of(mode: Mode, never: bool, deadline: Deadline) -> Self {
        Self { never: never || mode == Mode::NonBlocking, deadline: mode.deadline(deadline) }
    }

    /// Whether it has come to its end.
    pub(super) fn is_over(self) -> bool {
        self.never || self.deadline.has_passed()
    }

    /// The error of having waited long enough.
    pub(super) fn over(self, op: Op) -> Error {
        match self.never {
            true => Error::os(op, Errno::EAGAIN),
            false => Error::TimedOut { op, done: 0 },
        }
    }
}

/// The mode of an end whose library knows none.
pub(super) struct ModeCell(Mutex<Mode>);

impl ModeCell {
    pub(super) const fn blocking() -> Self {
        Self(Mutex::new(Mode::Blocking))
    }

    pub(super) fn get(&self) -> Mode {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, mode: Mode) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }
}
