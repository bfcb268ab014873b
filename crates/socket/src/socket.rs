//! The socket: what it is, its mode, its handles.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sockrates_core::{Deadline, Errno, Error, Mode, Op, Ready, Result};

use crate::batch::Offload;
use crate::default_timeout::{BLOCKING, SPINNING, decode, default_mode, encode};
use crate::sys::{self, Interest};
use crate::wait::MOMENT;
use crate::{Family, Protocol, Type};

/// One BSD socket of any family and type, with Python's semantics, typed.
///
/// Every method takes `&self`: a socket may be shared by threads, one of which closes it.
///
/// # Modes
/// The [mode](Self::mode) says what an operation does that would have to wait: as long as it
/// takes, never, or up to a timeout for the whole operation. A new socket takes the process's
/// [default](crate::default_timeout). The mode belongs to this handle, but the system's
/// `O_NONBLOCK`, which a [duplicate](Self::dup) shares, follows it: give duplicates the same mode.
///
/// # Closing
/// Dropping a socket closes its handle. [`close`](Self::close) does so too, and wakes the
/// operations of other threads.
///
/// ```
/// use sockrates_socket::{Family, Socket, Type};
///
/// let listener = Socket::new(Family::INET, Type::STREAM, None)?;
/// listener.bind(("127.0.0.1", 0))?;
/// listener.listen(None)?;
///
/// let client = Socket::new(Family::INET, Type::STREAM, None)?;
/// client.connect(listener.local_addr()?)?;
/// let (server, from) = listener.accept()?;
/// assert_eq!(from, client.local_addr()?);
///
/// client.send_all(b"hello")?;
/// let mut hello = [0; 5];
/// server.recv_exact(&mut hello)?;
/// assert_eq!(&hello, b"hello");
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// Source: POSIX.1-2024, "2.10 Sockets"; Python `socket.socket`.
pub struct Socket {
    inner: socket2::Socket,
    family: Family,
    socket_type: Type,
    protocol: Protocol,
    mode: AtomicU64,
    spin: AtomicU32,
    closed: AtomicBool,
    /// Whether others may hold the same socket, so that it is not this handle's to shut down. Held
    /// while the socket is duplicated or closed, for these two must come one after the other.
    shared: Mutex<bool>,
    offload: Offload,
}

impl Socket {
    /// A new socket, closed on `exec`, in the process's default mode.
    ///
    /// # Errors
    /// `EAFNOSUPPORT` for an unknown family, `EINVAL` for an unknown type, `EPROTONOSUPPORT` or
    /// `ESOCKTNOSUPPORT` where they do not go together, `EPERM` or `EACCES` for a raw socket
    /// without privileges, `EMFILE`.
    ///
    /// # Platform notes
    /// On Linux a type with `SOCK_NONBLOCK` makes the socket non-blocking whatever the default,
    /// as in Python; the flag is no part of [`socket_type`](Self::socket_type).
    ///
    /// Source: POSIX.1-2024 `socket`; Python `socket.socket`, PEP 446.
    #[doc(alias = "socket")]
    pub fn new(family: Family, socket_type: Type, protocol: Option<Protocol>) -> Result<Self> {
        let (plain, mode) = Self::without_flags(socket_type);
        let made = socket2::Socket::new(
            family.code().into(),
            plain.code().into(),
            protocol.map(|protocol| protocol.code().into()),
        );
        let inner = made.map_err(|error| Error::from_io(Op::Socket, &error))?;
        let kind = (family, plain, protocol.unwrap_or(Protocol::DEFAULT));
        Self::dress(inner, kind, mode).map_err(|error| Error::from_io(Op::SetMode, &error))
    }

    /// The type itself, and the mode that its flags, or the process's default, ask for.
    pub(crate) fn without_flags(socket_type: Type) -> (Type, Mode) {
        let (nonblock, cloexec) = sys::TYPE_FLAGS;
        let code = socket_type.code();
        let mode = if code & nonblock != 0 { Mode::NonBlocking } else { default_mode() };
        (Type::from_code(code & !(nonblock | cloexec)), mode)
    }

