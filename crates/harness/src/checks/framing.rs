//! The checks of the clauses framing.*

pub(crate) mod chunked;
pub(crate) mod cobs;
pub(crate) mod core;
mod corpus;
pub(crate) mod delimiter;
pub(crate) mod error;
pub(crate) mod fixed;
pub(crate) mod length;
pub(crate) mod lines;
pub(crate) mod netstring;
mod post;
mod reader;
mod script;
pub(crate) mod slip;
pub(crate) mod varint;
mod vector;
mod way;
pub(crate) mod whole;
