//! Receiving into and sending from several pieces of memory at once.

use std::io::{IoSlice, IoSliceMut};

use sockrates_core::{Addr, Deadline, Error, Op, Recv, RecvBuf, RecvFlags, Result, SendFlags};

use crate::receive::{fills, system_flags};
use crate::send::first_slices as first_to_send;
use crate::wait::Wait;
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

    /// Sends the concatenation of all `slices` to the connected peer, however many they are, with
    /// at least one system call, also where all are empty. The slices stay as they are.
    ///
    /// ```
    /// use std::io::IoSlice;
    /// use sockrates_socket::{Type, socketpair};
    ///
    /// let (left, right) = socketpair(Type::STREAM)?;
    /// let (head, body) = (b"5:".as_slice(), b"hello".as_slice());
    /// left.send_all_vectored(&[IoSlice::new(head), IoSlice::new(body)])?;
    ///
    /// let mut whole = [0; 7];
    /// right.recv_exact(&mut whole)?;
    /// assert_eq!(&whole, b"5:hello");
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`send_all_vectored_by`](Self::send_all_vectored_by).
    #[doc(alias = "writev")]
    #[doc(alias = "write_all_vectored")]
    pub fn send_all_vectored(&self, slices: &[IoSlice<'_>]) -> Result<()> {
        self.send_all_vectored_by(slices, Deadline::NEVER)
    }

    /// Sends the concatenation of all `slices` to the connected peer, to one deadline; what has
    /// room goes in one call for each 1024 slices, after a cut inside one in smaller steps.
    ///
    /// # Errors
    /// As in [`send_all_by`](Self::send_all_by): the error's
    /// [`done`](sockrates_core::Error::done) tells how many bytes of the concatenation were sent.
    /// `EMSGSIZE` for a datagram of more than 1024 slices. [`Error::Invalid`] where the slices have
    /// more bytes together than `usize` counts, which takes the same memory in many of them.
    ///
    /// Source: POSIX.1-2024 `sendmsg`.
    pub fn send_all_vectored_by(&self, slices: &[IoSlice<'_>], deadline: Deadline) -> Result<()> {
        let add = |sum: usize, slice: &IoSlice<'_>| sum.checked_add(slice.len());
        let Some(len) = slices.iter().try_fold(0, add) else {
            let value = format!("more than {} bytes", usize::MAX);
            return Err(Error::invalid("slices to send", value, "send them in several calls"));
        };
        let mut rest = Rest { slices, within: 0 };
        self.send_whole(len, deadline, |_, wait| {
            let sent = rest.send(self, wait)?;
            rest.advance(sent);
            Ok(sent)
        })
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
        self.check_unjoined()?;
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

/// What is left of some slices to send.
struct Rest<'a, 'b> {
    slices: &'a [IoSlice<'b>],
    /// How many bytes of the first have gone.
    within: usize,
}

impl Rest<'_, '_> {
    fn send(&self, socket: &Socket, wait: Wait) -> Result<usize> {
        let call = |slices: &[IoSlice<'_>]| {
            socket.run(wait, |socket, flag| {
                socket.send_vectored_with_flags(slices, flag | sys::MSG_NOSIGNAL)
            })
        };
        match self.slices {
            [first, others @ ..] if self.within > 0 => {
                let mut few = [IoSlice::new(&first[self.within..]); FEW];
                let most = others.len().min(FEW - 1);
                few[1..=most].copy_from_slice(&others[..most]);
                call(&few[..=most])
            }
            slices if socket.is_stream() => call(first_to_send(slices)),
            slices => call(slices),
        }
    }

    /// Leaves `sent` bytes behind, and the slices that they were all of.
    fn advance(&mut self, sent: usize) {
        self.within += sent;
        while let Some((first, others)) = self.slices.split_first() {
            if self.within < first.len() {
                break;
            }
            self.within -= first.len();
            self.slices = others;
        }
    }
}

/// How many slices are sent in one call where the first of them has gone in part: room on the
/// stack, so that the caller's slices need not be written to.
const FEW: usize = 64;

/// As many slices as one call takes, without the empty ones before the first room: a receive into
/// no room looks like the end.
fn first_slices<'a, 'b>(slices: &'a mut [IoSliceMut<'b>]) -> &'a mut [IoSliceMut<'b>] {
    let empty = slices.iter().take_while(|slice| slice.is_empty()).count();
    let end = slices.len().min(empty + sys::SLICES_MAX);
    &mut slices[empty..end]
}
