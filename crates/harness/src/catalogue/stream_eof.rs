//! The clauses stream.eof.*: the end of a stream.

use crate::About::Stream;
use crate::{Caps, Clause, cite};

pub(super) const CLAUSES: &[Clause] =
    &[Clause::must(Stream, "stream.eof.sticky", "Once the end was received, it is received again")
        .cites(&[cite("POSIX.1-2024 recv", "")])
        .needs(Caps::HALF_CLOSE)];
