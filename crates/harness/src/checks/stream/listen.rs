//! The checks of the clauses stream.listen.*

use crate::checks::checks;

checks!("stream.listen" {});
