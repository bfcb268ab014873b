//! The checks of the clauses framing.netstring.*

use crate::checks::checks;

checks!("framing.netstring" {});
