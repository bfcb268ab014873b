//! The clauses framing.netstring.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
