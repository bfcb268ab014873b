//! The clauses framing.varint.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
