//! The reference transport: both ends in memory, every law kept.

mod stream;

pub use stream::{MemStream, stream_pair};
