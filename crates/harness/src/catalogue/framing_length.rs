//! The clauses framing.length.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
