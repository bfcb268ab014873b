//! Listeners in memory.

use sockrates_core::{Addr, Deadline, Endpoint, Listener, Result};

use super::MemStream;

/// Accepts the connections that arrive at its address. Closes when dropped.
#[derive(Debug)]
pub struct MemListener(MemStream);

impl MemListener {
    /// A socket that listens.
    pub(super) fn new(socket: MemStream) -> Self {
        Self(socket)
    }
}

impl Listener for MemListener {
    type Conn = MemStream;

    fn accept(&self, deadline: Deadline) -> Result<(MemStream, Addr)> {
        self.0.accept(deadline)
    }

    fn local_addr(&self) -> Result<Addr> {
        self.0.local_addr()
    }
}
