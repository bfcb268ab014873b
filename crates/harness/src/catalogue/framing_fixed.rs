//! The clauses framing.fixed.*: bodies that are all of one size.

use crate::About::Format;
use crate::{Clause, cite};

pub(super) const CLAUSES: &[Clause] = &[Clause::must(
    Format("fixed"),
    "framing.fixed.size",
    "A frame is a body of the one size with nothing around it; any other body is refused",
)
.cites(&[cite("sockrates-core Fixed", "Frames of one size, with nothing around them.")])];
