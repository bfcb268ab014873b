//! Why an operation failed: which one, whose fault, how much was done.

use std::fmt;
use std::io;

use thiserror::Error as ThisError;

use crate::{Addr, Errno, FrameError};

/// A `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation on a transport failed.
///
/// Every variant says which operation it was; those that can fail half-way say how many bytes were
/// transferred before, so that the caller can go on from there. The errno of the operating system
/// is kept as it came.
///
/// ```
/// use sockrates_core::{Errno, Error, Fault, Op};
///
/// let error = Error::os(Op::Connect, Errno::ECONNREFUSED);
/// assert_eq!(error.errno(), Some(Errno::ECONNREFUSED));
/// assert_eq!(error.fault(), Fault::Peer);
/// assert!(error.to_string().starts_with("connect: ECONNREFUSED"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// A system call failed. `EAGAIN` is the answer of a non-blocking operation that would have to
    /// wait.
    #[error("{op}: {errno}{}", Done(*.done))]
    Os {
        /// The operation.
        op: Op,
        /// What the operating system said.
        errno: Errno,
        /// How many bytes the operation had transferred before.
        done: usize,
    },
    /// The deadline passed. Not the same as an `ETIMEDOUT` of the operating system, which means
    /// that the peer is gone; the operation can be taken up again after `done` bytes.
    #[error("{op}: timed out{}", Done(*.done))]
    TimedOut {
        /// The operation.
        op: Op,
        /// How many bytes the operation had transferred before.
        done: usize,
    },
    /// The peer ended the stream in the middle of what was asked for.
    #[error("{op}: the peer ended the stream after {have} bytes{}", Wanted(*.want))]
    Eof {
        /// The operation.
        op: Op,
        /// How many bytes had arrived; they are not lost.
        have: usize,
        /// How many were wanted, where that is known.
        want: Option<usize>,
    },
    /// A frame could not be decoded or encoded.
    #[error("{error}{}", Sender(.peer))]
    Frame {
        /// What was wrong, and whether the stream can go on.
        error: FrameError,
        /// Who sent it, where each message has a sender.
        peer: Option<Addr>,
    },
    /// A host name or service could not be resolved.
    #[doc(alias = "gaierror")]
    #[error("resolve {host:?}: {reason} (code {code})")]
    Resolve {
        /// What was to be resolved.
        host: String,
        /// `getaddrinfo`'s code (`EAI_NONAME` is -2 on Linux, 8 on macOS, 11001 on Windows).
        code: i32,
        /// The resolver's words.
        reason: String,
    },
    /// No address of a host could be connected to.
    #[error("connect: none of {} addresses answered: {}", .attempts.len(), Attempts(.attempts))]
    Unreachable {
        /// Each address in the order tried, with its error.
        attempts: Vec<(Addr, Error)>,
    },
    /// An operation that concerns one address failed; for texts that are to name it.
    #[error("{error}, at {addr}")]
    At {
        /// The address.
        addr: Addr,
        /// What failed there.
        error: Box<Self>,
    },
    /// An argument that no system call could have accepted.
    #[error("{what} {value}: {rule}")]
    Invalid {
        /// What kind of argument.
        what: &'static str,
        /// The value given.
        value: String,
        /// What is wrong with it, and what to use instead.
        rule: &'static str,
    },
    /// This transport cannot do that, now or ever.
    #[error("{op}: this transport does not support it")]
    Unsupported {
        /// The operation.
        op: Op,
    },
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The other side, or the way there.
    Peer,
    /// The program that called.
    Caller,
    /// This machine: out of memory, descriptors, permission.
    System,
    /// Nobody's: time ran out, or the operation would have had to wait.
    Nobody,
}

/// An operation, for error texts and traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// `socket(2)`.
    Socket,
    /// Resolving a name.
    Resolve,
    /// `bind(2)`.
    Bind,
    /// `listen(2)`.
    Listen,
    /// `accept(2)`.
    Accept,
    /// `connect(2)`.
    Connect,
    /// Dissolving a datagram socket's association.
    Disconnect,
    /// Receiving.
    Recv,
    /// Receiving an exact number of bytes.
    RecvExact,
    /// Sending.
    Send,
    /// Sending all of a buffer.
    SendAll,
    /// Sending a file.
    SendFile,
    /// `shutdown(2)`.
    Shutdown,
    /// Closing.
    Close,
    /// Closing with a reset.
    Abort,
    /// Duplicating.
    Dup,
    /// `getsockname(2)`.
    LocalAddr,
    /// `getpeername(2)`.
    PeerAddr,
    /// Setting the mode.
    SetMode,
    /// `getsockopt(2)`.
    GetOption,
    /// `setsockopt(2)`.
    SetOption,
    /// Asking for the number of queued bytes.
    Queued,
    /// Waiting for readiness.
    Wait,
    /// Receiving a frame.
    RecvFrame,
    /// Sending a frame.
    SendFrame,
}

