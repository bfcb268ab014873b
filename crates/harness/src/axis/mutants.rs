//! Mutants that only show under adversity.

use crate::Mutant;

/// Every one.
pub(crate) fn all() -> Vec<Mutant> {
    Vec::new()
}
