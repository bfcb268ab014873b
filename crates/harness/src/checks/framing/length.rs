//! The checks of the clauses framing.length.*

use crate::checks::checks;

checks!("framing.length" {});
