//! Receiving, and who sent it.

use std::io;
use std::net::SocketAddr;

use sockrates_core::{Addr, Deadline, Op, Recv, RecvBuf, RecvFlags, Result};

use super::{plain, system_flags};
use crate::{Socket, inet, sys};

/// Receiving with the address of the sender.
impl Socket {
    /// Receives one message and tells its sender. A stream's is [`Addr::Unnamed`]: it has one
    /// peer, [`peer_addr`](Self::peer_addr), and the system tells no other.
    ///
    /// An empty `buf` consumes a datagram, as truncated.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    ///
    /// Source: POSIX.1-2024 `recvfrom`; Python `socket.recvfrom_into`.
    #[doc(alias = "recvfrom")]
    #[doc(alias = "recvfrom_into")]
    pub fn recv_from(&self, buf: &mut [u8]) -> Result<Recv<Addr>> {
        self.recv_from_by(&mut RecvBuf::new(buf), RecvFlags::NONE, Deadline::NEVER)
    }

    /// The same of an internet socket for datagrams, without the way by [`Addr`].
    #[doc(hidden)]
    #[inline]
    pub fn recv_from_inet(&self, buf: &mut [u8]) -> Result<Recv<SocketAddr>> {
        let Some(trunc) = sys::MSG_TRUNC_LENGTH else {
            let Recv { len, peer, truncated } = self.recv_from(buf)?;
            return Ok(Recv { len, peer: inet(peer)?, truncated });
        };
        debug_assert!(!self.is_stream(), "of a stream, what does not fit would be thrown away");
        self.check_unjoined()?;
        let mut sender = sys::Name::new();
        let flag = self.first_flag() | trunc;
        let first = sys::recv_bytes_from(self.inner(), buf, flag, &mut sender);
        if let Ok(told @ 1..) = first {
            let (len, truncated) = (told.min(buf.len()), told > buf.len());
            // Each by itself, so that the one is not moved as if it were the longer other.
            if let Some(peer) = sender.v4() {
                return Ok(Recv { len, peer: peer.into(), truncated });
            }
            if let Some(peer) = sender.v6() {
                return Ok(Recv { len, peer: peer.into(), truncated });
            }
        }
        self.recv_from_inet_rest(buf, trunc, first, &mut sender)
    }

    #[cold]
    #[inline(never)]
    fn recv_from_inet_rest(
        &self,
        buf: &mut [u8],
        trunc: i32,
        first: io::Result<usize>,
        sender: &mut sys::Name,
    ) -> Result<Recv<SocketAddr>> {
        let told = first.or_else(|error| {
            self.resume(plain(Deadline::NEVER), error, &mut |flag| {
                sys::recv_bytes_from(self.inner(), buf, flag | trunc, sender)
            })
        })?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        let len = told.min(buf.len());
        Ok(Recv { len, peer: inet(sender.addr())?, truncated: told > len })
    }

    /// Receives one message as `flags` say and tells its sender.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by).
    pub fn recv_from_with(&self, buf: &mut [u8], flags: RecvFlags) -> Result<Recv<Addr>> {
        self.recv_from_by(&mut RecvBuf::new(buf), flags, Deadline::NEVER)
    }

    /// Receives one message by `deadline` and tells its sender.
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by).
    pub fn recv_from_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        if self.is_stream() {
            let Recv { len, peer: (), truncated } = self.recv_by(buf, flags, deadline)?;
            return Ok(Recv { len, peer: Addr::Unnamed, truncated });
        }
        if !flags.is_empty() {
            return self.recv_from_flagged(buf, flags, deadline);
        }
        self.check_unjoined()?;
        let mut sender = sys::Name::new();
        let room = buf.remaining();
        let (told, truncated) = self.run(plain(deadline), |socket, flag| {
            sys::recv_datagram_from(socket, buf, flag, &mut sender)
        })?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        Ok(Recv { len: told.min(room), peer: sender.addr(), truncated })
    }

    #[cold]
    fn recv_from_flagged(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<Addr>> {
        self.check_unjoined()?;
        let mut sender = sys::Name::new();
        let room = buf.remaining();
        let (told, truncated) = self.run(self.flagged(flags, deadline)?, |socket, flag| {
            sys::recv_datagram_from(socket, buf, flag | system_flags(flags), &mut sender)
        })?;
        if told == 0 {
            self.check_open(Op::Recv)?;
        }
        let len = if flags.contains(RecvFlags::TRUNC) { told } else { told.min(room) };
        Ok(Recv { len, peer: sender.addr(), truncated })
    }
}
