//! Transports that signals get through to, where there are signals.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Mode, Op, Recv, RecvBuf, Result, Shutdown, Transport,
};

use super::call::{How, What, is};
use super::fault::{End, Fault};
use super::subject::{datagram, stream};
use crate::Mutant;
use crate::mem::{MemDatagram, MemStream};

pub(super) fn all() -> Vec<Mutant> {
    vec![
        stream::<Interrupted>(),
        datagram::<Interrupted>(),
        stream::<SendInterrupted>(),
        stream::<BrokenPipeSignals>(),
    ]
}

/// Two ends of a wire on which nothing is ever sent, to wait at.
struct Interrupted(Option<(UnixStream, UnixStream)>);

impl Default for Interrupted {
    fn default() -> Self {
        Self(UnixStream::pair().ok())
    }
}

impl Interrupted {
    /// How often it looks whether something has arrived.
    const TURN: Duration = Duration::from_millis(5);

    fn recv<E: End>(&self, end: &E, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<E::Peer>> {
        if !how.flags.is_empty() || end.mode() == Mode::NonBlocking {
            return how.recv(end, buf);
        }
        let deadline = end.mode().deadline(how.deadline);
        loop {
            let turn = deadline.remaining().map_or(Self::TURN, |left| left.min(Self::TURN));
            let last = turn.is_zero();
            let now = How { deadline: Deadline::after(Duration::ZERO), ..how };
            match now.recv(end, buf) {
                Err(error) if error.is_timeout() && !last => self.wait(turn)?,
                other => return other,
            }
        }
    }

    /// Waits in a system call, which a signal interrupts.
    fn wait(&self, turn: Duration) -> Result<()> {
        let Some((wire, _)) = &self.0 else { return Ok(()) };
        let mut wire = wire;
        let waited = wire.set_read_timeout(Some(turn)).and_then(|()| wire.read(&mut [0]));
        match waited {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                Err(Error::os(Op::Recv, Errno::EINTR))
            }
            _ => Ok(()),
        }
    }
}

impl Fault<MemStream> for Interrupted {
    const NAME: &'static str = "interrupted";
    const SAYS: &'static str = "a receive that a signal interrupts fails with EINTR";
    const FAILS: &'static [&'static str] =
        &["stream.deadline.interrupted-recv", "stream.deadline.interrupted-timeout"];

    fn recv(&self, end: &MemStream, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<()>> {
        self.recv(end, buf, how)
    }
}

impl Fault<MemDatagram> for Interrupted {
    const NAME: &'static str = "datagram-interrupted";
    const SAYS: &'static str = "a receive that a signal interrupts fails with EINTR";
    const FAILS: &'static [&'static str] =
        &["datagram.deadline.interrupted-recv", "datagram.deadline.interrupted-timeout"];

    fn recv(&self, end: &MemDatagram, buf: &mut RecvBuf<'_>, how: How) -> Result<Recv<Addr>> {
        self.recv(end, buf, how)
    }
}

/// What waits like a receive.
#[derive(Default)]
struct SendInterrupted(Interrupted);

impl Fault<MemStream> for SendInterrupted {
    const NAME: &'static str = "send-interrupted";
    const SAYS: &'static str = "a send that a signal interrupts fails with EINTR";
    const FAILS: &'static [&'static str] = &["stream.deadline.interrupted-send"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        if !what.flags.is_empty() || end.mode() == Mode::NonBlocking {
            return what.send(end);
        }
        let deadline = end.mode().deadline(what.deadline);
        loop {
            let turn =
                deadline.remaining().map_or(Interrupted::TURN, |left| left.min(Interrupted::TURN));
            let now = What { deadline: Deadline::after(Duration::ZERO), ..what };
            match now.send(end) {
                Err(error) if error.is_timeout() && !turn.is_zero() => self.0.wait(turn)?,
                other => return other,
            }
        }
    }
}

#[derive(Default)]
struct BrokenPipeSignals(AtomicBool);

impl Fault<MemStream> for BrokenPipeSignals {
    const NAME: &'static str = "broken-pipe-signals";
    const SAYS: &'static str = "a send after the own shutdown raises SIGPIPE";
    const FAILS: &'static [&'static str] = &["cross.process.broken-pipe"];

    fn send(&self, end: &MemStream, what: What<'_, ()>) -> Result<usize> {
        let sent = what.send(end);
        let broken = sent.as_ref().is_err_and(|error| is(error, Errno::EPIPE));
        if broken
            && self.0.load(SeqCst)
            && let Ok((reader, mut writer)) = std::io::pipe()
        {
            drop(reader);
            // A pipe has no flag that keeps the signal away.
            let _ = writer.write(b"x");
        }
        sent
    }

    fn shutdown(&self, end: &MemStream, how: Shutdown) -> Result<()> {
        self.0.fetch_or(how != Shutdown::Read, SeqCst);
        end.shutdown(how)
    }
}
