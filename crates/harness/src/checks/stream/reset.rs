//! The checks of the clauses stream.reset.*

use crate::checks::checks;

checks!("stream.reset" {});
