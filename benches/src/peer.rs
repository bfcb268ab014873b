//! What stands beside ours, written by hand as an expert would.

pub mod mio_echo;
pub mod readiness;
pub mod thread_each;
pub mod tokio_echo;
