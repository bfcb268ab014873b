//! The clauses framing.whole.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
