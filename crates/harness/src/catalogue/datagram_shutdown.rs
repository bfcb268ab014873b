//! The clauses datagram.shutdown.*

use crate::Clause;

pub(super) const CLAUSES: &[Clause] = &[];
