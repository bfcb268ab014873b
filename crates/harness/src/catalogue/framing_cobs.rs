//! The clauses framing.cobs.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
