//! The subjects `unix-stream`, `unix-seqpacket`, `unix-dgram` and `unix-dgram-pair`:
//! `sockrates-unix`, and the bare socket under it. Their addresses are abstract names that the
//! system chooses, which leave no file behind.

use sockrates_core::{Addr, Deadline, Error, Kind, Op, Result};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, Subject, TransportSubject};
use sockrates_socket::{Family, Socket, Type};
use sockrates_unix::{
    ConnectedUnixDatagram, UnixDatagram, UnixListener, UnixSeqpacket, UnixSeqpacketListener,
    UnixStream,
};

pub(crate) mod deviations;

/// Every subject of this family.
pub(super) fn subjects() -> [Subject; 4] {
    [
        Subject::transport(UnixConnections::STREAM),
        Subject::transport(UnixConnections { socket_type: Type::SEQPACKET }),
        Subject::transport(UnixDatagrams { connected: false }),
        Subject::transport(UnixDatagrams { connected: true }),
    ]
}

/// What sockets of every type can do.
const ALL: Caps = Caps::ADDRESSES
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
    .and(Caps::OPTIONS)
    .and(Caps::FD)
    .and(Caps::RIGHTS);

/// Connections, of bytes or of messages.
pub(super) struct UnixConnections {
    socket_type: Type,
}

impl UnixConnections {
    pub(super) const STREAM: Self = Self { socket_type: Type::STREAM };

    fn is_stream(&self) -> bool {
        self.socket_type == Type::STREAM
    }
}

impl TransportSubject for UnixConnections {
    fn name(&self) -> &str {
        if self.is_stream() { "unix-stream" } else { "unix-seqpacket" }
    }

    fn says(&self) -> &str {
        match self.is_stream() {
            true => "sockrates-unix: connections of bytes, on the system's local sockets",
            false => "sockrates-unix: connections of messages, on the system's local sockets",
        }
    }

    fn caps(&self) -> Caps {
        let both = ALL | Caps::LISTEN | Caps::CONNECT | Caps::HALF_CLOSE;
        let own = match self.is_stream() {
            true => Caps::SOCKET | Caps::WAITALL | Caps::OOB | Caps::PATHS,
            // What is judged of bare sockets of messages is that they need no connection.
            false => Caps::TRUNC,
        };
        both | own
    }

    fn kind(&self) -> Kind {
        if self.is_stream() { Kind::Stream } else { Kind::Datagram }
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        if self.is_stream() {
            let (a, b) = UnixStream::pair()?;
            return Ok((Conn::new(a), Conn::new(b)));
        }
        let (a, b) = UnixSeqpacket::pair()?;
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(match self.is_stream() {
            true => Acceptor::new(UnixListener::bind(Addr::Unnamed)?),
            false => Acceptor::new(UnixSeqpacketListener::bind(Addr::Unnamed)?),
        })
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(match self.is_stream() {
            true => Conn::new(UnixStream::connect_by(to, deadline)?),
            false => Conn::new(UnixSeqpacket::connect_by(to, deadline)?),
        })
    }

    fn socket(&self) -> Result<Conn> {
        match self.is_stream() {
            true => Ok(Conn::new(Socket::new(Family::UNIX, self.socket_type, None)?)),
            false => Err(Error::Unsupported { op: Op::Socket }),
        }
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(Addr::Unnamed)
    }

    fn deviations(&self) -> &[Deviation] {
        if self.is_stream() { &deviations::STREAM } else { &deviations::SEQPACKET }
    }
}

/// Datagrams, of bound sockets or of a pair.
struct UnixDatagrams {
    connected: bool,
}

impl TransportSubject for UnixDatagrams {
    fn name(&self) -> &str {
        if self.connected { "unix-dgram-pair" } else { "unix-dgram" }
    }

    fn says(&self) -> &str {
        match self.connected {
            true => "sockrates-unix: datagrams of two peers, on the system's local sockets",
            false => "sockrates-unix: datagrams from path to path, on the system's local sockets",
        }
    }

    fn caps(&self) -> Caps {
        let both =
            ALL | Caps::SOCKET | Caps::ABORT | Caps::TRUNC | Caps::REFUSAL | Caps::DISCONNECT;
        if self.connected { both } else { both | Caps::SENDTO }
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        if self.connected {
            let (a, b) = ConnectedUnixDatagram::pair()?;
            return Ok((Conn::new(a), Conn::new(b)));
        }
        let (a, b) = (UnixDatagram::bind(Addr::Unnamed)?, UnixDatagram::bind(Addr::Unnamed)?);
        Ok((Conn::new(a), Conn::new(b)))
    }

    fn socket(&self) -> Result<Conn> {
        Ok(Conn::new(Socket::new(Family::UNIX, Type::DGRAM, None)?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Ok(Addr::Unnamed)
    }

    fn deviations(&self) -> &[Deviation] {
        if self.connected { &deviations::PAIR } else { &deviations::DATAGRAM }
    }
}
