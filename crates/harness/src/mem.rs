//! The reference transports: both ends in memory, every law kept.
//!
//! Written to be read: one lock for a network, and each operation an attempt that is repeated until
//! it has an answer.

mod handle;
mod listener;
mod monitor;
mod network;
mod socket;
mod stream;
mod subject;

use crate::Subject;

pub use listener::MemListener;
pub use stream::{MemNetwork, MemStream, stream_pair};

/// The reference transports as subjects: streams.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    vec![Subject::transport(subject::Streams::default())]
}
