//! The checks of the clauses framing.cobs.*

use crate::checks::checks;

checks!("framing.cobs" {});