impl Op {
    /// The name, in the words of the field.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Resolve => "getaddrinfo",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
            Self::Recv => "recv",
            Self::RecvExact => "recv_exact",
            Self::Send => "send",
            Self::SendAll => "send_all",
            Self::SendFile => "sendfile",
            Self::Shutdown => "shutdown",
            Self::Close => "close",
            Self::Abort => "abort",
            Self::Dup => "dup",
            Self::LocalAddr => "getsockname",
            Self::PeerAddr => "getpeername",
            Self::SetMode => "settimeout",
            Self::GetOption => "getsockopt",
            Self::SetOption => "setsockopt",
            Self::Queued => "queued",
            Self::Wait => "poll",
            Self::RecvFrame => "receive a frame",
            Self::SendFrame => "send a frame",
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Error {
    /// `op` failed with `errno`, nothing done.
    #[must_use]
    pub const fn os(op: Op, errno: Errno) -> Self {
        Self::Os { op, errno, done: 0 }
    }

    /// `op` failed as `error` tells, nothing done. An error of this type that has become one of
    /// `io` comes back as it was. One that carries no errno gets the errno of its kind, where there
    /// is one; of any other the text is kept.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use sockrates_core::{Errno, Error, Op};
    ///
    /// let error = Error::from_io(Op::Connect, &io::Error::from(ErrorKind::ConnectionRefused));
    /// assert_eq!(error, Error::os(Op::Connect, Errno::ECONNREFUSED));
    /// let error = Error::from_io(Op::Recv, &ErrorKind::TimedOut.into());
    /// assert_eq!(Error::from_io(Op::Recv, &error.clone().into()), error);
    /// ```
    #[must_use]
    pub fn from_io(op: Op, error: &io::Error) -> Self {
        if let Some(code) = error.raw_os_error() {
            return Self::os(op, Errno::from_code(code));
        }
        if let Some(own) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return own.clone();
        }
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TimedOut { op, done: 0 },
            io::ErrorKind::UnexpectedEof => Self::Eof { op, have: 0, want: None },
            io::ErrorKind::Unsupported => Self::Unsupported { op },
            kind => match Errno::of_kind(kind) {
                Some(errno) => Self::os(op, errno),
                None => Self::invalid(op.name(), error.to_string(), "refused"),
            },
        }
    }

    /// An argument that cannot be used: what kind, its value, what to use instead.
    #[must_use]
    pub fn invalid(what: &'static str, value: impl Into<String>, rule: &'static str) -> Self {
        Self::Invalid { what, value: value.into(), rule }
    }

    /// The operation, where the error belongs to one.
    #[must_use]
    pub fn op(&self) -> Option<Op> {
        match self {
            Self::Os { op, .. }
            | Self::TimedOut { op, .. }
            | Self::Eof { op, .. }
            | Self::Unsupported { op } => Some(*op),
            Self::Resolve { .. } => Some(Op::Resolve),
            Self::Unreachable { .. } => Some(Op::Connect),
            Self::At { error, .. } => error.op(),
            Self::Frame { .. } | Self::Invalid { .. } => None,
        }
    }

    /// What the operating system said, where it said anything. `None` for a deadline of our own.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Os { errno, .. } => Some(*errno),
            Self::Unreachable { attempts } => attempts.last().and_then(|(_, error)| error.errno()),
            Self::At { error, .. } => error.errno(),
            _ => None,
        }
    }

    /// How many bytes had been transferred before it failed.
    #[must_use]
    pub fn done(&self) -> usize {
        match self {
            Self::Os { done, .. } | Self::TimedOut { done, .. } => *done,
            Self::Eof { have, .. } => *have,
            Self::At { error, .. } => error.done(),
            _ => 0,
        }
    }

    /// The same error with `done` bytes transferred and as part of the operation `op`.
    #[must_use]
    pub fn during(self, op: Op, done: usize) -> Self {
        match self {
            Self::Os { errno, .. } => Self::Os { op, errno, done },
            Self::TimedOut { .. } => Self::TimedOut { op, done },
            Self::Eof { want, .. } => Self::Eof { op, have: done, want },
            Self::At { addr, error } => Self::At { addr, error: Box::new(error.during(op, done)) },
            other => other,
        }
    }

    /// Whether a deadline of our own passed; where several addresses were tried, at the last.
    #[doc(alias = "TimeoutError")]
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::TimedOut { .. } => true,
            Self::Unreachable { attempts } => {
                attempts.last().is_some_and(|(_, error)| error.is_timeout())
            }
            Self::At { error, .. } => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether a non-blocking operation would have had to wait.
    #[doc(alias = "BlockingIOError")]
    #[must_use]
    pub fn would_block(&self) -> bool {
        self.errno().is_some_and(Errno::would_block)
    }

    /// Whether the same operation may be tried again without losing anything: time ran out, or it
    /// would have had to wait, or a frame was bad and the stream goes on behind it.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        match self {
            Self::TimedOut { .. } => true,
            Self::Frame { error, .. } => error.is_recoverable(),
            other => other.would_block(),
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::TimedOut { .. } => Fault::Nobody,
            Self::Eof { .. } | Self::Unreachable { .. } | Self::Resolve { .. } => Fault::Peer,
            Self::Invalid { .. } | Self::Unsupported { .. } => Fault::Caller,
            Self::Frame { error, .. } if error.is_callers() => Fault::Caller,
            Self::Frame { .. } => Fault::Peer,
            Self::At { error, .. } => error.fault(),
            Self::Os { errno, .. } => errno_fault(*errno),
        }
    }

    /// The standard library's kind for this error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        match self {
            Self::Os { errno, .. } => errno.kind(),
            Self::TimedOut { .. } => io::ErrorKind::TimedOut,
            Self::Eof { .. } => io::ErrorKind::UnexpectedEof,
            Self::Frame { error, .. } if error.is_callers() => io::ErrorKind::InvalidInput,
            Self::Frame { .. } => io::ErrorKind::InvalidData,
            Self::Resolve { .. } => io::ErrorKind::NotFound,
            Self::Unreachable { attempts } => {
                attempts.last().map_or(io::ErrorKind::NotFound, |(_, error)| error.kind())
            }
            Self::At { error, .. } => error.kind(),
            Self::Invalid { .. } => io::ErrorKind::InvalidInput,
            Self::Unsupported { .. } => io::ErrorKind::Unsupported,
        }
    }
}

