//! A peer: `std::net::TcpStream`, as a program without this workspace would use it.

use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use sockrates_core::{
    Addr, Deadline, Endpoint, Errno, Error, Listener, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, SocketOption, Transport,
};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, TransportSubject, home};

use super::peer_deviations;
use super::peer_wait::{SHORTEST, Side, Waits};

/// The subject `std-tcp`.
pub(super) struct StdTcp;

impl TransportSubject for StdTcp {
    fn name(&self) -> &str {
        "std-tcp"
    }

    fn says(&self) -> &str {
        "std::net::TcpStream: TCP over IPv4, on the system's stack"
    }

    fn caps(&self) -> Caps {
        Caps::INET
            | Caps::LISTEN
            | Caps::CONNECT
            | Caps::ADDRESSES
            | Caps::SO_ERROR
            | Caps::NONBLOCK
            | Caps::TIMEOUT
            | Caps::DEADLINE
            | Caps::HALF_CLOSE
            | Caps::SHUTDOWN
            | Caps::PEEK
            | Caps::DUP
            | Caps::FD
            | Caps::ACCEPT_RESET
            | Caps::NODELAY
            | Caps::HOPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let listener = std_listener()?;
        let addr = listener.local_addr().map_err(|error| Error::from_io(Op::LocalAddr, &error))?;
        let client =
            TcpStream::connect(addr).map_err(|error| Error::from_io(Op::Connect, &error))?;
        let accepted = listener.accept().map_err(|error| Error::from_io(Op::Accept, &error));
        Ok((Conn::new(StdStream::new(client)), Conn::new(StdStream::new(accepted?.0))))
    }

    fn listen(&self) -> Result<Acceptor> {
        let waits = Waits::new(Mode::Blocking);
        Ok(Acceptor::new(StdListener { listener: std_listener()?, waits }))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let to = to.as_inet().ok_or(Error::Unsupported { op: Op::Connect })?;
        let made = match deadline.remaining() {
            None => TcpStream::connect(to),
            Some(left) => TcpStream::connect_timeout(&to, left.max(SHORTEST)),
        };
        let made = made.map_err(|error| Error::from_io(Op::Connect, &error))?;
        Ok(Conn::new(StdStream::new(made)))
    }

    fn deviations(&self) -> &[Deviation] {
        &peer_deviations::STD_STREAM
    }
}

fn std_listener() -> Result<TcpListener> {
    TcpListener::bind((home(Ipv4Addr::LOCALHOST.into()), 0))
        .map_err(|error| Error::from_io(Op::Bind, &error))
}

/// The listener; it waits as `SO_RCVTIMEO` says, which the standard library leaves to others to
/// set.
struct StdListener {
    listener: TcpListener,
    waits: Waits,
}

impl Listener for StdListener {
    type Conn = StdStream;

    fn accept(&self, deadline: Deadline) -> Result<(StdStream, Addr)> {
        let accept = || self.listener.accept();
        let what = (Op::Accept, Side::Read);
        let (stream, addr) = self.waits.run(&self.listener, what, deadline, false, accept)?;
        Ok((StdStream::new(stream), addr.into()))
    }

    fn local_addr(&self) -> Result<Addr> {
        own_addr(self.listener.local_addr())
    }
}

struct StdStream {
    stream: TcpStream,
    waits: Waits,
}

impl StdStream {
    fn new(stream: TcpStream) -> Self {
        Self { stream, waits: Waits::new(Mode::Blocking) }
    }
}

impl Transport for StdStream {
    type Peer = ();

    fn recv_msg(
        &self,
        buf: &mut RecvBuf<'_>,
        flags: RecvFlags,
        deadline: Deadline,
    ) -> Result<Recv<()>> {
        let peek = flags == RecvFlags::PEEK;
        if !peek && !flags.is_empty() {
            return Err(Error::Unsupported { op: Op::Recv });
        }
        let receive = || match peek {
            true => self.stream.peek(buf.unfilled()),
            false => (&self.stream).read_vectored(&mut [IoSliceMut::new(buf.unfilled())]),
        };
        let what = (Op::Recv, Side::Read);
        let len = self.waits.run(&self.stream, what, deadline, false, receive)?;
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
        if !flags.is_empty() {
            return Err(Error::Unsupported { op: Op::Send });
        }
        // Only the plain write keeps SIGPIPE away by itself; Rust's programs ignore the signal.
        let send = || match bytes {
            [one] => (&self.stream).write(one),
            several => (&self.stream).write_vectored(several),
        };
        self.waits.run(&self.stream, (Op::Send, Side::Write), deadline, false, send)
    }

    fn close_send(&self) -> Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn mode(&self) -> Mode {
        self.waits.mode()
    }

    fn set_mode(&self, mode: Mode) -> Result<()> {
        self.waits.set_mode(&self.stream, mode)
    }
}

impl Endpoint for StdStream {
    fn local_addr(&self) -> Result<Addr> {
        own_addr(self.stream.local_addr())
    }

    fn peer_addr(&self) -> Result<Addr> {
        let addr = self.stream.peer_addr();
        Ok(addr.map_err(|error| Error::from_io(Op::PeerAddr, &error))?.into())
    }

    fn take_error(&self) -> Result<Errno> {
        let pending = self.stream.take_error();
        let pending = pending.map_err(|error| Error::from_io(Op::GetOption, &error))?;
        let code = pending.and_then(|error| error.raw_os_error());
        Ok(Errno::from_code(code.unwrap_or_default()))
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        let how = match how {
            Shutdown::Read => std::net::Shutdown::Read,
            Shutdown::Write => std::net::Shutdown::Write,
            Shutdown::Both => std::net::Shutdown::Both,
        };
        self.stream.shutdown(how).map_err(|error| Error::from_io(Op::Shutdown, &error))
    }

    fn option(&self, option: SocketOption) -> Result<i32> {
        let told = match option {
            SocketOption::NoDelay => self.stream.nodelay().map(i32::from),
            SocketOption::Ttl => self.stream.ttl().map(number),
            _ => return Err(Error::Unsupported { op: Op::GetOption }),
        };
        told.map_err(|error| Error::from_io(Op::GetOption, &error))
    }

    fn set_option(&self, option: SocketOption, value: i32) -> Result<()> {
        let set = match option {
            SocketOption::NoDelay => self.stream.set_nodelay(value != 0),
            SocketOption::Ttl => self.stream.set_ttl(u32::try_from(value).unwrap_or(u32::MAX)),
            _ => return Err(Error::Unsupported { op: Op::SetOption }),
        };
        set.map_err(|error| Error::from_io(Op::SetOption, &error))
    }

    fn dup(&self) -> Result<Self> {
        let dup = self.stream.try_clone().map_err(|error| Error::from_io(Op::Dup, &error))?;
        Ok(Self { stream: dup, waits: Waits::new(self.mode()) })
    }

    fn fileno(&self) -> Option<i64> {
        Some(self.stream.as_raw_fd().into())
    }
}

/// A number of an option as the contract has it.
pub(super) fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// The outcome of `getsockname` as a peer reports it.
pub(super) fn own_addr(addr: std::io::Result<SocketAddr>) -> Result<Addr> {
    Ok(addr.map_err(|error| Error::from_io(Op::LocalAddr, &error))?.into())
}
