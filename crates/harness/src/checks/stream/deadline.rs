//! The checks of the clauses stream.deadline.*

use crate::checks::checks;

checks!("stream.deadline" {});
