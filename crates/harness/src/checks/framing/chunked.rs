//! The checks of the clauses framing.chunked.*

use crate::checks::checks;

checks!("framing.chunked" {});
