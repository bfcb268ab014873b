//! Many datagrams with few system calls.

mod offload;
mod receive;
mod recv_batch;
mod recv_datagram;
mod segments;
mod send;
mod send_batch;

pub(crate) use offload::Offload;
pub use recv_batch::RecvBatch;
pub use recv_datagram::{Datagrams, RecvDatagram};
pub use send_batch::{SendBatch, SendHeader};

/// The longest that a batch takes in or sends as one, in bytes: more than any datagram of IP has.
const BYTES_MAX: usize = 65_535;
