//! The clauses framing.core.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
