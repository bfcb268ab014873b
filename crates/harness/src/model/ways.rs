//! The outcomes that are permitted for an operation, and which of them came about.

use crate::trace::Step;

use super::world::World;

/// What one possible state permits of an operation, and where what came about leads.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// Each permitted outcome in words.
    pub(super) permitted: Vec<String>,
    /// The states that the outcome that came about leads to; none where it is not permitted.
    pub(super) next: Vec<World>,
}

impl Ways {
    /// `words` is permitted; if it `came` about, it leads to what `then` makes of the state.
    pub(super) fn may(
        &mut self,
        words: impl Into<String>,
        came: bool,
        world: &World,
        then: impl FnOnce(&mut World),
    ) {
        self.permitted.push(words.into());
        if came {
            let mut next = world.clone();
            then(&mut next);
            self.next.push(next);
        }
    }

    /// Any error of these is permitted, and changes nothing.
    pub(super) fn may_fail(&mut self, errors: &[&str], step: &Step, world: &World) {
        for error in errors {
            self.may(*error, step.err.as_deref() == Some(error), world, |_| ());
        }
    }

    /// Anything is permitted: the model does not know the operation, or not what it is done on.
    pub(super) fn anything(world: &World) -> Self {
        Self::then(world, |_| ())
    }

    /// Anything is permitted, and leads to what `then` makes of the state.
    pub(super) fn then(world: &World, then: impl FnOnce(&mut World)) -> Self {
        let mut ways = Self::default();
        ways.may("anything", true, world, then);
        ways
    }
}

impl Step {
    /// Whether it succeeded.
    pub(super) fn is_ok(&self) -> bool {
        self.end.is_some() && self.err.is_none()
    }

    /// Whether it failed as one of `errors`.
    pub(super) fn failed(&self, errors: &[&str]) -> bool {
        self.err.as_deref().is_some_and(|error| errors.contains(&error))
    }

    /// Whether it would have had to wait.
    pub(super) fn would_block(&self) -> bool {
        self.failed(&["EAGAIN", "EWOULDBLOCK"])
    }
}
