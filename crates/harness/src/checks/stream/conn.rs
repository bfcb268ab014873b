//! The checks of the clauses stream.conn.*

use crate::checks::checks;

checks!("stream.conn" {});
