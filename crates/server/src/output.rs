//! What a protocol sends.

use std::fmt;
use std::io;

use sockrates_core::Addr;

use crate::Stopper;

/// What a [`Protocol`](crate::Protocol) sends, until the client takes it.
pub struct Output {
    bytes: Vec<u8>,
    /// How many of them were sent.
    sent: usize,
    closing: bool,
    /// Whether the memory of `bytes` is lent, and not kept for an idle connection.
    lent: bool,
    peer: Addr,
    stopper: Stopper,
}

impl Output {
    pub(crate) fn new(peer: Addr, stopper: Stopper) -> Self {
        Self { bytes: Vec::new(), sent: 0, closing: false, lent: false, peer, stopper }
    }

    /// Sends `bytes` after what was sent before; after a [`close`](Self::close) they are dropped.
    #[doc(alias = "write")]
    #[inline]
    pub fn send(&mut self, bytes: &[u8]) {
        if !self.closing {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Closes the connection when what was sent is delivered.
    pub fn close(&mut self) {
        self.closing = true;
    }

    /// Whether [`FULL`](Self::FULL) bytes or more wait for the client to take them.
    #[must_use]
    #[inline]
    pub fn is_full(&self) -> bool {
        self.bytes.len() - self.sent >= Self::FULL
    }

    /// From how many bytes that wait the protocol is given no more to answer.
    pub const FULL: usize = 64 * 1024;

    /// The client's address.
    #[must_use]
    #[inline]
    pub fn peer(&self) -> &Addr {
        &self.peer
    }

    /// What stops the server.
    #[must_use]
    pub fn stopper(&self) -> &Stopper {
        &self.stopper
    }

    /// Whether the server is stopping: time to say goodbye.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopper.is_stopping()
    }

    #[inline]
    pub(crate) fn is_closing(&self) -> bool {
        self.closing
    }

    /// What waits for the client to take it.
    #[inline]
    pub(crate) fn pending(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Counts the first `n` pending bytes as sent.
    #[inline]
    pub(crate) fn took(&mut self, n: usize) {
        self.sent += n.min(self.pending().len());
        if self.sent < self.bytes.len() {
            // A client that always leaves some must not have all it ever took kept for it; moving
            // no more than was sent costs no more than sending did.
            if self.sent >= self.bytes.len() - self.sent {
                self.bytes.drain(..self.sent);
                self.sent = 0;
            }
            return;
        }
        self.sent = 0;
        self.bytes.clear();
        if self.bytes.capacity() > KEPT && !self.lent {
            self.bytes = Vec::new();
        }
    }

    /// Whether nothing is left to send, and more may come.
    #[inline]
    pub(crate) fn is_at_rest(&self) -> bool {
        self.bytes.is_empty() && !self.closing
    }

    /// Lends it the memory of `spare`, if it has none of its own.
    #[inline]
    pub(crate) fn borrow(&mut self, spare: &mut Vec<u8>) {
        if self.bytes.capacity() == 0 {
            std::mem::swap(&mut self.bytes, spare);
            self.lent = true;
        }
    }

    /// Gives its memory to `spare` where nothing is left to send, so that only those have any whose
    /// clients let them wait.
    #[inline]
    pub(crate) fn give_back(&mut self, spare: &mut Vec<u8>) {
        self.lent = false;
        if self.bytes.is_empty() && self.bytes.capacity() > 0 {
            *spare = std::mem::take(&mut self.bytes);
            spare.shrink_to(SPARE_MAX);
        }
    }
}

impl io::Write for Output {
    /// As [`send`](Self::send); never fails.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(bytes);
        Ok(bytes.len())
    }

    /// Nothing to do: what is sent goes out by itself.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("peer", &self.peer)
            .field("pending", &self.pending().len())
            .field("closing", &self.closing)
            .finish_non_exhaustive()
    }
}

/// How much memory an idle connection keeps for what it will send.
pub(crate) const KEPT: usize = 4096;

/// How much the connections of one thread share for what they send.
const SPARE_MAX: usize = 4 * Output::FULL;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_kept_for_a_client_that_always_leaves_some() {
        let mut output = Output::new(Addr::Unnamed, Stopper::new(None));
        let mut next = 0u8;
        for round in 0..10_000usize {
            let fresh: Vec<u8> = (0..=255).collect();
            output.send(&fresh);
            let takes = output.pending().len() - 1 - round % 100;
            for taken in &output.pending()[..takes] {
                assert_eq!(*taken, next);
                next = next.wrapping_add(1);
            }
            output.took(takes);
        }
        assert!(output.bytes.capacity() < 4096, "{}", output.bytes.capacity());
        output.took(usize::MAX);
        assert!(output.pending().is_empty());
    }
}
