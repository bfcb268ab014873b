//! The checks of the clauses datagram.error.*

use crate::checks::checks;

checks!("datagram.error" {});
