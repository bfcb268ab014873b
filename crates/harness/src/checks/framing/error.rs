//! The checks of the clauses framing.error.*

use crate::checks::checks;

checks!("framing.error" {});
