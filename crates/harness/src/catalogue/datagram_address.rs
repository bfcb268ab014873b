//! The clauses datagram.address.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
