//! Local connections that keep messages apart.

use std::io::IoSlice;

use sockrates_core::{
    Addr, Deadline, Error, Kind, Mode, Op, Recv, RecvBuf, RecvControl, RecvFlags, Result,
    SendFlags, Shutdown, Transport,
};
use sockrates_socket::{Family, RecvFds, Socket, Type, endpoint, socketpair, typed};

use crate::UnixAddress;
use crate::passing::passing;

/// One end of a local connection that keeps messages apart: in order, each whole or with its
/// truncation told, up to an end.
///
/// # The end
/// The system answers 0 bytes both to an empty message and at the end. Here an empty message is a
/// message of length 0, and the end is [`Error::Eof`], so that a loop over messages never takes the
/// one for the other. [`recv_message`](Self::recv_message) tells it as `None`.
///
/// ```
/// use sockrates_unix::UnixSeqpacket;
///
/// let (left, right) = UnixSeqpacket::pair()?;
/// left.send(b"hello")?;
/// left.send(b"")?;
/// left.close()?;
///
/// let mut buf = [0; 3];
/// let got = right.recv(&mut buf)?;
/// assert_eq!((got.len, got.truncated), (3, true));
/// # if cfg!(target_os = "linux") {
/// assert_eq!(right.recv(&mut buf)?.len, 0); // the empty message
/// # }
/// assert!(right.recv_message(&mut buf)?.is_none()); // the end
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Platform notes
/// Linux stamps each message with its arrival here (`SO_TIMESTAMPNS`, set on the socket): what has
/// no stamp is the end; a receive with control messages brings the stamp among them. Elsewhere 0
/// bytes are the end, so do not send empty messages there. macOS has no such sockets.
///
/// Source: Linux `unix(7)`, `SOCK_SEQPACKET`; POSIX.1-2024 `recv`.
pub struct UnixSeqpacket {
    socket: Socket,
}

typed!(UnixSeqpacket, Type::SEQPACKET, Addr, ::std::result::Result::Ok, stamped);
endpoint!(UnixSeqpacket);
passing!(UnixSeqpacket: credentials, peer);

impl UnixSeqpacket {
    /// Connects to the listener at `addr`. Where its queue is full it waits for room.
    ///
    /// # Errors
    /// As in [`UnixStream::connect`](crate::UnixStream::connect).
    ///
    /// Source: POSIX.1-2024 `connect`; Linux `unix(7)`.
    pub fn connect(addr: impl UnixAddress) -> Result<Self> {
        Self::connect_by(addr, Deadline::NEVER)
    }

    /// Connects to the listener at `addr` by `deadline`, or by the process's default timeout where
    /// that is earlier.
    ///
    /// # Errors
    /// As in [`UnixStream::connect_by`](crate::UnixStream::connect_by).
    pub fn connect_by(addr: impl UnixAddress, deadline: Deadline) -> Result<Self> {
        let socket = Socket::new(Family::UNIX, Type::SEQPACKET, None)?;
        socket.connect_by(&addr.to_addr()?, deadline)?;
        Self::try_from(socket)
    }

    /// Two ends that are connected to each other, without names.
    ///
    /// # Errors
    /// `EMFILE`; `EPROTONOSUPPORT` on macOS.
    ///
    /// Source: POSIX.1-2024 `socketpair`; Python `socket.socketpair`.
    #[doc(alias = "socketpair")]
    pub fn pair() -> Result<(Self, Self)> {
        let (left, right) = socketpair(Type::SEQPACKET)?;
        Ok((Self::try_from(left)?, Self::try_from(right)?))
    }

    /// The peer's address: the listener's for who has connected, and of most clients
    /// [`Addr::Unnamed`], for they are not bound.
    ///
    /// # Errors
    /// `ENOTCONN` where there is none.
    ///
    /// Source: POSIX.1-2024 `getpeername`.
    #[doc(alias = "getpeername")]
    pub fn peer_addr(&self) -> Result<Addr> {
        self.socket.peer_addr()
    }

    /// Receives one message: its length, and whether a tail was lost.
    ///
    /// # Errors
    /// [`Error::Eof`] at the end; `ECONNRESET`, once, where the peer is gone with messages that it
    /// had not received; as in [`Socket::recv`].
    ///
    /// Source: POSIX.1-2024 `recv`.
    #[doc(alias = "recv_into")]
    pub fn recv(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        self.recv_by(&mut RecvBuf::new(buf), RecvFlags::NONE, Deadline::NEVER)
    }

