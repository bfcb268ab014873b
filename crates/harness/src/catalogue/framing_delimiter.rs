//! The clauses framing.delimiter.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
