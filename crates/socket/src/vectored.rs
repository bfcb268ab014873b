//! Receiving into and sending from several pieces of memory at once.

use std::io::{IoSlice, IoSliceMut};

use sockrates_core::{Addr, Deadline, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags};

use crate::receive::{fills, system_flags};
use crate::{Socket, sys};

/// Several slices as one.
impl Socket {
    /// Sends the concatenation of `slices` to the connected peer, as one datagram where it is one.
    ///
    /// # Errors
    /// As in [`send_by`](Self::send_by).
    ///
    /// Source: POSIX.1-2024 `sendmsg`; Python `socket.sendmsg`.
    #[doc(alias = "sendmsg")]
    #[doc(alias = "writev")]
    pub fn send_vectored(&self, slices: &[IoSlice<'_>]) -> Result<usize> {
        self.send_by(slices, None, SendFlags::NONE, Deadline::NEVER)
    }

    /// Receives into `slices`, one after the other, as [`recv_from_by`](Self::recv_from_by) does.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by); `EMSGSIZE` for a datagram into more than 1024 slices. On
    /// a stream slices after the 1024th are left alone, not counting the empty ones before the
    /// first with room.
    ///
    /// Source: POSIX.1-2024 `recvmsg`; Python `socket.recvmsg_into`.
    #[doc(alias = "recvmsg_into")]
    #[doc(alias = "recvmsg")]
    #[doc(alias = "readv")]
    pub fn recv_vectored_by(
        &self,
        slices: &mut [IoSliceMut<'_>],
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let wait = self.flagged(flags, deadline)?;
        let room = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if self.is_stream() && (room == 0 || fills(flags)) {
            return self.recv_slice_by_slice(slices, flags, deadline);
        }
        let trunc = if self.is_stream() { None } else { sys::MSG_TRUNC_LENGTH };
        let slices = if self.is_stream() { first_slices(slices) } else { slices };
        let mut sender = sys::Name::new();
        let (told, truncated) = self.run(wait, |socket, flag| {
            let flags = flag | system_flags(flags) | trunc.unwrap_or(0);
            sys::recv_slices(socket, slices, flags, &mut sender)
        })?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        let len = if flags.contains(RecvFlags::TRUNC) { told } else { told.min(room) };
        Ok(Recv { len, peer: sender.addr(), truncated })
    }

    /// Receives into `slices`, one after the other.
    ///
    /// # Errors
    /// As in [`recv_vectored_by`](Self::recv_vectored_by).
    pub fn recv_vectored(&self, slices: &mut [IoSliceMut<'_>]) -> Result<Recv<Addr>> {
        self.recv_vectored_by(slices, RecvFlags::NONE, Deadline::NEVER)
    }

    fn recv_slice_by_slice(
        &self,
        slices: &mut [IoSliceMut<'_>],
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        let deadline = self.mode().deadline(deadline);
        let mut have = 0;
        for slice in slices {
            match self.recv_by(&mut RecvBuf::new(slice), flags, deadline) {
                Ok(Recv { len, .. }) => {
                    have += len;
                    if len < slice.len() {
                        break;
                    }
                }
                Err(error) => {
                    let done = have + error.done();
                    return Err(error.during(Op::Recv, done));
                }
            }
        }
        Ok(Recv { len: have, peer: Addr::Unnamed, truncated: false })
    }
}

/// As many slices as one call takes, without the empty ones before the first room: a receive into
/// no room looks like the end.
fn first_slices<'a, 'b>(slices: &'a mut [IoSliceMut<'b>]) -> &'a mut [IoSliceMut<'b>] {
    let empty = slices.iter().take_while(|slice| slice.is_empty()).count();
    let end = slices.len().min(empty + sys::SLICES_MAX);
    &mut slices[empty..end]
}
