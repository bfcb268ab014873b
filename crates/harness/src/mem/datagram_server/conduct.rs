//! How a server of datagrams in memory does each step. The default is right; a mutant overrides
//! one.

use std::io::IoSlice;

use sockrates_core::{Addr, Deadline, Endpoint, Result, SendFlags, Transport};

use super::{Ending, MemDatagramServer};
use crate::mem::MemDatagram;

/// The steps of a server of datagrams.
pub(crate) trait DatagramConduct: Default + Send + Sync + 'static {
    fn bind(&self, socket: &MemDatagram, addr: &Addr) -> Result<()> {
        socket.bind(addr)
    }

    /// Where it receives; `addr` was told when it started.
    fn addr(&self, addr: &Addr, _socket: &MemDatagram) -> Addr {
        addr.clone()
    }

    /// Does what a datagram asks for.
    fn received(&self, server: &MemDatagramServer<Self>, bytes: &[u8], from: &Addr) -> Ending {
        server.obey(bytes, from)
    }

    fn reply(&self, server: &MemDatagramServer<Self>, bytes: &[u8], to: &Addr) {
        // A client that is gone, or has closed, is no concern of the others.
        let _ = send(&server.socket, bytes, to);
    }

    /// Tells the error hook of a failure, and says whether the server goes on.
    fn goes_on(&self, server: &MemDatagramServer<Self>, ending: Ending) -> bool {
        if ending.is_failure() {
            server.note_failure();
        }
        true
    }

    /// A handler wants the server to stop.
    fn stop_within(&self, server: &MemDatagramServer<Self>) {
        server.refuse();
    }

    fn stop(&self, server: &MemDatagramServer<Self>) -> Result<()> {
        server.refuse();
        server.wait();
        Ok(())
    }

    /// The server was dropped.
    fn dropped(&self, server: &MemDatagramServer<Self>) {
        // It never fails, and nobody is left to be told.
        let _ = self.stop(server);
    }
}

/// Every step as it should be.
#[derive(Default)]
pub(crate) struct RightDatagrams;

impl DatagramConduct for RightDatagrams {}

/// Sends one datagram.
pub(crate) fn send(socket: &MemDatagram, bytes: &[u8], to: &Addr) -> Result<usize> {
    socket.send_msg(&[IoSlice::new(bytes)], Some(to), SendFlags::NONE, Deadline::NEVER)
}