    /// A socket of this kind in this mode around `inner`, which it makes non-blocking where need
    /// be.
    pub(crate) fn dress(
        inner: socket2::Socket,
        kind: (Family, Type, Protocol),
        mode: Mode,
    ) -> io::Result<Self> {
        if mode != Mode::Blocking {
            inner.set_nonblocking(true)?;
        }
        Ok(Self::wear(inner, kind, mode))
    }

    /// A socket of this kind around `inner`, whose `O_NONBLOCK` fits the mode already.
    pub(crate) fn wear(
        inner: socket2::Socket,
        (family, socket_type, protocol): (Family, Type, Protocol),
        mode: Mode,
    ) -> Self {
        let (mode, closed) = (AtomicU64::new(encode(mode)), AtomicBool::new(false));
        let (spin, shared) = (AtomicU32::new(0), Mutex::new(false));
        let offload = Offload::default();
        Self { inner, family, socket_type, protocol, mode, spin, closed, shared, offload }
    }

    /// The address family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The type.
    #[doc(alias = "type")]
    #[must_use]
    pub fn socket_type(&self) -> Type {
        self.socket_type
    }

    /// The protocol it was made with; an adopted socket's is asked of the system.
    #[doc(alias = "proto")]
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The mode: what an operation does that would have to wait.
    #[inline]
    #[must_use]
    pub fn mode(&self) -> Mode {
        decode(self.mode.load(Ordering::Relaxed))
    }

    /// Whether an operation that would have to wait does so in the kernel from its first call on:
    /// the one question that every operation asks.
    #[inline]
    pub(crate) fn waits_in_kernel(&self) -> bool {
        self.mode.load(Ordering::Relaxed) == BLOCKING
    }

    /// Whether the mode is [`Mode::Blocking`].
    pub(crate) fn blocks(&self) -> bool {
        self.mode() == Mode::Blocking
    }

    /// Sets the mode of the operations that start from now on.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; [`Error::Invalid`] for a timeout over [`Mode::TIMEOUT_MAX`]. A
    /// failed call changes nothing.
    ///
    /// Source: Python `socket.settimeout`.
    #[doc(alias = "settimeout")]
    pub fn set_mode(&self, mode: Mode) -> Result<()> {
        let mode = Mode::from_timeout(mode.timeout())?;
        self.check_open(Op::SetMode)?;
        let _moment = MOMENT.lock().unwrap_or_else(PoisonError::into_inner);
        let nonblocking = mode != Mode::Blocking;
        self.check(Op::SetMode, self.inner.set_nonblocking(nonblocking))?;
        self.mode.store(encode_with(mode, self.spin()), Ordering::Relaxed);
        Ok(())
    }

    /// Has a send or a receive that would have to wait call so many times more before it waits; 0,
    /// as every socket starts, waits at once.
    ///
    /// It is for a peer that answers within microseconds, on a processor of its own: to be woken
    /// takes longer than to look again. The price is a processor that is kept busy, some 250 ns a
    /// try, for nothing where the answer takes longer. On a virtual machine with two processors a
    /// round trip of 64 bytes between two threads was 2.3 to 4.8 times as fast with 20 tries, and
    /// 4.4 to 6.4 times with 50 (8 to 9 where each end had a processor). With both processors
    /// wanted by other programs it was half as fast with 20, and a tenth with 200: then it is the
    /// peer's time that the tries take. So measure under your own load, and leave it off for what
    /// waits long.
    ///
    /// What is ready costs the same with it. The deadline, the timeout and
    /// [`close`](Self::close) end it as they end waiting, and in non-blocking mode nothing is tried
    /// again. Accepting and connecting do not spin: they cost more than a wake-up. Nor does
    /// [`send_file`](Self::send_file) in blocking mode, for the system cannot be told not to wait
    /// there. It belongs to this handle: a duplicate starts with it, an accepted socket without.
    ///
    /// ```
    /// use sockrates_socket::{Family, Socket, Type};
    ///
    /// let socket = Socket::new(Family::INET, Type::STREAM, None)?;
    /// assert_eq!(socket.spin(), 0);
    /// socket.set_spin(20);
    /// assert_eq!(socket.spin(), 20);
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    #[doc(alias = "SO_BUSY_POLL")]
    pub fn set_spin(&self, tries: u32) {
        let _moment = MOMENT.lock().unwrap_or_else(PoisonError::into_inner);
        self.spin.store(tries, Ordering::Relaxed);
        self.mode.store(encode_with(self.mode(), tries), Ordering::Relaxed);
    }

