//! The subjects `tcp-v4-spin`, `tcp-v4-sendfile` and `tcp-v4-vectored`: the same sockets as
//! `tcp-v4`, used in the ways that are there to be quick. They are held to the same clauses.

use std::fs::{self, File};
use std::io::IoSlice;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, process};

use sockrates_core::{
    Addr, Deadline, Endpoint, Error, Listener, Mode, Op, Recv, RecvBuf, RecvFlags, Result,
    SendFlags, Shutdown, Transport,
};
use sockrates_harness::{Acceptor, Caps, Conn, Deviation, Subject, TransportSubject};
use sockrates_socket::{
    AddrInfo, Family, Protocol, ServerOptions, Socket, Type, connect_any, connect_to,
    create_server_at, endpoint,
};

use super::tcp::Tcp;

/// All of them.
pub(super) fn subjects() -> [Subject; 3] {
    [
        Subject::transport(Ways::<Spinning>::called(
            "tcp-v4-spin",
            "sockrates-tcp that tries before it waits: TCP over IPv4, on the system's stack",
        )),
        Subject::transport(Ways::<ByFile>::called(
            "tcp-v4-sendfile",
            "sockrates-tcp that sends from a file: TCP over IPv4, on the system's stack",
        )),
        Subject::transport(Ways::<InSlices>::called(
            "tcp-v4-vectored",
            "sockrates-tcp that sends slices as one: TCP over IPv4, on the system's stack",
        )),
    ]
}

/// TCP over IPv4 by connections of one kind.
struct Ways<C> {
    name: &'static str,
    says: &'static str,
    connections: PhantomData<fn() -> C>,
}

impl<C> Ways<C> {
    fn called(name: &'static str, says: &'static str) -> Self {
        Self { name, says, connections: PhantomData }
    }
}

impl<C: Way> TransportSubject for Ways<C> {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        self.says
    }

    fn caps(&self) -> Caps {
        Tcp::V4.caps()
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let listener = self.listener()?;
        let client = C::try_from(connect_to(Endpoint::local_addr(&listener)?, Deadline::NEVER)?)?;
        let (server, _) = Endpoint::accept(&listener, Deadline::NEVER)?;
        Ok((Conn::new(client), Conn::new(server)))
    }

    fn listen(&self) -> Result<Acceptor> {
        Ok(Acceptor::new(self.listener()?))
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        Ok(Conn::new(C::try_from(connect_to(to, deadline)?)?))
    }

    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        let inet = to.iter().filter_map(Addr::as_inet).map(AddrInfo::tcp);
        let socket = connect_any(&inet.collect::<Vec<_>>(), deadline, None)?;
        Ok(Conn::new(C::try_from(socket)?))
    }

    fn socket(&self) -> Result<Conn> {
        let socket = Socket::new(Family::INET, Type::STREAM, Some(Protocol::TCP))?;
        Ok(Conn::new(C::try_from(socket)?))
    }

    fn any_addr(&self) -> Result<Addr> {
        Tcp::V4.any_addr()
    }

    fn deviations(&self) -> &[Deviation] {
        Tcp::deviations(&Tcp::V4)
    }

    fn interoperates(&self) -> bool {
        false
    }
}

impl<C: Way> Ways<C> {
    fn listener(&self) -> Result<C> {
        C::try_from(create_server_at(&self.any_addr()?, &ServerOptions::default())?)
    }
}

/// A connection that sends, or waits, in a way of its own.
trait Way:
    TryFrom<Socket, Error = Error>
    + Transport<Peer = ()>
    + Endpoint
    + Listener<Conn = Self>
    + Send
    + Sync
    + 'static
{
}

/// Tries some times before it waits.
struct Spinning {
    socket: Socket,
}

impl TryFrom<Socket> for Spinning {
    type Error = Error;

    fn try_from(socket: Socket) -> Result<Self> {
        socket.set_spin(20);
        Ok(Self { socket })
    }
}

impl Spinning {
    fn send(&self, bytes: &[IoSlice<'_>], flags: SendFlags, deadline: Deadline) -> Result<usize> {
        self.socket.send_by(bytes, None, flags, deadline)
    }
}

/// Sends from a file that holds what is to be sent.
struct ByFile {
    socket: Socket,
}

impl TryFrom<Socket> for ByFile {
    type Error = Error;

