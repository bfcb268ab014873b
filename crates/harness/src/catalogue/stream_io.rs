//! The clauses stream.io.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
