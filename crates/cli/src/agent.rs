//! The agent: this workspace's own sockets, for a judge that runs elsewhere.

mod command;

pub use command::{SUMMARY, run};

/// What it calls itself.
pub const NAME: &str = "sockrates";
