//! Receiving many datagrams at once.

use std::sync::atomic::{AtomicBool, Ordering};

use sockrates_core::{Deadline, Error, Op, RecvFlags, Result, SocketOption};

use super::RecvBatch;
use super::recv_batch::Way;
use crate::receive::system_flags;
use crate::sys::{self, Asked};
use crate::wait::Wait;
use crate::{Family, Socket, Type};

/// Whether this system turned out to have no call that receives many messages.
static ONE_BY_ONE: AtomicBool = AtomicBool::new(false);

/// Receiving many datagrams at once.
impl Socket {
    /// Receives on a connected datagram socket all that has arrived, as far as `batch` has room,
    /// and returns how many datagrams those are; where nothing has, it waits for the first. What
    /// `batch` held before is gone.
    ///
    /// # Errors
    /// As in [`recv_many_by`](Self::recv_many_by).
    #[inline]
    pub fn recv_many(&self, batch: &mut RecvBatch) -> Result<usize> {
        self.recv_many_by(batch, RecvFlags::NONE, Deadline::NEVER)
    }

    /// As [`recv_many`](Self::recv_many), and tells who sent each.
    ///
    /// # Errors
    /// As in [`recv_many_by`](Self::recv_many_by).
    #[inline]
    pub fn recv_many_from(&self, batch: &mut RecvBatch) -> Result<usize> {
        self.recv_many_from_by(batch, RecvFlags::NONE, Deadline::NEVER)
    }

    /// As [`recv_many`](Self::recv_many), waiting for the first datagram until `deadline`, or for
    /// the mode's timeout where that ends earlier. With [`RecvFlags::PEEK`] it takes one message.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by), where not one datagram was received; then `batch` is
    /// empty. An error after the first datagram is told by the next receive.
    /// [`Error::Unsupported`] on a socket of another type.
    ///
    /// # Platform notes
    /// Linux receives with one system call. Elsewhere, and where a filter forbids that call, there
    /// is one for each message; an error after the first is then kept for the next of these, or
    /// for [`take_error`](Self::take_error).
    ///
    /// Source: Linux `recvmmsg(2)`.
    #[doc(alias = "recvmmsg")]
    #[inline]
    pub fn recv_many_by(
        &self,
        batch: &mut RecvBatch,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.recv_batch(batch, false, flags, deadline)
    }

    /// As [`recv_many_by`](Self::recv_many_by), and tells who sent each.
    ///
    /// # Errors
    /// As in [`recv_many_by`](Self::recv_many_by).
    #[doc(alias = "recvmmsg")]
    #[inline]
    pub fn recv_many_from_by(
        &self,
        batch: &mut RecvBatch,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.recv_batch(batch, true, flags, deadline)
    }

    /// Whether datagrams that came together are received joined, which spares most of their cost:
    /// `UDP_GRO`; off unless set.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `ENOPROTOOPT` or `EOPNOTSUPP` where it is not UDP, or the system
    /// older than Linux 5.0; [`Error::Unsupported`] on other systems than Linux.
    ///
    /// Source: Linux `udp(7)`.
    #[doc(alias = "UDP_GRO")]
    pub fn gro(&self) -> Result<bool> {
        self.switch(SocketOption::Gro)
    }

    /// Has datagrams that come together be received joined, or not.
    ///
    /// [`recv_many`](Self::recv_many) tells them apart again, into a batch
    /// [`for_gro`](RecvBatch::for_gro), whose slots have room for what is joined. Every other
    /// receive would glue them together, and so fails from here on, but for
    /// [`recv_with_control`](Self::recv_with_control), which tells the length of one beside them.
    ///
    /// Turn it off only once `recv_many` has nothing left: what lies joined in the queue is then
    /// received as one datagram. Duplicates made before, and sockets that were adopted with it on,
    /// do not know of it.
    ///
    /// # Errors
    /// As in [`gro`](Self::gro).
    #[doc(alias = "UDP_GRO")]
    pub fn set_gro(&self, on: bool) -> Result<()> {
        self.set_switch(SocketOption::Gro, on)
    }

    fn recv_batch(
        &self,
        batch: &mut RecvBatch,
        names: bool,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        batch.clear();
        if self.socket_type() != Type::DGRAM {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        self.tell_late(Op::Recv)?;
        let wait = self.flagged(flags, deadline)?;
        // Those of local sockets may be descriptors, which would have to be owned.
        batch.slots.reset(Asked { names, controls: self.family() != Family::UNIX });
        let most = if flags.contains(RecvFlags::PEEK) { 1 } else { batch.slots.count() };
        let count = self.recv_messages(batch, wait, most, system_flags(flags))?;
        batch.settle(count);
        if batch.arrivals.first().is_none_or(|first| first.told == 0) {
            self.check_open(Op::Recv).inspect_err(|_| batch.clear())?;
        }
        Ok(batch.len())
    }

    /// Receives up to `most` messages, and tells how many.
    fn recv_messages(
        &self,
        batch: &mut RecvBatch,
        wait: Wait,
        most: usize,
        flags: i32,
    ) -> Result<usize> {
        let slots = &mut batch.slots;
        let many = match batch.way {
            Way::Best => most > 1,
            Way::Many => true,
            Way::OneByOne => false,
        };
        if many && !ONE_BY_ONE.load(Ordering::Relaxed) {
            let many = self.run(wait, |socket, flag| slots.recv_many(socket, most, flag | flags));
            match many {
                Err(error) if error.errno().is_some_and(sys::lacks_many) => {
                    ONE_BY_ONE.store(true, Ordering::Relaxed);
                }
                many => return many,
            }
        }
        self.run(wait, |socket, flag| slots.recv_one(socket, 0, flag | flags))?;
        for i in 1..most {
            if let Err(error) = slots.recv_one(self.inner(), i, sys::MSG_DONTWAIT | flags) {
                self.keep_late(&error);
                return Ok(i);
            }
        }
        Ok(most)
    }
}
