//! The clauses stream.conn.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