impl From<Error> for io::Error {
    /// An error of the operating system keeps its errno (`raw_os_error`); any other becomes the
    /// source of an error of its kind.
    fn from(error: Error) -> Self {
        match error {
            Error::Os { errno, .. } => Self::from_raw_os_error(errno.code()),
            other => Self::new(other.kind(), other),
        }
    }
}

fn errno_fault(errno: Errno) -> Fault {
    match errno {
        _ if errno.would_block() || errno.in_progress() => Fault::Nobody,
        Errno::EALREADY | Errno::EINTR => Fault::Nobody,
        Errno::ECONNREFUSED
        | Errno::ECONNRESET
        | Errno::ECONNABORTED
        | Errno::EPIPE
        | Errno::ETIMEDOUT
        | Errno::EHOSTUNREACH
        | Errno::ENETUNREACH => Fault::Peer,
        Errno::EMFILE
        | Errno::ENFILE
        | Errno::ENOBUFS
        | Errno::ENOMEM
        | Errno::ENETDOWN
        | Errno::EACCES
        | Errno::EPERM => Fault::System,
        _ => Fault::Caller,
    }
}

struct Done(usize);

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, " (after {} bytes)", self.0) }
    }
}

struct Wanted(Option<usize>);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |want| write!(f, " of {want}"))
    }
}

struct Sender<'a>(&'a Option<Addr>);

impl fmt::Display for Sender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |peer| write!(f, " (from {peer})"))
    }
}

struct Attempts<'a>(&'a [(Addr, Error)]);

impl fmt::Display for Attempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (addr, error)) in self.0.iter().enumerate() {
            write!(f, "{}{addr}: {error}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
