//! What every stream can do, built on the transport's three methods.

use std::io::IoSlice;

use crate::{Deadline, Errno, Error, Op, RecvBuf, RecvFlags, Result, SendFlags, Transport};

/// Whole operations on a stream, each to one deadline. Implemented for every transport that is
/// connected.
///
/// ```
/// use sockrates_core::{Deadline, Result, Stream, Transport};
/// use std::time::Duration;
///
/// /// Asks for a line of 16 bytes and gives the peer a second for all of it.
/// fn ask(stream: &impl Transport<Peer = ()>) -> Result<[u8; 16]> {
///     let second = Deadline::after(Duration::from_secs(1));
///     stream.send_all(b"your name?", second)?;
///     let mut name = [0; 16];
///     stream.recv_exact(&mut name, second)?;
///     Ok(name)
/// }
/// ```
pub trait Stream: Transport<Peer = ()> {
    /// Receives what has arrived, at least one byte, into `buf`; 0 is the end of the stream.
    ///
    /// An empty `buf` receives 0 bytes at once and consumes nothing.
    ///
    /// # Errors
    /// As in [`Transport::recv_msg`].
    fn recv_some(&self, buf: &mut [u8], deadline: Deadline) -> Result<usize> {
        Ok(self.recv_msg(&mut RecvBuf::new(buf), RecvFlags::NONE, deadline)?.len)
    }

    /// Fills all of `buf`.
    ///
    /// # Errors
    /// [`Error::Eof`] where the stream ends before; [`Error::TimedOut`] where the deadline for all
    /// of it passes; else as in [`Transport::recv_msg`]. The error's [`done`](Error::done) bytes
    /// are in `buf`: go on with `&mut buf[done..]` and nothing is lost.
    fn recv_exact(&self, buf: &mut [u8], deadline: Deadline) -> Result<()> {
        let deadline = self.mode().deadline(deadline);
        let want = buf.len();
        let mut have = 0;
        while have < want {
            match self.recv_some(&mut buf[have..], deadline) {
                Ok(0) => return Err(Error::Eof { op: Op::RecvExact, have, want: Some(want) }),
                Ok(n) => have = want.min(have + n),
                Err(error) => return Err(error.during(Op::RecvExact, have)),
            }
            if have < want && deadline.has_passed() {
                return Err(Error::TimedOut { op: Op::RecvExact, done: have });
            }
        }
        Ok(())
    }

    /// Sends as much of `bytes` as fits, at least one byte of a non-empty slice, and returns how
    /// much that was.
    ///
    /// # Errors
    /// As in [`Transport::send_msg`].
    fn send_some(&self, bytes: &[u8], deadline: Deadline) -> Result<usize> {
        self.send_msg(&[IoSlice::new(bytes)], None, SendFlags::NONE, deadline)
    }

    /// Sends all of `bytes`, calling `send_msg` at least once, also for an empty slice (as Python's
    /// `sendall`, so that a broken connection shows).
    ///
    /// # Errors
    /// As in [`Transport::send_msg`]; the deadline is for all of it. The error's
    /// [`done`](Error::done) tells how much was sent: go on with `&bytes[done..]`.
    #[doc(alias = "sendall")]
    fn send_all(&self, bytes: &[u8], deadline: Deadline) -> Result<()> {
        let deadline = self.mode().deadline(deadline);
        let mut done = 0;
        loop {
            match self.send_some(&bytes[done..], deadline) {
                // A transport that takes nothing of something never will.
                Ok(0) if done < bytes.len() => {
                    return Err(Error::os(Op::SendAll, Errno::EPIPE).during(Op::SendAll, done));
                }
                Ok(n) => done = bytes.len().min(done + n),
                Err(error) => return Err(error.during(Op::SendAll, done)),
            }
            if done == bytes.len() {
                return Ok(());
            }
            // A peer that always takes a little must not keep it going for ever.
            if deadline.has_passed() {
                return Err(Error::TimedOut { op: Op::SendAll, done });
            }
        }
    }

    /// Appends what arrives to `out` until the stream ends, `max` bytes at the most, and returns
    /// how many came.
    ///
    /// # Errors
    /// [`Error::Invalid`] where more than `max` bytes arrive; else as in [`Transport::recv_msg`].
    /// What arrived before is in `out`.
    fn recv_to_end(&self, out: &mut Vec<u8>, max: usize, deadline: Deadline) -> Result<usize> {
        let deadline = self.mode().deadline(deadline);
        let start = out.len();
        let mut piece = [0; 8192];
        loop {
            let have = out.len() - start;
            let room = piece.len().min((max - have).max(1));
            let n = match self.recv_some(&mut piece[..room], deadline) {
                Ok(0) => return Ok(have),
                Ok(n) => n.min(room),
                Err(error) => return Err(error.during(Op::Recv, have)),
            };
            if n > max - have {
                return Err(Error::invalid(
                    "a stream of more than",
                    format!("{max} bytes"),
                    "it goes on after the maximum; raise it, or receive in pieces",
                ));
            }
            out.extend_from_slice(&piece[..n]);
            if deadline.has_passed() {
                return Err(Error::TimedOut { op: Op::Recv, done: have + n });
            }
        }
    }
}

impl<T: Transport<Peer = ()> + ?Sized> Stream for T {}
