//! The clauses framing.chunked.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
