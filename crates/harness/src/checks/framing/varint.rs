//! The checks of the clauses framing.varint.*

use crate::checks::checks;

checks!("framing.varint" {});
