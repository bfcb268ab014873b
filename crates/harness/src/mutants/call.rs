//! One call of an end: what it was asked for, and what a fault makes of it.

use std::io::IoSlice;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sockrates_core::{
    Addr, ControlRef, Deadline, Errno, Error, Recv, RecvBuf, RecvControl, RecvFlags, Result,
    SendFlags,
};

use super::fault::End;
use crate::mem::MemStream;

/// How to receive.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) flags: RecvFlags,
    pub(super) deadline: Deadline,
}

impl How {
    pub(super) fn recv<E: End>(self, end: &E, buf: &mut RecvBuf<'_>) -> Result<Recv<E::Peer>> {
        end.recv_msg(buf, self.flags, self.deadline)
    }

    pub(super) fn recv_with_control<E: End>(
        self,
        end: &E,
        buf: &mut RecvBuf<'_>,
        room: usize,
    ) -> Result<RecvControl> {
        end.recv_with_control(buf, room, self.flags, self.deadline)
    }

    pub(super) fn with(self, flags: RecvFlags) -> Self {
        Self { flags: self.flags | flags, ..self }
    }

    pub(super) fn without(self, flags: RecvFlags) -> Self {
        Self { flags: self.flags.without(flags), ..self }
    }
}

/// What to send, and where.
#[derive(Debug)]
pub(super) struct What<'a, P> {
    pub(super) bytes: &'a [IoSlice<'a>],
    pub(super) to: Option<&'a P>,
    pub(super) flags: SendFlags,
    pub(super) deadline: Deadline,
}

impl<P> Clone for What<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for What<'_, P> {}

impl<P> What<'_, P> {
    pub(super) fn send<E: End<Peer = P>>(self, end: &E) -> Result<usize> {
        end.send_msg(self.bytes, self.to, self.flags, self.deadline)
    }

    /// Sends `bytes` in its place.
    pub(super) fn send_as<E: End<Peer = P>>(self, end: &E, bytes: &[u8]) -> Result<usize> {
        end.send_msg(&[IoSlice::new(bytes)], self.to, self.flags, self.deadline)
    }

    /// All the bytes, in one.
    pub(super) fn whole(self) -> Vec<u8> {
        self.bytes.iter().map(|slice| &**slice).collect::<Vec<&[u8]>>().concat()
    }

    /// How many bytes it is.
    pub(super) fn len(self) -> usize {
        self.bytes.iter().map(|slice| slice.len()).sum()
    }
}

/// What to send with control messages, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside<'a> {
    pub(super) bytes: &'a [IoSlice<'a>],
    pub(super) control: &'a [ControlRef<'a>],
    pub(super) to: Option<&'a Addr>,
    pub(super) flags: SendFlags,
    pub(super) deadline: Deadline,
}

impl Beside<'_> {
    pub(super) fn send<E: End>(self, end: &E) -> Result<usize> {
        end.send_with_control(self.bytes, self.control, self.to, self.flags, self.deadline)
    }

    /// All the bytes, in one.
    pub(super) fn whole(self) -> Vec<u8> {
        self.bytes.iter().map(|slice| &**slice).collect::<Vec<&[u8]>>().concat()
    }
}

/// What a stream received.
pub(super) fn got(len: usize) -> Result<Recv<()>> {
    Ok(Recv { len, peer: (), truncated: false })
}

/// Whether it is the error `errno`.
pub(super) fn is(error: &Error, errno: Errno) -> bool {
    error.errno() == Some(errno)
}

/// Takes what has arrived at `end` and forgets it.
pub(super) fn drain(end: &MemStream) {
    let mut lost = [0; 4096];
    let how = How { flags: RecvFlags::DONTWAIT, deadline: Deadline::NEVER };
    while let Ok(Recv { len: 1.., .. }) = how.recv(end, &mut RecvBuf::new(&mut lost)) {}
}

/// The lock of a fault's memory, which no panic leaves half-changed.
pub(super) fn locked<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
