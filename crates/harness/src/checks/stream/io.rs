//! The checks of the clauses stream.io.*

use crate::checks::checks;

checks!("stream.io" {});
