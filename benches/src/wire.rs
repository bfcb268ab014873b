//! Bytes that have already arrived, as a transport: framing is measured without a kernel.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice, Read};
use std::rc::Rc;

use sockrates_core::{Deadline, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport};

/// What one receive brings at the most, and a writer collects, in bytes.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// A stream that delivers the same bytes over and over. What is sent on it is copied, as a kernel
/// would, and forgotten.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    bytes: Rc<[u8]>,
    at: Cell<usize>,
    sent: RefCell<Vec<u8>>,
    taken: Cell<usize>,
}

impl Wire {
    /// A stream that will deliver `bytes`, 1 or more, over and over.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }

    /// Takes `slices` over, all of them.
    pub fn take(&self, slices: &[IoSlice<'_>]) -> usize {
        let mut sent = self.sent.borrow_mut();
        sent.clear();
        slices.iter().for_each(|slice| sent.extend_from_slice(slice));
        self.taken.set(self.taken.get() + sent.len());
        sent.len()
    }

    /// How many bytes were sent in all.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.get()
    }

    /// What has arrived now, for `copy` to take as much of as it can.
    pub fn arrived(&self, copy: impl FnOnce(&[u8]) -> usize) -> usize {
        let at = self.at.get();
        let end = self.bytes.len().min(at + CHUNK_BYTES);
        let len = copy(&self.bytes[at..end]);
        self.at.set(if at + len == self.bytes.len() { 0 } else { at + len });
        len
    }
}

impl Transport for Wire {
    type Peer = ();

    fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
        let len = self.arrived(|bytes| buf.append(bytes));
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        slices: &[IoSlice<'_>],
        _: Option<&()>,
        _: SendFlags,
        _: Deadline,
    ) -> Result<usize> {
        Ok(self.take(slices))
    }

    fn close_send(&self) -> Result<()> {
        Ok(())
    }
}

impl Read for Wire {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Ok(self.arrived(|bytes| {
            let len = bytes.len().min(room.len());
            room[..len].copy_from_slice(&bytes[..len]);
            len
        }))
    }
}

/// Bytes of every value from a fixed seed, or letters for a text format.
#[must_use]
pub fn body(len: usize, text: bool) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let byte = (state >> 32) as u8;
        if text { b'a' + byte % 26 } else { byte }
    };
    (0..len).map(|_| next()).collect()
}
