//! The clauses datagram.message.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
