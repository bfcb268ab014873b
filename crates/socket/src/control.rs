//! Control messages: descriptors, credentials and what else travels beside the bytes.

use std::io::IoSlice;
use std::os::fd::{BorrowedFd, OwnedFd};

use sockrates_core::{
    Addr, Control, ControlRef, Credentials, Deadline, Errno, Error, Op, RecvBuf, RecvControl,
    RecvFlags, Result, SendFlags, SocketOption,
};

use crate::address::to_system;
use crate::receive::system_flags;
use crate::send::{first_slices, plain as plain_send, system_flags as send_flags};
use crate::sys::{self, ControlMemory, Encoder};
use crate::wait::Wait;
use crate::{Socket, Type};

/// What a receive of descriptors brought.
#[derive(Debug)]
#[must_use]
pub struct RecvFds {
    /// How many bytes are in the buffer.
    pub len: usize,
    /// Who sent them; `None` on a connection.
    pub peer: Option<Addr>,
    /// Whether a datagram was longer than the buffer, so that its tail is lost.
    pub truncated: bool,
    /// The descriptors, closed on `exec`, in the order in which they were sent.
    pub fds: Vec<OwnedFd>,
    /// Whether there were more descriptors than asked for (or than this process has room for);
    /// those are closed.
    pub fds_truncated: bool,
}

impl RecvFds {
    /// The room for control messages with up to `max` descriptors.
    #[doc(hidden)]
    #[must_use]
    pub fn room(max: usize) -> usize {
        Control::ROOM + Control::room_for_rights(max.min(FDS_MAX))
    }

    /// What of `got` counts where up to `max` descriptors are wanted.
    #[doc(hidden)]
    pub fn of(got: RecvControl, max: usize) -> Self {
        let (len, peer, truncated) = (got.len, got.peer.clone(), got.truncated);
        let lost = got.control_truncated;
        let mut fds = got.into_rights();
        let fds_truncated = lost || fds.len() > max;
        fds.truncate(max);
        Self { len, peer, truncated, fds, fds_truncated }
    }
}

