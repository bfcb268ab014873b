//! Many datagrams with few system calls.

use std::net::SocketAddr;

use sockrates_core::{Addr, Deadline, RecvFlags, Result, SendFlags};
use sockrates_socket::{Address, RecvBatch, SendBatch, SendHeader};

use crate::{ConnectedUdp, UdpSocket};

/// Lists what both kinds of socket have, by way of the [`Socket`](sockrates_socket::Socket) inside:
/// their receives have different names.
macro_rules! many {
    ($(#[$doc:meta])* $kind:ident, $recv:ident, $recv_by:ident) => {
        $(#[$doc])*
        impl $kind {
            /// Receives all that has arrived, as far as `batch` has room, and returns how many
            /// datagrams those are; where nothing has, it waits for the first. What `batch` held
            /// before is gone.
            ///
            /// # Errors
            /// As in [`Socket::recv_many_by`](sockrates_socket::Socket::recv_many_by).
            ///
            /// Source: Linux `recvmmsg(2)`.
            #[doc(alias = "recvmmsg")]
            #[inline]
            pub fn $recv(&self, batch: &mut RecvBatch) -> Result<usize> {
                self.as_socket().$recv(batch)
            }

            #[doc = concat!("As [`", stringify!($recv), "`](Self::", stringify!($recv), "),")]
            /// waiting for the first datagram until `deadline`, or for the mode's timeout where
            /// that ends earlier.
            ///
            /// # Errors
            /// As in [`Socket::recv_many_by`](sockrates_socket::Socket::recv_many_by).
            #[doc(alias = "recvmmsg")]
            #[inline]
            pub fn $recv_by(
                &self,
                batch: &mut RecvBatch,
                flags: RecvFlags,
                deadline: Deadline,
            ) -> Result<usize> {
                self.as_socket().$recv_by(batch, flags, deadline)
            }

            /// Sends all datagrams of `batch`, in their order, and leaves it empty.
            ///
            /// # Errors
            /// As in [`Socket::send_many_by`](sockrates_socket::Socket::send_many_by): what was
            /// sent is no longer in the batch. `EDESTADDRREQ` for a datagram without a destination
            /// on a socket without a peer.
            #[doc(alias = "sendmmsg")]
            #[inline]
            pub fn send_many(&self, batch: &mut SendBatch) -> Result<()> {
                self.as_socket().send_many(batch)
            }

            /// Sends all datagrams of `batch`, in their order, by `deadline`, or by the mode's
            /// timeout where that is earlier.
            ///
            /// # Errors
            /// As in [`send_many`](Self::send_many).
            #[doc(alias = "sendmmsg")]
            #[inline]
            pub fn send_many_by(
                &self,
                batch: &mut SendBatch,
                flags: SendFlags,
                deadline: Deadline,
            ) -> Result<()> {
                self.as_socket().send_many_by(batch, flags, deadline)
            }
        }
    };
}

many!(
    /// Many at once: [`RecvBatch`] and [`SendBatch`] hold them.
    ///
    /// ```
    /// use sockrates_udp::{RecvBatch, SendBatch, UdpSocket};
    ///
    /// let server = UdpSocket::bind(("127.0.0.1", 0))?;
    /// let client = UdpSocket::bind(("127.0.0.1", 0))?;
    /// let to = server.local_addr()?;
    /// let mut questions = SendBatch::new(32, 32 * 512)?;
    /// for name in ["one", "two", "three"] {
    ///     questions.push_to(name.as_bytes(), to)?;
    /// }
    /// client.send_many(&mut questions)?;
    ///
    /// let (mut got, mut answers) = (RecvBatch::new(32, 512)?, SendBatch::new(32, 32 * 512)?);
    /// server.recv_many_from(&mut got)?;
    /// for question in &got {
    ///     let Some(peer) = question.peer() else { continue };
    ///     answers.push_to(question.bytes(), peer)?;
    /// }
    /// server.send_many(&mut answers)?;
    /// assert_eq!(client.recv_many_from(&mut got)?, 3);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    UdpSocket, recv_many_from, recv_many_from_by
);

many!(
    /// Many at once: [`RecvBatch`] and [`SendBatch`] hold them.
    ConnectedUdp, recv_many, recv_many_by
);

/// Many of one length that lie one after the other.
impl UdpSocket {
    /// Sends `bytes` to `to` as datagrams of `segment` bytes, the last of what is left. No bytes
    /// are no datagram.
    ///
    /// ```
    /// use sockrates_udp::{RecvBatch, UdpSocket};
    ///
    /// let (a, b) = (UdpSocket::v4()?, UdpSocket::bind(("127.0.0.1", 0))?);
    /// let joins = b.set_gro(true).is_ok(); // where the system can
    /// a.send_segments_to(&[7; 3_000], 1_200, b.local_addr()?)?;
    ///
    /// let mut batch = RecvBatch::for_gro(4)?;
    /// b.recv_many_from(&mut batch)?;
    /// # if joins {
    /// assert!(batch.iter().map(|one| one.bytes().len()).eq([1_200, 1_200, 600]));
    /// # }
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`Socket::send_segments_by`](sockrates_socket::Socket::send_segments_by).
    #[doc(alias = "UDP_SEGMENT")]
    #[inline]
    pub fn send_segments_to(&self, bytes: &[u8], segment: usize, to: impl Address) -> Result<()> {
        let deadline = self.mode().deadline(Deadline::NEVER);
        let to = to.resolve(self.as_socket().family(), deadline)?;
        let (header, flags) = (SendHeader::new(), SendFlags::NONE);
        self.as_socket().send_segments_by(bytes, segment, Some(&to), header, flags, deadline)
    }

    /// As [`send_segments_to`](Self::send_segments_to), with what `header` says and by `deadline`,
    /// or by the mode's timeout where that is earlier.
    ///
    /// # Errors
    /// As in [`send_segments_to`](Self::send_segments_to).
    #[doc(alias = "UDP_SEGMENT")]
    #[inline]
    pub fn send_segments_to_by(
        &self,
        bytes: &[u8],
        segment: usize,
        to: SocketAddr,
        header: SendHeader,
        deadline: Deadline,
    ) -> Result<()> {
        let to = Addr::Inet(to);
        let flags = SendFlags::NONE;
        self.as_socket().send_segments_by(bytes, segment, Some(&to), header, flags, deadline)
    }
}

/// Many of one length that lie one after the other.
impl ConnectedUdp {
    /// Sends `bytes` as datagrams of `segment` bytes, the last of what is left. No bytes are no
    /// datagram.
    ///
    /// # Errors
    /// As in [`Socket::send_segments_by`](sockrates_socket::Socket::send_segments_by).
    #[doc(alias = "UDP_SEGMENT")]
    #[inline]
    pub fn send_segments(&self, bytes: &[u8], segment: usize) -> Result<()> {
        self.as_socket().send_segments(bytes, segment)
    }

    /// As [`send_segments`](Self::send_segments), with what `header` says and by `deadline`, or by
    /// the mode's timeout where that is earlier.
    ///
    /// # Errors
    /// As in [`send_segments`](Self::send_segments).
    #[doc(alias = "UDP_SEGMENT")]
    #[inline]
    pub fn send_segments_by(
        &self,
        bytes: &[u8],
        segment: usize,
        header: SendHeader,
        deadline: Deadline,
    ) -> Result<()> {
        let flags = SendFlags::NONE;
        self.as_socket().send_segments_by(bytes, segment, None, header, flags, deadline)
    }
}
