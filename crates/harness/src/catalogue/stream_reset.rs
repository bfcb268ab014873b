//! The clauses stream.reset.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
