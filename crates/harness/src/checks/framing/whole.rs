//! The checks of the clauses framing.whole.*

use crate::checks::checks;

checks!("framing.whole" {});
