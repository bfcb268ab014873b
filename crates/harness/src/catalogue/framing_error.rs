//! The clauses framing.error.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
