//! Closing while other threads use the socket.
//!
//! An operation that waits in the kernel keeps its socket alive: closing the descriptor under it
//! neither wakes it nor ends the connection, and the number may be given to another file, which the
//! next operation would then read from. So closing
//!
//! 1. marks the socket closed, from where on every operation that fails, or brings nothing, fails
//!    with `EBADF`;
//! 2. puts a dead descriptor in its place: the number stays taken until the `Socket` is dropped,
//!    and no new operation reaches the kernel's socket;
//! 3. shuts that down, by way of a copy of the old descriptor, which wakes the operations that
//!    wait, unless others may hold the same socket (a duplicate, an adopted descriptor): their
//!    connection is not this handle's to end;
//! 4. closes the copy, and with it the kernel's socket.
//!
//! Operations that do not wait pay nothing for that: no lock, no count.
//!
//! POSIX's `close` resets a TCP connection whose input was not all read, and one whose linger
//! time is zero. An orderly shutdown before would tell the peer the wrong thing, so there the
//! association is dissolved instead, which wakes as well and resets.
//!
//! Source: POSIX.1-2024 `close`, `dup3`; RFC 9293 3.6; RFC 2525 2.17.

use std::time::Duration;

use sockrates_core::{Error, Op, Result};

use crate::{Socket, Type, sys};

/// Closing.
impl Socket {
    /// Closes this handle; again is no error. Every later operation fails with `EBADF`, and so do
    /// the operations of other threads that wait now, unless the socket is shared with a duplicate
    /// or was adopted: those end when they end. Call [`shutdown`](Self::shutdown) to wake them.
    ///
    /// Dropping the socket closes too, and is all that is needed where no other thread uses it.
    /// After a `fork`, drop (or [`detach`](crate::Socket::detach)) the copy that is not used: this
    /// would shut the connection down for the other process.
    ///
    /// ```
    /// use sockrates_core::Errno;
    /// use sockrates_socket::{Family, Socket, Type};
    ///
    /// let listener = Socket::new(Family::INET, Type::STREAM, None)?;
    /// listener.listen(None)?;
    /// std::thread::scope(|scope| {
    ///     let accepting = scope.spawn(|| listener.accept());
    ///     listener.close().unwrap();
    ///     let error = accepting.join().unwrap().unwrap_err();
    ///     assert_eq!(error.errno(), Some(Errno::EBADF));
    /// });
    /// # Ok::<(), sockrates_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `EMFILE` where the process has no descriptor left for the moment of closing: the handle is
    /// closed all the same, the kernel's socket is released when it is dropped.
    ///
    /// Source: POSIX.1-2024 `close`; Python `socket.close`.
    pub fn close(&self) -> Result<()> {
        if !self.mark_closed() {
            return Ok(());
        }
        let shared = self.shared();
        let copy = if *shared { None } else { self.inner().try_clone().ok() };
        if !*shared && copy.is_none() {
            // Out of descriptors: who starts to wait between this and the burial is not woken.
            self.wake_all(self.inner());
        }
        let buried = sys::bury(self.inner());
        if let Some(copy) = copy {
            self.wake_all(&copy);
        }
        buried.map_err(|error| Error::from_io(Op::Close, &error))
    }

    /// Closes with a reset: unsent data is dropped, and the peer learns that it was no orderly
    /// end. A datagram socket is closed.
    ///
    /// # Errors
    /// `EBADF` where it is closed already, with whatever end that had; [`Error::Unsupported`] on a
    /// local connection, which has no reset to send (its peer learns of one where what it had sent
    /// was not all received); else as in [`close`](Self::close).
    ///
    /// # Platform notes
    /// Where a duplicate is left the reset comes with the last handle.
    ///
    /// Source: POSIX.1-2024 `setsockopt`, `SO_LINGER`; RFC 9293 3.10.5 (ABORT).
    pub fn abort(&self) -> Result<()> {
        self.check_open(Op::Abort)?;
        if self.is_local_connection() {
            return Err(Error::Unsupported { op: Op::Abort });
        }
        if self.is_stream() {
            self.check(Op::Abort, self.inner().set_linger(Some(Duration::ZERO)))?;
        }
        self.close()
    }

    /// Wakes whoever waits on the socket, in a way that ends it as closing it would. Nothing in
    /// here can fail in a way that matters: what is not connected has nobody to tell.
    fn wake_all(&self, inner: &socket2::Socket) {
        if self.resets_on_close(inner) && sys::disconnect(inner).is_ok() {
            return;
        }
        let _ = inner.shutdown(std::net::Shutdown::Both);
    }

    fn resets_on_close(&self, inner: &socket2::Socket) -> bool {
        self.socket_type() == Type::STREAM
            && inner.peer_addr().is_ok()
            && (sys::queued(inner).is_ok_and(|bytes| bytes > 0)
                || inner.linger().is_ok_and(|linger| linger == Some(Duration::ZERO)))
    }
}
