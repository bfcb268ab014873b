//! The checks of the clauses framing.delimiter.*

use crate::checks::checks;

checks!("framing.delimiter" {});
