//! Bytes that have already arrived, as a transport: framing is measured without a kernel.

use std::cell::{Cell, RefCell};
use std::io::IoSlice;

use sockrates_core::{Deadline, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport};

/// A stream that delivers the same bytes as often as it is rewound, then ends. What is sent on it
/// is copied, as a kernel would, and forgotten.
#[derive(Debug)]
pub struct Wire {
    bytes: Vec<u8>,
    at: Cell<usize>,
    sent: RefCell<Vec<u8>>,
}

impl Wire {
    /// A stream that will deliver `bytes`.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: Cell::new(0), sent: RefCell::default() }
    }

    /// Takes `slices` over, all of them.
    pub fn take(&self, slices: &[IoSlice<'_>]) -> usize {
        let mut sent = self.sent.borrow_mut();
        sent.clear();
        slices.iter().for_each(|slice| sent.extend_from_slice(slice));
        sent.len()
    }

    /// Starts again.
    pub fn rewind(&self) {
        self.at.set(0);
    }
}

impl Transport for Wire {
    type Peer = ();

    fn recv_msg(&self, buf: &mut RecvBuf<'_>, _: RecvFlags, _: Deadline) -> Result<Recv<()>> {
        let len = buf.append(&self.bytes[self.at.get()..]);
        self.at.set(self.at.get() + len);
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
