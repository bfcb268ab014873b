//! The built-in subjects of the `sockrates` binary, and peers to compare them with.

pub mod agents;
pub mod mutants;
pub mod subjects;
