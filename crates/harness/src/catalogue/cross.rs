//! The clauses cross.*: what holds for every transport and for the process around it.

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