/// Control messages.
impl Socket {
    /// Receives once, with up to `room` bytes of control messages: on a stream what has arrived,
    /// at most up to the next control message; on a datagram socket one message.
    ///
    /// Every descriptor that arrives is in the result, closed on `exec`, or closed. A plain receive
    /// closes them all.
    ///
    /// ```
    /// use sockrates_core::{Control, ControlRef, Deadline, RecvBuf, RecvFlags, SendFlags};
    /// use sockrates_socket::{Type, socketpair};
    /// use std::{io::IoSlice, os::fd::AsFd};
    ///
    /// let (left, right) = socketpair(Type::STREAM)?;
    /// let (bytes, fds) = ([IoSlice::new(b"!")], [left.as_fd()]);
    /// let rights = [ControlRef::Rights(&fds)];
    /// left.send_with_control(&bytes, &rights, None, SendFlags::NONE, Deadline::NEVER)?;
    ///
    /// let (mut memory, room) = ([0; 8], Control::room_for_rights(1));
    /// let mut buf = RecvBuf::new(&mut memory);
    /// let got = right.recv_with_control(&mut buf, room, RecvFlags::NONE, Deadline::NEVER)?;
    /// assert!(matches!(&got.control[..], [Control::Rights(fds)] if fds.len() == 1));
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`recv_by`](Self::recv_by); [`Error::Invalid`] for more room than
    /// [`Control::ROOM_MAX`], and for [`RecvFlags::WAITALL`] on a stream, where control messages
    /// belong to certain bytes.
    ///
    /// # Platform notes
    /// Other systems than Linux tell credentials, timestamps and what is of IP packets as
    /// [`Control::Unknown`].
    ///
    /// Source: POSIX.1-2024 `recvmsg`; Python `socket.recvmsg`.
    #[doc(alias = "recvmsg")]
    pub fn recv_with_control(
        &self,
        buf: &mut RecvBuf<'_>,
        room: usize,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<RecvControl> {
        if room > Control::ROOM_MAX {
            let rule = "use up to Control::ROOM_MAX, 65536 bytes";
            return Err(Error::invalid("room for control messages", format!("{room} bytes"), rule));
        }
        let wait = self.flagged(flags, deadline)?;
        if self.is_stream() {
            if flags.contains(RecvFlags::WAITALL) {
                let rule = "control messages belong to certain bytes; receive again for the rest";
                return Err(Error::invalid("receive flag", "WAITALL", rule));
            }
            if buf.remaining() == 0 {
                self.check_open(Op::Recv)?;
                return Ok(nothing());
            }
        }
        let trunc = if self.is_stream() { None } else { sys::MSG_TRUNC_LENGTH };
        let system = system_flags(flags) | trunc.unwrap_or(0);
        let (most, mut memory) = (buf.remaining(), ControlMemory::new(room));
        let mut sender = sys::Name::new();
        let got = self.run(wait, |socket, flag| {
            sys::recv_control(socket, buf, flag | system, &mut sender, &mut memory)
        })?;
        if got.told == 0 && got.control.is_empty() {
            self.check_open(Op::Recv)?;
        }
        Ok(RecvControl {
            len: if flags.contains(RecvFlags::TRUNC) { got.told } else { got.told.min(most) },
            peer: (!self.is_connection()).then(|| sender.addr()),
            truncated: got.truncated && !self.is_stream(),
            control: got.control,
            control_truncated: got.control_truncated,
        })
    }

    /// Sends the concatenation of `slices` once to `to`, `None` being the connected peer, and
    /// `control` with it.
    ///
    /// On a stream the control messages go with the first byte: what did not fit is to be sent
    /// without them.
    ///
    /// # Errors
    /// As in [`send_by`](Self::send_by). [`Error::Invalid`] for control messages without a byte on
    /// a stream, which would be lost, for more than 253 descriptors (Linux), and for more than
    /// [`Control::ROOM_MAX`] bytes of control messages. [`Error::Unsupported`] for a kind that
    /// means nothing to this family or type, which systems ignore. `EPERM` for credentials that are
    /// another process's; `ETOOMANYREFS` with more descriptors on their way than the process may
    /// have open; `EINVAL` for an unknown kind.
    ///
    /// Source: POSIX.1-2024 `sendmsg`; Linux `unix(7)`; Python `socket.sendmsg`.
    #[doc(alias = "sendmsg")]
    pub fn send_with_control(
        &self,
        slices: &[IoSlice<'_>],
        control: &[ControlRef<'_>],
        to: Option<&Addr>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if control.is_empty() {
            return self.send_by(slices, to, flags, deadline);
        }
        if self.is_stream() && slices.iter().all(|slice| slice.is_empty()) {
            let value = format!("{} without a byte", control.len());
            let rule = "on a stream they travel with at least one byte";
            return Err(Error::invalid("control messages", value, rule));
        }
        let control = self.encode(control)?;
        let slices = if self.is_stream() { first_slices(slices) } else { slices };
        let to = to.filter(|to| !(self.is_stream() && **to == Addr::Unnamed));
        let to = to.map(to_system).transpose()?;
        let never = flags.contains(SendFlags::DONTWAIT);
        let wait = Wait { never, ..plain_send(deadline) };
        self.run(wait, |socket, flag| {
            sys::send_control(socket, slices, &control, to.as_ref(), flag | send_flags(flags))
        })
    }

    /// Sends `bytes`, and duplicates of `fds` with them, to the connected peer.
    ///
    /// ```
    /// use sockrates_socket::{Type, socketpair};
    /// use std::os::fd::AsFd;
    ///
    /// let (left, right) = socketpair(Type::DGRAM)?;
    /// left.send_fds(b"both of us", &[left.as_fd(), right.as_fd()])?;
    ///
    /// let mut buf = [0; 16];
    /// let got = right.recv_fds(&mut buf, 2)?;
    /// assert_eq!((got.len, got.fds.len(), got.fds_truncated), (10, 2, false));
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`send_with_control`](Self::send_with_control).
    ///
    /// Source: Python `socket.send_fds`.
    pub fn send_fds(&self, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> Result<usize> {
        self.send_fds_by(bytes, fds, None, Deadline::NEVER)
    }

    /// Sends `bytes`, and duplicates of `fds` with them, by `deadline` to `to`, `None` being the
    /// connected peer.
    ///
    /// # Errors
    /// As in [`send_with_control`](Self::send_with_control).
    pub fn send_fds_by(
        &self,
        bytes: &[u8],
        fds: &[BorrowedFd<'_>],
        to: Option<&Addr>,
        deadline: Deadline,
    ) -> Result<usize> {
        let (slices, rights) = ([IoSlice::new(bytes)], [ControlRef::Rights(fds)]);
        let control = if fds.is_empty() { &[][..] } else { &rights };
        self.send_with_control(&slices, control, to, SendFlags::NONE, deadline)
    }

    /// Receives bytes, and up to `max` descriptors that came with them.
    ///
    /// # Errors
    /// As in [`recv_with_control`](Self::recv_with_control).
    ///
    /// Source: Python `socket.recv_fds`, which leaks what is over `max` where padding lets it in.
    pub fn recv_fds(&self, buf: &mut [u8], max: usize) -> Result<RecvFds> {
        self.recv_fds_by(&mut RecvBuf::new(buf), max, Deadline::NEVER)
    }

    /// Receives bytes, and up to `max` descriptors that came with them, by `deadline`.
    ///
    /// # Errors
    /// As in [`recv_with_control`](Self::recv_with_control).
    pub fn recv_fds_by(
        &self,
        buf: &mut RecvBuf<'_>,
        max: usize,
        deadline: Deadline,
    ) -> Result<RecvFds> {
        let room = RecvFds::room(max);
        let got = self.recv_with_control(buf, room, RecvFlags::NONE, deadline)?;
        Ok(RecvFds::of(got, max))
    }

    /// The process at the other end of a local connection, as it was when the connection was made;
    /// of a listener the process itself.
    ///
    /// # Errors
    /// `ENOTCONN` where there is no peer; `EBADF` on a closed socket; [`Error::Unsupported`] on
    /// other systems than Linux.
    ///
    /// Source: Linux `unix(7)`, `SO_PEERCRED`.
    #[doc(alias = "SO_PEERCRED")]
    pub fn peer_credentials(&self) -> Result<Credentials> {
        match self.check(Op::GetOption, sys::peer_credentials(self.inner()))? {
            // What the system has of nobody.
            Credentials { pid: 0, uid: u32::MAX, gid: u32::MAX } => {
                Err(Error::os(Op::GetOption, Errno::ENOTCONN))
            }
            peer => Ok(peer),
        }
    }

    /// Whether every message received carries the [credentials](Control::Credentials) of its
    /// sender; off unless set.
    ///
    /// # Errors
    /// `EOPNOTSUPP` where it is no local socket; `EBADF` on a closed one; [`Error::Unsupported`]
    /// on other systems than Linux.
    ///
    /// # Platform notes
    /// Linux gives an unbound socket that has it an abstract name when it connects or sends.
    ///
    /// Source: Linux `unix(7)`, `SO_PASSCRED`.
    #[doc(alias = "SO_PASSCRED")]
    pub fn set_pass_credentials(&self, on: bool) -> Result<()> {
        self.set_option(SocketOption::PassCredentials, on.into())
    }

    fn encode(&self, control: &[ControlRef<'_>]) -> Result<ControlMemory> {
        let mut encoder = Encoder::default();
        let mut rights = 0;
        for message in control {
            if let ControlRef::Rights(fds) = message {
                rights += fds.len();
            }
            if rights > Encoder::RIGHTS_MAX {
                let rule = "one message carries up to 253; send the rest with another";
                return Err(Error::invalid("descriptors", format!("{rights} or more"), rule));
            }
            encoder.push(self, message)?;
            if encoder.len() > Control::ROOM_MAX {
                let rule = "send up to 65536 bytes of them at once";
                let value = format!("of {} bytes or more", encoder.len());
                return Err(Error::invalid("control messages", value, rule));
            }
        }
        Ok(encoder.finish())
    }

    /// Whether it has one peer, so that messages tell no sender.
    fn is_connection(&self) -> bool {
        self.is_stream() || self.socket_type() == Type::SEQPACKET
    }
}

fn nothing() -> RecvControl {
    RecvControl {
        len: 0,
        peer: None,
        truncated: false,
        control: Vec::new(),
        control_truncated: false,
    }
}

/// More descriptors than one message of any system carries.
const FDS_MAX: usize = 4096;
