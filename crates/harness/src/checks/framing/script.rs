//! A transport that does what a check tells it to.

use std::io::IoSlice;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sockrates_core::{
    Deadline, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};

/// A stream that gives a wire in pieces and then ends, and takes what is sent in pieces.
#[derive(Default)]
pub(super) struct Script {
    /// What is to be received.
    pub(super) wire: Vec<u8>,
    /// How many bytes one receive gives and one send takes; 0 is as many as there is room for.
    pub(super) piece: usize,
    /// Whether every other operation would wait, or times out.
    pub(super) hiccups: bool,
    /// Whether the wire begins again instead of ending.
    pub(super) endless: bool,
    /// What has happened.
    pub(super) past: Mutex<Past>,
}

/// What has happened to a [`Script`].
#[derive(Debug, Default)]
pub(super) struct Past {
    /// How many bytes were received.
    pub(super) given: usize,
    /// The bytes that were sent.
    pub(super) taken: Vec<u8>,
    operations: usize,
}

impl Script {
    /// A stream of `wire` in pieces of `piece` bytes.
    pub(super) fn new(wire: &[u8], piece: usize) -> Self {
        Self { wire: wire.to_vec(), piece, ..Self::default() }
    }

    /// What has happened so far.
    pub(super) fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hiccup(&self, op: Op) -> Result<MutexGuard<'_, Past>> {
        let mut past = self.past();
        past.operations += 1;
        match past.operations % 4 {
            1 if self.hiccups => Err(Error::os(op, Errno::EAGAIN)),
            3 if self.hiccups => Err(Error::TimedOut { op, done: 0 }),
            _ => Ok(past),
        }
    }

    fn limit(&self, room: usize) -> usize {
        if self.piece == 0 { room } else { room.min(self.piece) }
    }
}

impl Transport for Script {
    type Peer = ();

    fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
        let mut past = self.hiccup(Op::Recv)?;
        let at = if self.endless { past.given % self.wire.len() } else { past.given };
        let rest = &self.wire[at..];
        let len = buf.append(&rest[..rest.len().min(self.limit(buf.remaining()))]);
        past.given += len;
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        _: SendFlags,
        _: Deadline,
    ) -> Result<usize> {
        let mut past = self.hiccup(Op::Send)?;
        let all: Vec<u8> = bytes.iter().flat_map(|slice| slice.iter().copied()).collect();
        let len = self.limit(all.len());
        past.taken.extend_from_slice(&all[..len]);
        Ok(len)
    }

    fn close_send(&self) -> Result<()> {
        Ok(())
    }
}
