//! The checks of the clauses framing.core.*

use crate::checks::checks;

checks!("framing.core" {});
