//! The checks of the clauses cross.*

use crate::checks::checks;

checks!("cross" {});