    /// Receives one message by `deadline`, or by the mode's timeout where that is earlier, into
    /// memory that need not be initialised.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    pub fn recv_by(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.message(buf, flags, deadline)?.ok_or(END)
    }

    /// Receives one message, or `None` at the end.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv), but for the end.
    pub fn recv_message(&self, buf: &mut [u8]) -> Result<Option<Recv<()>>> {
        self.message(&mut RecvBuf::new(buf), RecvFlags::NONE, Deadline::NEVER)
    }

    /// Receives one message, and up to `max` descriptors that came with it, each closed on `exec`.
    /// More than `max` are closed, and `fds_truncated` tells.
    ///
    /// A plain receive closes the descriptors that come with what it receives.
    ///
    /// # Errors
    /// [`Error::Eof`] at the end; as in [`Socket::recv_fds`].
    ///
    /// Source: Linux `unix(7)`, `SCM_RIGHTS`; Python `socket.recv_fds`.
    pub fn recv_fds(&self, buf: &mut [u8], max: usize) -> Result<RecvFds> {
        let (mut buf, room) = (RecvBuf::new(buf), RecvFds::room(max));
        let got =
            self.socket.recv_with_control(&mut buf, room, RecvFlags::NONE, Deadline::NEVER)?;
        if came(&got) { Ok(RecvFds::of(got, max)) } else { Err(END) }
    }

    /// Looks at the next message and leaves it there.
    ///
    /// # Errors
    /// As in [`recv`](Self::recv).
    #[doc(alias = "MSG_PEEK")]
    pub fn peek(&self, buf: &mut [u8]) -> Result<Recv<()>> {
        self.recv_by(&mut RecvBuf::new(buf), RecvFlags::PEEK, Deadline::NEVER)
    }

    /// Sends `bytes` as one message, which may be empty. Where the receiver's queue is full it
    /// waits as the mode says.
    ///
    /// # Errors
    /// `EPIPE` where the peer is gone or has shut down; `EMSGSIZE` for more than fits the send
    /// buffer; as in [`Socket::send`].
    ///
    /// Source: POSIX.1-2024 `send`.
    pub fn send(&self, bytes: &[u8]) -> Result<()> {
        self.socket.send(bytes).map(drop)
    }

    /// Shuts down one side or both, for every duplicate of the socket.
    ///
    /// # Errors
    /// `ENOTCONN` where it is not connected; `EBADF` on a closed socket.
    ///
    /// Source: POSIX.1-2024 `shutdown`.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.socket.shutdown(how)
    }

    /// Another handle of the same connection, which ends with the last one.
    ///
    /// # Errors
    /// `EMFILE`; `EBADF` on a closed socket.
    #[doc(alias = "try_clone")]
    pub fn dup(&self) -> Result<Self> {
        Ok(Self { socket: self.socket.dup()? })
    }

    fn message(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Option<Recv<()>>> {
        let got = self.socket.recv_with_control(buf, STAMP_ROOM, flags, deadline)?;
        let message = Recv { len: got.len, peer: (), truncated: got.truncated };
        Ok(came(&got).then_some(message))
    }
}

/// Whether a receive brought a message; else it was the end.
fn came(got: &RecvControl) -> bool {
    got.len > 0 || got.truncated || got.control_truncated || !got.control.is_empty()
}

const END: Error = Error::Eof { op: Op::Recv, have: 0, want: None };

/// Room for a time stamp, and for the other kinds that may be switched on.
const STAMP_ROOM: usize = sockrates_core::Control::ROOM;

/// `socket` where it is of this type, with every message that it receives stamped from now on.
fn stamped(socket: Socket, name: &'static str, wanted: Type) -> Result<Socket> {
    let socket = sockrates_socket::expect_local(socket, name, wanted)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_option(sockrates_core::SocketOption::RecvTimestamp, 1)?;
    Ok(socket)
}

impl Transport for UnixSeqpacket {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        self.recv_by(buf, flags, deadline)
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        self.socket.send_by(bytes, None, flags, deadline)
    }

    fn close_send(&self) -> Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn mode(&self) -> Mode {
        self.socket.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.socket.set_mode(mode)
    }
}
