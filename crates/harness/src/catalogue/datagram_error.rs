//! The clauses datagram.error.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