    fn try_from(socket: Socket) -> Result<Self> {
        Ok(Self { socket })
    }
}

impl ByFile {
    fn send(&self, bytes: &[IoSlice<'_>], flags: SendFlags, deadline: Deadline) -> Result<usize> {
        // No file has flags, and an empty one does not reach the connection.
        if !flags.is_empty() || bytes.iter().all(|slice| slice.is_empty()) {
            return self.socket.send_by(bytes, None, flags, deadline);
        }
        let (file, len) = holding(bytes).map_err(|error| Error::from_io(Op::Send, &error))?;
        as_one_send(self.socket.send_file_by(&file, .., deadline).map(|_| len))
    }
}

/// A file of these bytes, as far as one send takes them, that has no name any more.
fn holding(bytes: &[IoSlice<'_>]) -> std::io::Result<(File, usize)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("sockrates-send-{}-{number}", process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    let mut len = 0;
    for slice in bytes {
        let piece = &slice[..slice.len().min(FILE_MAX - len)];
        file.write_all_at(piece, len as u64)?;
        len += piece.len();
    }
    Ok((file, len))
}

/// How much one send takes at the most: a test of patience sends much to nobody, and shall not
/// wait for the disk.
const FILE_MAX: usize = 256 << 10;

/// Sends all slices as one.
struct InSlices {
    socket: Socket,
}

impl TryFrom<Socket> for InSlices {
    type Error = Error;

    fn try_from(socket: Socket) -> Result<Self> {
        Ok(Self { socket })
    }
}

impl InSlices {
    /// Halves each slice, so that there are always several.
    fn send(&self, bytes: &[IoSlice<'_>], flags: SendFlags, deadline: Deadline) -> Result<usize> {
        if !flags.is_empty() {
            return self.socket.send_by(bytes, None, flags, deadline);
        }
        let halves = bytes.iter().map(|slice| slice.split_at(slice.len() / 2));
        let halves = halves.flat_map(|(front, back)| [IoSlice::new(front), IoSlice::new(back)]);
        let sent = self.socket.send_all_vectored_by(&halves.collect::<Vec<_>>(), deadline);
        as_one_send(sent.map(|()| bytes.iter().map(|slice| slice.len()).sum()))
    }
}

/// What went of all that was to go is what a send returns; it fails where nothing did.
fn as_one_send(outcome: Result<usize>) -> Result<usize> {
    match outcome {
        Err(error) if error.done() > 0 => Ok(error.done()),
        Err(error) => Err(error.during(Op::Send, 0)),
        whole => whole,
    }
}

/// Lists the connections: endpoints by way of the socket in them, with a `send` of their own.
macro_rules! ways {
    ($($name:ident),*) => {$(
        endpoint!($name);

        impl Way for $name {}

        impl Transport for $name {
            type Peer = ();

            fn recv_msg(
                &self,
                buf: &mut RecvBuf<'_>,
                flags: RecvFlags,
                deadline: Deadline,
            ) -> Result<Recv<()>> {
                self.socket.recv_by(buf, flags, deadline)
            }

            fn send_msg(
                &self,
                bytes: &[IoSlice<'_>],
                _: Option<&()>,
                flags: SendFlags,
                deadline: Deadline,
            ) -> Result<usize> {
                self.send(bytes, flags, deadline)
            }

            fn close_send(&self) -> Result<()> {
                self.socket.shutdown(Shutdown::Write)
            }

            fn mode(&self) -> Mode {
                self.socket.mode()
            }

            fn set_mode(&self, mode: Mode) -> Result<()> {
                self.socket.set_mode(mode)
            }
        }

        impl Listener for $name {
            type Conn = Self;

            fn accept(&self, deadline: Deadline) -> Result<(Self, Addr)> {
                Endpoint::accept(self, deadline)
            }

            fn local_addr(&self) -> Result<Addr> {
                self.socket.local_addr()
            }
        }
    )*};
}

ways!(Spinning, ByFile, InSlices);
