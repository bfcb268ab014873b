//! The reference transports as subjects.

use sockrates_core::{Addr, Deadline, Endpoint, Error, Kind, Result};

use super::{MemNetwork, MemPost};
use crate::{Acceptor, Caps, Conn, TransportSubject};

/// Descriptors travel where there are any.
const RIGHTS: Caps = if cfg!(unix) { Caps::RIGHTS } else { Caps::NONE };

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
    .and(Caps::ACCEPT_RESET)
    .and(Caps::STALL)
    .and(Caps::NODELAY)
    .and(Caps::KEEPALIVE)
    .and(Caps::KEEP_TIMES)
    .and(Caps::OPTIONS)
    .and(Caps::HOPS)
    .and(Caps::REUSE)
    .and(Caps::REUSE_PORT)
    .and(Caps::OOB)
    .and(RIGHTS)
    .and(Caps::CONNECT_ANY);

/// What streams in memory can do beside where their addresses are of IP.
pub(crate) const INET_STREAM_CAPS: Caps = STREAM_CAPS.and(Caps::INET).and(Caps::ONLY_V6);

/// What datagrams in memory can do, but for sending where the call says.
pub(crate) const DATAGRAM_CAPS: Caps = Caps::CONNECT
    .and(Caps::ADDRESSES)
    .and(Caps::SOCKET)
    .and(Caps::CONNECT_EX)
    .and(Caps::SO_ERROR)
    .and(Caps::READY)
    .and(Caps::NONBLOCK)
    .and(Caps::TIMEOUT)
    .and(Caps::DEADLINE)
    .and(Caps::SHUTDOWN)
    .and(Caps::PEEK)
    .and(Caps::DONTWAIT)
    .and(Caps::QUEUED)
    .and(Caps::CLOSE)
    .and(Caps::CLOSE_WAKES)
    .and(Caps::DUP)
    .and(Caps::BUFFERS)
    .and(Caps::TRUNC)
    .and(Caps::DISCONNECT)
    .and(Caps::OPTIONS)
    .and(Caps::HOPS)
    .and(Caps::REUSE)
    .and(Caps::CONTROL)
    .and(RIGHTS)
    .and(Caps::REFUSAL);

/// What datagrams in memory can do where their addresses are of IP, but for sending where the call
/// says.
pub(crate) const INET_DATAGRAM_CAPS: Caps =
    DATAGRAM_CAPS.and(Caps::INET).and(Caps::BROADCAST).and(Caps::MULTICAST);

/// Enough to fill a stream's two buffers many times over.
pub(crate) const STREAM_CLOG_BYTES: usize = 1 << 20;

/// Enough to fill a datagram socket's queue many times over.
pub(crate) const DATAGRAM_CLOG_BYTES: usize = 1 << 20;

/// Streams in a network of their own.
#[derive(Debug)]
pub(super) struct Streams {
    pub(super) name: &'static str,
    pub(super) network: MemNetwork,
    pub(super) caps: Caps,
}

impl Streams {
    /// Streams in this network.
    pub(super) fn within(network: MemNetwork) -> Self {
        Self { name: "mem-stream", network, caps: STREAM_CAPS }
    }

    /// Their network.
    pub(super) fn network(&self) -> &MemNetwork {
        &self.network
    }
}

impl TransportSubject for Streams {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.caps.contains(Caps::INET) {
            true => "the judge's own reference: streams in memory, with addresses of IPv6",
            false => "the judge's own reference: streams in memory",
        }
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = self.network.pair()?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(self.network.listen()?))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(self.network.connect(to, deadline)?))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        connect_any(to, |addr| self.connect(addr, deadline))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(self.network.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.network.any_addr())
    }

    fn clog_bytes(&self) -> usize {
        STREAM_CLOG_BYTES
    }
}

/// Connects to the first of `to` that answers; a deadline that passes is the end of all of it.
pub(crate) fn connect_any<T>(to: &[Addr], connect: impl Fn(&Addr) -> Result<T>) -> Result<T> {
    let mut attempts = Vec::with_capacity(to.len());
    for addr in to {
        match connect(addr) {
            Ok(conn) => return Ok(conn),
            Err(error) if error.is_timeout() => return Err(error),
            Err(error) => attempts.push((addr.clone(), error)),
        }
    }
    Err(Error::Unreachable { attempts })
}

/// Datagrams in a post office of their own.
#[derive(Debug)]
pub(super) struct Datagrams {
    pub(super) name: &'static str,
    pub(super) post: MemPost,
    pub(super) caps: Caps,
    /// Whether the two ends of a pair are connected to each other.
    pub(super) connected: bool,
}

impl Datagrams {
    /// Datagrams in this post office, sent where each call says.
    pub(super) fn within(post: MemPost) -> Self {
        let caps = DATAGRAM_CAPS | Caps::SENDTO;
        Self { name: "mem-datagram", post, caps, connected: false }
    }
}

impl TransportSubject for Datagrams {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.caps.contains(Caps::INET) {
            _ if self.connected => "the judge's own reference: datagrams of two peers, in memory",
            true => "the judge's own reference: datagrams in memory, with addresses of IPv4",
            false => "the judge's own reference: datagrams in memory",
        }
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let pair = if self.connected { self.post.connected_pair() } else { self.post.pair() };
        let (a, b) = pair?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let socket = self.post.socket();
        socket.connect(to, deadline)?;
        Ok(Conn::new(socket))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(self.post.socket()))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(self.post.any_addr())
    }

    fn clog_bytes(&self) -> usize {
        DATAGRAM_CLOG_BYTES
    }
}
