//! The checks of the clauses server.*

pub(crate) mod bound;
mod client;
pub(crate) mod datagram;
pub(crate) mod fault;
mod left;
pub(crate) mod serve;
pub(crate) mod start;
pub(crate) mod stop;
