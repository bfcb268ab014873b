//! The checks of the clauses datagram.*

pub(crate) mod address;
pub(crate) mod error;
pub(crate) mod message;
pub(crate) mod shutdown;
