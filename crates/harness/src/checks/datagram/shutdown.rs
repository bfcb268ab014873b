//! The checks of the clauses datagram.shutdown.*

use crate::checks::checks;

checks!("datagram.shutdown" {});
