//! A stream whose two ends share memory.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use sockrates_core::{
    Deadline, Endpoint, Errno, Error, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags, Transport,
};

/// Two connected ends.
///
/// # Errors
/// Never; a transport that can fail has the same signature.
pub fn stream_pair() -> Result<(MemStream, MemStream)> {
    let (one, other) = (Arc::new(Pipe::default()), Arc::new(Pipe::default()));
    Ok((
        MemStream { inward: Arc::clone(&one), outward: Arc::clone(&other) },
        MemStream { inward: other, outward: one },
    ))
}

/// One end of a stream in memory.
#[derive(Debug)]
pub struct MemStream {
    inward: Arc<Pipe>,
    outward: Arc<Pipe>,
}

#[derive(Debug, Default)]
struct Pipe {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    ended: bool,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for MemStream {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        _flags: RecvFlags,
        _deadline: Deadline,
    ) -> Result<Recv<()>> {
        let mut state = self.inward.lock();
        while state.bytes.is_empty() && !state.ended && buf.remaining() > 0 {
            state = self.inward.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let len = buf.append(state.bytes.make_contiguous());
        state.bytes.drain(..len);
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _to: Option<&()>,
        _flags: SendFlags,
        _deadline: Deadline,
    ) -> Result<usize> {
        let mut state = self.outward.lock();
        if state.ended {
            return Err(Error::os(Op::Send, Errno::EPIPE));
        }
        bytes.iter().for_each(|slice| state.bytes.extend(slice.iter()));
        self.outward.changed.notify_all();
        Ok(bytes.iter().map(|slice| slice.len()).sum())
    }

    fn close_send(&self) -> Result<()> {
        self.outward.lock().ended = true;
        self.outward.changed.notify_all();
        Ok(())
    }
}

impl Endpoint for MemStream {}

impl Drop for MemStream {
    fn drop(&mut self) {
        for pipe in [&self.inward, &self.outward] {
            pipe.lock().ended = true;
            pipe.changed.notify_all();
        }
    }
}
