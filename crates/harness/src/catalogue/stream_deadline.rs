//! The clauses stream.deadline.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
