//! The checks of the clauses datagram.message.*

use crate::checks::checks;

checks!("datagram.message" {});
