//! From outside: `tokio::net::TcpStream`, called by programs without `async`.

use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsRawFd;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Listener, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, SocketOption, Transport,
};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, TransportSubject, home};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use super::peer_deviations::SEVERAL_SLICES;
use super::std_stream::{number, own_addr};
use super::tokio_turns::Turns;

const DEVIATIONS: [Deviation; 2] = [
    SEVERAL_SLICES,
    Deviation {
        clause: "stream.conn.several-errors",
        os: "",
        sees: "ECONNREFUSED",
        reason: "connect tries the addresses in turn and keeps the last error only, as its \
             documentation says: which address failed how is lost",
    },
];

/// The subject `tokio-tcp`.
pub(super) struct TokioTcp;

impl TransportSubject for TokioTcp {
    fn name(&self) -> &str {
        "tokio-tcp"
    }

    fn says(&self) -> &str {
        "tokio::net::TcpStream without async: TCP over IPv4, on the system's stack"
    }

    fn caps(&self) -> Caps {
        Caps::INET
            | Caps::LISTEN
            | Caps::CONNECT
            | Caps::CONNECT_ANY
            | Caps::ADDRESSES
            | Caps::SO_ERROR
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::HALF_CLOSE
            | Caps::PEEK
            | Caps::DONTWAIT
            | Caps::FD
            | Caps::ACCEPT_RESET
            | Caps::NODELAY
            | Caps::HOPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let listener = TokioListener::new()?;
        let client = TokioEnd::connect(&[listener.local_addr()?], Deadline::NEVER)?;
        let (server, _) = listener.accept(Deadline::NEVER)?;
        Ok((Conn::new(client), Conn::new(server)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(TokioListener::new()?))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(TokioEnd::connect(std::slice::from_ref(to), deadline)?))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(TokioEnd::connect(to, deadline)?))
    }

    fn deviations(&self) -> &[Deviation] {
        &DEVIATIONS
    }
}

struct TokioListener {
    listener: TcpListener,
    turns: Turns,
}

impl TokioListener {
    fn new() -> Result<Self> {
        let turns = Turns::new()?;
        let any = (home(Ipv4Addr::LOCALHOST.into()), 0);
        let listener = turns.run(Op::Bind, Deadline::NEVER, false, TcpListener::bind(any))?;
        Ok(Self { listener, turns })
    }
}

impl Listener for TokioListener {
    type Conn = TokioEnd;

    fn accept(&self, deadline: Deadline) -> Result<(TokioEnd, Addr)> {
        let accept = self.listener.accept();
        let (stream, addr) = self.turns.run(Op::Accept, deadline, false, accept)?;
        // Into the event loop of its own that each end has.
        let turns = Turns::new()?;
        let moved = stream.into_std().and_then(|std| turns.watched(|| TcpStream::from_std(std)));
        let stream = moved.map_err(|error| Error::from_io(Op::Accept, &error))?;
        Ok((TokioEnd::new(stream, turns), addr.into()))
    }

    fn local_addr(&self) -> Result<Addr> {
        own_addr(self.listener.local_addr())
    }
}

/// One end. Its halves go before the event loop that watches them.
struct TokioEnd {
    reader: OwnedReadHalf,
    writer: Mutex<OwnedWriteHalf>,
    turns: Turns,
}

impl TokioEnd {
    fn new(stream: TcpStream, turns: Turns) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader, writer: Mutex::new(writer), turns }
    }

    fn connect(to: &[Addr], deadline: Deadline) -> Result<Self> {
        let to: Option<Vec<SocketAddr>> = to.iter().map(Addr::as_inet).collect();
        let to = to.ok_or(Error::Unsupported { op: Op::Connect })?;
        let turns = Turns::new()?;
        let stream = turns.run(Op::Connect, deadline, false, TcpStream::connect(&to[..]))?;
        Ok(Self::new(stream, turns))
    }

    fn stream(&self) -> &TcpStream {
        self.reader.as_ref()
    }

    async fn read(&self, memory: &mut [u8]) -> io::Result<usize> {
        loop {
            self.stream().readable().await?;
            match self.stream().try_read(memory) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }

    async fn write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        loop {
            self.stream().writable().await?;
            // The plain write keeps SIGPIPE away by itself, the vectored one does not.
            let written = match bytes {
                [one] => self.stream().try_write(one),
                several => self.stream().try_write_vectored(several),
            };
            match written {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return written,
            }
        }
    }
}

impl Transport for TokioEnd {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let never = flags.contains(RecvFlags::DONTWAIT);
        let len = match flags.without(RecvFlags::DONTWAIT) {
            RecvFlags::NONE => {
                self.turns.run(Op::Recv, deadline, never, self.read(buf.unfilled()))?
            }
            RecvFlags::PEEK => {
                self.turns.run(Op::Recv, deadline, never, self.stream().peek(buf.unfilled()))?
            }
            _ => return Err(Error::Unsupported { op: Op::Recv }),
        };
        buf.advance(len);
        Ok(Recv { len, peer: (), truncated: false })
    }

    fn send_msg(
        &self,
        bytes: &[IoSlice<'_>],
        _: Option<&()>,
        flags: SendFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        if !SendFlags::DONTWAIT.contains(flags) {
            return Err(Error::Unsupported { op: Op::Send });
        }
        let never = flags.contains(SendFlags::DONTWAIT);
        self.turns.run(Op::Send, deadline, never, self.write(bytes))
    }

    fn close_send(&self) -> Result<()> {
        let shut = async { self.writer.lock().await.shutdown().await };
        self.turns.run(Op::Shutdown, Deadline::NEVER, false, shut)
    }

    fn mode(&self) -> Mode {
        self.turns.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.turns.set_mode(mode);
        Ok(())
    }
}

impl Endpoint for TokioEnd {
    fn local_addr(&self) -> Result<Addr> {
        own_addr(self.stream().local_addr())
    }

    fn peer_addr(&self) -> Result<Addr> {
        let addr = self.stream().peer_addr();
        Ok(addr.map_err(|error| Error::from_io(Op::PeerAddr, &error))?.into())
    }

    fn take_error(&self) -> Result<Errno> {
        let pending = self.stream().take_error();
        let pending = pending.map_err(|error| Error::from_io(Op::GetOption, &error))?;
        let code = pending.and_then(|error| error.raw_os_error());
        Ok(Errno::from_code(code.unwrap_or_default()))
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        let told = match option {
            SocketOption::NoDelay => self.stream().nodelay().map(i32::from),
            SocketOption::Ttl => self.stream().ttl().map(number),
            _ => return Err(Error::Unsupported { op: Op::GetOption }),
        };
        told.map_err(|error| Error::from_io(Op::GetOption, &error))
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let set = match option {
            SocketOption::NoDelay => self.stream().set_nodelay(value != 0),
            SocketOption::Ttl => self.stream().set_ttl(u32::try_from(value).unwrap_or(u32::MAX)),
            _ => return Err(Error::Unsupported { op: Op::SetOption }),
        };
        set.map_err(|error| Error::from_io(Op::SetOption, &error))
    }

    fn fileno(&self) -> Option<i64> {
        Some(self.stream().as_raw_fd().into())
    }
}
