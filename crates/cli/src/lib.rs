//! The built-in subjects of the `sockrates` binary, and peers to compare them with.

pub mod agent;
pub mod agents;
pub mod mutants;
#[cfg(target_os = "linux")]
pub mod oracle;
pub mod subjects;
