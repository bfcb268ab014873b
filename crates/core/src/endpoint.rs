//! The rest of the socket vocabulary, each word optional.

use std::io::IoSlice;
use std::net::IpAddr;
use std::time::Duration;

use crate::{
    Addr, ControlRef, Deadline, Errno, Error, Op, RecvBuf, RecvControl, RecvFlags, Result,
    SendFlags, SocketOption,
};

/// Which sides of a connection to shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// `SHUT_RD`: receive nothing more.
    Read,
    /// `SHUT_WR`: send nothing more; the peer sees the end.
    Write,
    /// `SHUT_RDWR`: both.
    Both,
}

/// What an endpoint is, or is awaited to be, ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Ready {
    /// A receive (or an accept) would not wait.
    pub read: bool,
    /// A send would not wait, or a connection attempt has ended.
    pub write: bool,
    /// An error is pending; only ever an answer.
    pub error: bool,
    /// Both sides are closed; only ever an answer.
    pub hangup: bool,
}

impl Ready {
    /// Ready to receive.
    pub const READ: Self = Self { read: true, write: false, error: false, hangup: false };
    /// Ready to send.
    pub const WRITE: Self = Self { read: false, write: true, error: false, hangup: false };
}

/// A whole BSD socket: every operation that the contract of sockets speaks of, but for receiving
/// and sending, which are [`Transport`](crate::Transport)'s.
///
/// A transport implements what it has. What it does not override answers [`Error::Unsupported`],
/// and whoever judges it holds it to that: an operation must work as POSIX says or say that it is
/// not there, never pretend.
///
/// Source: POSIX.1-2024 `bind`, `listen`, `accept`, `connect`, `shutdown`, `getsockopt`.
pub trait Endpoint {
    /// The local address.
    ///
    /// # Errors
    /// The errno of `getsockname`.
    fn local_addr(&self) -> Result<Addr> {
        unsupported(Op::LocalAddr)
    }

    /// The connected peer's address.
    ///
    /// # Errors
    /// `ENOTCONN` where there is no peer.
    fn peer_addr(&self) -> Result<Addr> {
        unsupported(Op::PeerAddr)
    }

    /// Gives the socket a local address; port 0 lets the system choose one.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EADDRNOTAVAIL` for an address of another machine, `EINVAL` where it is bound
    /// already.
    fn bind(&self, addr: &Addr) -> Result<()> {
        let _ = addr;
        unsupported(Op::Bind)
    }

    /// Makes it a listener with room for `backlog` connections in the queue; a negative number
    /// counts as 0.
    ///
    /// # Errors
    /// `EOPNOTSUPP` on a datagram socket.
    fn listen(&self, backlog: i32) -> Result<()> {
        let _ = backlog;
        unsupported(Op::Listen)
    }

