//! Subjects with one fault each, and exactly what must notice it.

use crate::Subject;

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
}