    /// How many times a send or a receive calls again before it waits; see
    /// [`set_spin`](Self::set_spin).
    #[must_use]
    pub fn spin(&self) -> u32 {
        self.spin.load(Ordering::Relaxed)
    }

    /// Sets the timeout of each operation as a whole: `None` waits as long as it takes, zero
    /// never waits. Seconds as a float are for [`Mode::from_secs`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use sockrates_core::Mode;
    /// use sockrates_socket::{Family, Socket, Type};
    ///
    /// let socket = Socket::new(Family::INET, Type::DGRAM, None)?;
    /// socket.set_timeout(Some(Duration::from_millis(5)))?;
    /// socket.bind(("127.0.0.1", 0))?;
    /// assert!(socket.recv(&mut [0; 8]).unwrap_err().is_timeout());
    ///
    /// socket.set_mode(Mode::from_secs(Some(0.5))?)?;
    /// assert_eq!(socket.timeout(), Some(Duration::from_millis(500)));
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As in [`set_mode`](Self::set_mode).
    ///
    /// Source: Python `socket.settimeout`.
    #[doc(alias = "settimeout")]
    pub fn set_timeout(&self, timeout: Option<Duration>) -> Result<()> {
        self.set_mode(Mode::from_timeout(timeout)?)
    }

    /// The timeout: `None` waits as long as it takes, zero never waits. It can be asked of a
    /// closed socket too.
    ///
    /// Source: Python `socket.gettimeout`.
    #[doc(alias = "gettimeout")]
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.mode().timeout()
    }

    /// Makes operations wait as long as it takes (`true`), or never (`false`).
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    ///
    /// Source: Python `socket.setblocking`.
    #[doc(alias = "setblocking")]
    pub fn set_blocking(&self, blocking: bool) -> Result<()> {
        self.set_mode(if blocking { Mode::Blocking } else { Mode::NonBlocking })
    }

    /// Whether operations may wait, if only up to a timeout.
    ///
    /// Source: Python `socket.getblocking`.
    #[doc(alias = "getblocking")]
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        self.mode().is_blocking()
    }

    /// Another handle of the same socket, closed on `exec`, in the same mode.
    ///
    /// The connection ends with its last handle; [`shutdown`](Self::shutdown) ends it for all.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `EMFILE`.
    ///
    /// Source: POSIX.1-2024 `fcntl` (`F_DUPFD_CLOEXEC`); Python `socket.dup`.
    #[doc(alias = "try_clone")]
    pub fn dup(&self) -> Result<Self> {
        self.check_open(Op::Dup)?;
        let mut shared = self.shared();
        let inner = self.check(Op::Dup, self.inner.try_clone())?;
        *shared = true;
        let (mode, spin) = (self.mode(), self.spin());
        Ok(Self {
            inner,
            family: self.family,
            socket_type: self.socket_type,
            protocol: self.protocol,
            mode: AtomicU64::new(encode_with(mode, spin)),
            spin: AtomicU32::new(spin),
            closed: AtomicBool::new(false),
            shared: Mutex::new(true),
            offload: self.offload.of_duplicate(),
        })
    }

    /// Waits until the socket is ready for any of `interest` and tells what it is ready for;
    /// errors and hang-ups are told unasked. The mode does not matter. Past the deadline it looks
    /// once and tells what is; nothing ready is no error.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; the errno of `poll`.
    ///
    /// Source: POSIX.1-2024 `poll`.
    #[doc(alias = "poll")]
    #[doc(alias = "select")]
    pub fn wait(&self, interest: Ready, deadline: Deadline) -> Result<Ready> {
        self.check_open(Op::Wait)?;
        loop {
            let left = deadline.remaining();
            match sys::poll(&self.inner, Interest::Any(interest), left) {
                Ok(ready) if ready != Ready::default() => {
                    self.check_open(Op::Wait)?;
                    return Ok(ready);
                }
                Ok(nothing) if left.is_some_and(|left| left.is_zero()) => return Ok(nothing),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(Op::Wait, &error)),
            }
        }
    }

    /// How many bytes a receive would find now; on a datagram socket those of the next message.
    ///
    /// # Errors
    /// `EBADF` on a closed socket; `EINVAL` on a listener.
    ///
    /// Source: Linux `tcp(7)` and `udp(7)`, `FIONREAD`.
    #[doc(alias = "FIONREAD")]
    pub fn queued(&self) -> Result<usize> {
        self.check(Op::Queued, sys::queued(&self.inner))
    }

    /// The outcome of a system call on this socket, made elsewhere (through
    /// [`socket2::SockRef`](https://docs.rs/socket2), say), as an outcome of this crate: on a
    /// closed socket it is `EBADF`, whatever it was.
    ///
    /// # Errors
    /// The errno of `outcome`; `EBADF` on a closed socket.
    pub fn check<T>(&self, op: Op, outcome: io::Result<T>) -> Result<T> {
        match outcome {
            Ok(value) => self.check_open(op).map(|()| value),
            Err(error) => Err(self.failed(op, &error)),
        }
    }

    /// `EBADF` where the socket is closed.
    pub(crate) fn check_open(&self, op: Op) -> Result<()> {
        if self.is_closed() { Err(Error::os(op, Errno::EBADF)) } else { Ok(()) }
    }

    /// The error of a system call; `EBADF` where the socket is closed, whatever it was.
    pub(crate) fn failed(&self, op: Op, error: &io::Error) -> Error {
        self.or_closed(Error::from_io(op, error))
    }

    /// This error; `EBADF` where the socket is closed.
    pub(crate) fn or_closed(&self, error: Error) -> Error {
        match error.op() {
            Some(op) if self.is_closed() => Error::os(op, Errno::EBADF),
            _ => error,
        }
    }

    pub(crate) fn inner(&self) -> &socket2::Socket {
        &self.inner
    }

    pub(crate) fn offload(&self) -> &Offload {
        &self.offload
    }

    pub(crate) fn into_inner(self) -> socket2::Socket {
        self.inner
    }

    /// Whether it is the program that has closed it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Marks it closed; whether it was not before.
    pub(crate) fn mark_closed(&self) -> bool {
        !self.closed.swap(true, Ordering::AcqRel)
    }

    /// Whether others may hold the same socket, which cannot change meanwhile.
    pub(crate) fn shared(&self) -> MutexGuard<'_, bool> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is a connection, or to be one, of `AF_UNIX`.
    pub(crate) fn is_local_connection(&self) -> bool {
        self.family == Family::UNIX && self.socket_type != Type::DGRAM
    }

    /// Whether it carries bytes without boundaries.
    pub(crate) fn is_stream(&self) -> bool {
        self.socket_type == Type::STREAM
    }
}

/// The mode as one number, which tells whether tries come before the kernel waits.
fn encode_with(mode: Mode, spin: u32) -> u64 {
    match encode(mode) {
        BLOCKING if spin > 0 => SPINNING,
        code => code,
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Socket");
        text.field("fd", &self.fileno());
        text.field("family", &self.family).field("type", &self.socket_type);
        text.field("mode", &self.mode()).finish_non_exhaustive()
    }
}
