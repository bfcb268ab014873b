//! A protocol, what it has not taken yet and what it sends: all of a connection but the socket.

use sockrates_core::{Addr, Error, FrameError, Result, Resync};

use crate::output::KEPT;
use crate::{Output, Protocol, Stopper};

pub(crate) struct Exchange<P> {
    protocol: P,
    /// What has arrived and was not taken.
    inbox: Vec<u8>,
    pub(crate) output: Output,
    /// Whether the protocol has stopped taking because its output was full.
    stalled: bool,
    peer_ended: bool,
}

impl<P: Protocol> Exchange<P> {
    pub(crate) fn new(protocol: P, peer: Addr, stopper: Stopper) -> Self {
        let output = Output::new(peer, stopper);
        Self { protocol, inbox: Vec::new(), output, stalled: false, peer_ended: false }
    }

    pub(crate) fn open(&mut self) -> Result<()> {
        self.protocol.opened(&mut self.output)
    }

    /// Gives the protocol `fresh` bytes, after those that it left.
    ///
    /// # Errors
    /// The protocol's own; [`Error::Frame`] where it takes nothing of as much as it may leave.
    #[inline]
    pub(crate) fn feed(&mut self, fresh: &[u8]) -> Result<()> {
        if self.inbox.is_empty() {
            let taken = self.give(fresh)?;
            if taken < fresh.len() {
                self.inbox.extend_from_slice(&fresh[taken..]);
            }
        } else {
            let mut inbox = std::mem::take(&mut self.inbox);
            inbox.extend_from_slice(fresh);
            let taken = self.give(&inbox)?;
            inbox.drain(..taken);
            self.inbox = inbox;
        }
        // What is left may be little of what had come.
        if self.inbox.capacity() > KEPT.max(2 * self.inbox.len()) {
            self.inbox = self.inbox.to_vec();
        }
        self.finish()
    }

    /// The client has ended its side.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.peer_ended = true;
        self.finish()
    }

    /// Whether the protocol can go on with what it left, though nothing has arrived.
    #[inline]
    pub(crate) fn can_resume(&self) -> bool {
        self.stalled && !self.output.is_full() && !self.output.is_closing()
    }

    /// Whether it waits for input and for nothing else.
    #[inline]
    pub(crate) fn is_at_rest(&self) -> bool {
        self.output.is_at_rest() && !self.stalled && !self.peer_ended
    }

    /// Whether there is anything that more input would be good for now.
    #[inline]
    pub(crate) fn wants_input(&self) -> bool {
        !self.output.is_closing() && !self.stalled && !self.peer_ended && !self.output.is_full()
    }

    pub(crate) fn closed(&mut self, error: Option<&Error>) {
        self.protocol.closed(error);
    }

    /// Has the protocol take from `window` what it will, and tells how much that was.
    #[inline]
    fn give(&mut self, window: &[u8]) -> Result<usize> {
        let mut taken = 0;
        self.stalled = false;
        while taken < window.len() && !self.output.is_closing() {
            if self.output.is_full() {
                self.stalled = true;
                break;
            }
            let left = &window[taken..];
            match self.protocol.received(left, &mut self.output)?.min(left.len()) {
                0 if self.output.is_closing() => break,
                0 if left.len() >= self.protocol.window_max() => {
                    let (len, max) = (left.len() as u64, self.protocol.window_max());
                    let error = FrameError::too_long(len, max, Resync::Never);
                    return Err(Error::Frame { error, peer: Some(self.output.peer().clone()) });
                }
                0 => break,
                some => taken += some,
            }
        }
        Ok(taken)
    }

    /// Tells the protocol of the client's end, once it has taken what it will.
    #[inline]
    fn finish(&mut self) -> Result<()> {
        if !self.peer_ended || self.stalled || self.output.is_closing() {
            return Ok(());
        }
        let rest = std::mem::take(&mut self.inbox);
        let ended = self.protocol.ended(&rest, &mut self.output);
        self.output.close();
        ended
    }
}
