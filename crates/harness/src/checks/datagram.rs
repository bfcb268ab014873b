//! The checks of the clauses datagram.*

pub(crate) mod address;
pub(crate) mod deadline;
mod ends;
pub(crate) mod error;
mod ledger;
pub(crate) mod message;
pub(crate) mod option;
pub(crate) mod shutdown;
pub(crate) mod state;
pub(crate) mod transfer;
