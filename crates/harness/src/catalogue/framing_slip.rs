//! The clauses framing.slip.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
