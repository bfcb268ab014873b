//! The clauses stream.concurrent.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
