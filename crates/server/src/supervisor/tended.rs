//! A crew that takes its clients itself.

use std::time::Instant;

use sockrates_core::Result;

use super::{Crew, Supervisor, Ticks};
use crate::Summary;

/// A crew that takes its clients itself, and wakes the supervisor where it needs something.
pub(crate) trait Tended: Crew {
    /// Gives it what it needs, and tells by when it has to be asked again, though nothing wakes.
    ///
    /// # Errors
    /// Where listening or waiting itself has failed.
    fn tend(&mut self) -> Result<Option<Instant>>;

    /// Refuses whoever comes from now on.
    fn close(&mut self);

    /// How many clients it has taken, and how many it had to let go.
    fn taken(&self) -> (u64, u64);
}

impl<C: Tended> Supervisor<C> {
    /// Sees after the crew until the server is stopped, then lets it finish.
    ///
    /// # Errors
    /// As in [`run`](Self::run).
    pub(crate) fn oversee(mut self) -> Result<Summary> {
        let tended = self.tend();
        self.drain(|crew, _| {
            crew.close();
            Ok(())
        })?;
        (self.summary.accepted, self.summary.shed) = self.crew.taken();
        tended.map(|()| self.summary)
    }

    fn tend(&mut self) -> Result<()> {
        let mut ticks = self.options.tick.map(Ticks::new);
        while !self.stopper.is_stopping() {
            let again = self.crew.tend()?;
            let tick = ticks.as_ref().and_then(|ticks| ticks.next);
            self.wait([again, tick].into_iter().flatten().min())?;
            if ticks.as_mut().is_some_and(Ticks::is_due) {
                self.crew.act();
            }
        }
        Ok(())
    }
}
