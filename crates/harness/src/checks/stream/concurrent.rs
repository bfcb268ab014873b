//! The checks of the clauses stream.concurrent.*

use crate::checks::checks;

checks!("stream.concurrent" {});
