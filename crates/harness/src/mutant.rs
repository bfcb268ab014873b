//! Subjects with one fault each, and exactly what must notice it.

use crate::{Axis, Subject};

/// A right transport or framing with one fault that somebody could write.
///
/// A suite that cannot fail proves nothing: each mutant says which clauses must fail on it. One
/// fewer is a fault that goes unseen, one more is a false alarm.
///
/// ```
/// use sockrates_harness::{Caps, Mutant, Subject, mem};
///
/// const FORGETS_THE_END: Mutant = Mutant {
///     name: "forgets-the-end",
///     says: "the end of the stream is received once, then never again",
///     make: || Subject::pair("forgets-the-end", Caps::HALF_CLOSE, mem::stream_pair),
///     fails: &["stream.eof.sticky"],
///     under: &[],
/// };
/// assert_eq!((FORGETS_THE_END.make)().name(), FORGETS_THE_END.name);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// Its name, which is its subject's too: lower case, with hyphens.
    pub name: &'static str,
    /// The fault, in one line.
    pub says: &'static str,
    /// Makes the subject that has the fault.
    pub make: fn() -> Subject,
    /// The clauses that must fail, all of them.
    pub fails: &'static [&'static str],
    /// The clauses that must fail under an axis, all of them, where the fault shows only under
    /// adversity; under an axis that is not named none may fail. Empty where that is not the point.
    pub under: &'static [(Axis, &'static [&'static str])],
}

impl Mutant {
    /// The clauses that must fail under `axis`, or plainly.
    pub(crate) fn must_fail(&self, axis: Option<Axis>) -> &'static [&'static str] {
        match axis {
            None => self.fails,
            Some(axis) => {
                let known = self.under.iter().find(|(known, _)| *known == axis);
                known.map_or(&[][..], |(_, fails)| fails)
            }
        }
    }

    /// Whether anything is known of what it must fail.
    pub(crate) fn is_known(&self) -> bool {
        !self.fails.is_empty() || !self.under.is_empty()
    }
}
