//! A transport that knows nothing of sockrates: two ends over std's channels.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// How many writes wait in each direction before the next one blocks.
const QUEUED: usize = 16;

/// How many bytes one write takes at most.
const AT_ONCE: usize = 16 << 10;

/// One end.
pub struct Pipe {
    outward: Mutex<Option<SyncSender<Vec<u8>>>>,
    inward: Mutex<Inward>,
}

struct Inward {
    queue: Receiver<Vec<u8>>,
    rest: Vec<u8>,
}

/// Two ends that talk to each other.
pub fn pipe() -> (Pipe, Pipe) {
    let ((to_b, from_a), (to_a, from_b)) = (sync_channel(QUEUED), sync_channel(QUEUED));
    let end = |outward, queue| Pipe {
        outward: Mutex::new(Some(outward)),
        inward: Mutex::new(Inward { queue, rest: Vec::new() }),
    };
    (end(to_b, from_b), end(to_a, from_a))
}

impl Pipe {
    /// Waits for bytes and takes up to `max` of them; none once the other end is closed.
    pub fn read(&self, max: usize) -> Vec<u8> {
        let mut inward = self.inward.lock().unwrap_or_else(PoisonError::into_inner);
        while inward.rest.is_empty() && max > 0 {
            let Ok(bytes) = inward.queue.recv() else { break };
            inward.rest = bytes;
        }
        let taken = inward.rest.len().min(max);
        inward.rest.drain(..taken).collect()
    }

    /// Waits for room, hands over the first of the bytes and tells how many; nothing where either
    /// end is closed.
    pub fn write(&self, bytes: &[u8]) -> Option<usize> {
        let outward = self.outward.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let taken = bytes.len().min(AT_ONCE);
        outward.send(bytes[..taken].to_vec()).ok().map(|()| taken)
    }

    /// Writes no more.
    pub fn close(&self) {
        *self.outward.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
