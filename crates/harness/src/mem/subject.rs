//! The reference transports as subjects.

use sockrates_core::{Addr, Deadline, Result};

use super::MemNetwork;
use crate::{Acceptor, Caps, Conn, TransportSubject};

/// What streams in memory can do.
pub(crate) const STREAM_CAPS: Caps = Caps::LISTEN
    .and(Caps::CONNECT)
    .and(Caps::ADDRESSES)
    .and(Caps::SOCKET)
    .and(Caps::CONNECT_EX)
    .and(Caps::SO_ERROR)
    .and(Caps::READY)
    .and(Caps::NONBLOCK)
    .and(Caps::TIMEOUT)
    .and(Caps::DEADLINE)
    .and(Caps::HALF_CLOSE)
    .and(Caps::SHUTDOWN)
    .and(Caps::PEEK)
    .and(Caps::WAITALL)
    .and(Caps::DONTWAIT)
    .and(Caps::QUEUED)
    .and(Caps::ABORT)
    .and(Caps::CLOSE)
    .and(Caps::CLOSE_WAKES)
    .and(Caps::DUP)
    .and(Caps::BUFFERS)
    .and(Caps::LINGER)
    .and(Caps::ACCEPT_RESET);

/// Enough to fill a stream's two buffers many times over.
pub(crate) const STREAM_CLOG_BYTES: usize = 1 << 20;

/// Streams in a network of their own.
#[derive(Debug, Default)]
pub(super) struct Streams(MemNetwork);

impl TransportSubject for Streams {
    fn name(&self) -> &str {
        "mem-stream"
    }

    fn caps(&self) -> Caps {
        STREAM_CAPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = self.0.pair()?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(self.0.listen()?))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(self.0.connect(to, deadline)?))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(self.0.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(Addr::Token(0))
    }

    fn clog_bytes(&self) -> usize {
        STREAM_CLOG_BYTES
    }
}
