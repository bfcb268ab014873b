//! The checks of the clauses framing.slip.*

use crate::checks::checks;

checks!("framing.slip" {});
