//! The clauses stream.listen.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