    /// The next connection of a listener, and where it comes from.
    ///
    /// # Errors
    /// `EINVAL` where it does not listen, `EOPNOTSUPP` on a datagram socket, else as in
    /// [`Listener::accept`](crate::Listener::accept).
    fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)>
    where
        Self: Sized,
    {
        let _ = deadline;
        unsupported(Op::Accept)
    }

    /// Connects, or, on a datagram socket, sets the peer.
    ///
    /// # Errors
    /// `ECONNREFUSED`; `EISCONN`; `EINPROGRESS` in non-blocking mode; [`Error::TimedOut`].
    fn connect(&self, addr: &Addr, deadline: Deadline) -> Result<()> {
        let _ = (addr, deadline);
        unsupported(Op::Connect)
    }

    /// Connects in the socket's mode and returns the error number instead of failing: Python's
    /// `connect_ex`.
    ///
    /// # Errors
    /// Only what is no error number: an unusable address, or [`Error::Unsupported`].
    fn connect_ex(&self, addr: &Addr) -> Result<Errno> {
        let _ = addr;
        unsupported(Op::Connect)
    }

    /// Dissolves a datagram socket's association: `connect` to `AF_UNSPEC`.
    ///
    /// # Errors
    /// The errno of `connect`.
    fn disconnect(&self) -> Result<()> {
        unsupported(Op::Disconnect)
    }

    /// Reads and clears the pending error, `SO_ERROR`; [`Errno::SUCCESS`] where there is none.
    ///
    /// # Errors
    /// The errno of `getsockopt`.
    fn take_error(&self) -> Result<Errno> {
        unsupported(Op::GetOption)
    }

    /// Shuts down one side or both, for every duplicate of the socket.
    ///
    /// # Errors
    /// `ENOTCONN` where it is not connected.
    fn shutdown(&self, how: Shutdown) -> Result<()> {
        let _ = how;
        unsupported(Op::Shutdown)
    }

    /// Shuts down as C and Python name it, by number: where the system takes the numbers of a
    /// program in another language. Where the type leaves no wrong number to give, it is not there.
    ///
    /// # Errors
    /// `EINVAL` for a number that names no side, else as in [`shutdown`](Self::shutdown).
    fn shutdown_by_number(&self, how: i32) -> Result<()> {
        let _ = how;
        unsupported(Op::Shutdown)
    }

    /// Closes this handle; again is no error. Every later operation fails with `EBADF`.
    ///
    /// # Errors
    /// The errno of `close`; the handle is closed all the same.
    fn close(&self) -> Result<()> {
        unsupported(Op::Close)
    }

    /// Closes with a reset: unsent data is dropped, and the peer learns that it was no orderly end.
    ///
    /// # Errors
    /// The errno of `setsockopt` or `close`.
    fn abort(&self) -> Result<()> {
        unsupported(Op::Abort)
    }

    /// Another handle of the same socket; the connection ends with the last one.
    ///
    /// # Errors
    /// `EMFILE`.
    fn dup(&self) -> Result<Self>
    where
        Self: Sized,
    {
        unsupported(Op::Dup)
    }

    /// Waits until the endpoint is ready for any of `interest`, and tells what it is ready for; an
    /// error or a hang-up is told unasked. Past the deadline it tells nothing, which is no error.
    ///
    /// # Errors
    /// The errno of `poll`.
    fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        let _ = (interest, deadline);
        unsupported(Op::Wait)
    }

    /// How many bytes a receive would find now: `FIONREAD`; on a datagram socket those of the next
    /// message.
    ///
    /// # Errors
    /// The errno of `ioctl`.
    fn queued(&self) -> Result<usize> {
        unsupported(Op::Queued)
    }

    /// The value of an option.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for one that the protocol does not know; [`Error::Unsupported`] for one that
    /// this system does not have.
    #[doc(alias = "getsockopt")]
    fn option(&self, option: SocketOption) -> Result<i32> {
        let _ = option;
        unsupported(Op::GetOption)
    }

    /// Sets an option. What the system makes of the value, [`option`](Self::option) tells.
    ///
    /// # Errors
    /// `ENOPROTOOPT` for one that the protocol does not know; `EINVAL` for a value out of range;
    /// [`Error::Unsupported`] for one that this system does not have.
    #[doc(alias = "setsockopt")]
    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let _ = (option, value);
        unsupported(Op::SetOption)
    }

    /// What [`set_linger`](Self::set_linger) has set; `None` unless set.
    ///
    /// # Errors
    /// The errno of `getsockopt`.
    fn linger(&self) -> Result<Option<Duration>> {
        unsupported(Op::GetOption)
    }

    /// Bounds what closing with unsent data may wait for: `SO_LINGER`, in whole seconds; `None`
    /// turns it off.
    ///
    /// # Errors
    /// The errno of `setsockopt`.
    fn set_linger(&self, linger: Option<Duration>) -> Result<()> {
        let _ = linger;
        unsupported(Op::SetOption)
    }

    /// Receives what is sent to the group `group` too, by the interface of this index; 0 lets the
    /// system choose one.
    ///
    /// # Errors
    /// `EADDRINUSE` where it is a member already; `EINVAL` for an address that is no group's;
    /// `ENODEV` for an interface that there is not.
    ///
    /// Source: RFC 3678 4.1.
    #[doc(alias = "IP_ADD_MEMBERSHIP")]
    #[doc(alias = "IPV6_JOIN_GROUP")]
    fn join(&self, group: IpAddr, interface: u32) -> Result<()> {
        let _ = (group, interface);
        unsupported(Op::SetOption)
    }

    /// Receives what is sent to the group no more.
    ///
    /// # Errors
    /// `EADDRNOTAVAIL` where it is no member.
    #[doc(alias = "IP_DROP_MEMBERSHIP")]
    #[doc(alias = "IPV6_LEAVE_GROUP")]
    fn leave(&self, group: IpAddr, interface: u32) -> Result<()> {
        let _ = (group, interface);
        unsupported(Op::SetOption)
    }

    /// Receives once, with up to `room` bytes of control messages, of at most
    /// [`Control::ROOM_MAX`](crate::Control::ROOM_MAX): a stream whatever has arrived, at most up
    /// to the next control message; a datagram socket one message.
    ///
    /// # Errors
    /// As in [`Transport::recv_msg`](crate::Transport::recv_msg).
    fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        let _ = (buf, room, flags, deadline);
        unsupported(Op::Recv)
    }

    /// Sends the concatenation of `bytes` once to `to`, `None` being the connected peer, and
    /// `control` with it. On a stream the control messages go with the first byte, of which there
    /// has to be one.
    ///
    /// # Errors
    /// As in [`Transport::send_msg`](crate::Transport::send_msg); [`Error::Invalid`] for control
    /// messages without a byte on a stream, and for more descriptors than one message carries.
    fn send_with_control(
        &self,
        bytes: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let _ = (bytes, control, to, flags, deadline);
        unsupported(Op::Send)
    }

    /// The operating system's descriptor, where there is one: a number to look at, not to own.
    fn fileno(&self) -> Option<i64> {
        None
    }
}

fn unsupported<T>(op: Op) -> Result<T> {
    Err(Error::Unsupported { op })
}
