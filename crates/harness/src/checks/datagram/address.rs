//! The checks of the clauses datagram.address.*

use crate::checks::checks;

checks!("datagram.address" {});
