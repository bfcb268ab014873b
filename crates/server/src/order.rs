//! What a server tells the process that is to serve for it, and what it learns of it.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use sockrates_core::framing::LengthPrefix;
use sockrates_core::{Addr, Error, Op, Result};
use sockrates_socket::Socket;

use crate::Options;

/// What a server tells the process that is to serve for it: which descriptor, for whom, within
/// which limits. It travels in an environment variable.
///
/// A child's own children inherit the variable, but not the descriptor that it tells of. So it
/// counts only where standard input is that very socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) kind: Kind,
    identity: (u64, u64),
    pub(crate) idle: Option<Duration>,
    pub(crate) lifetime: Option<Duration>,
    /// The client's address, where it has one that is not told by the socket in any case.
    pub(crate) peer: Option<std::net::SocketAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Standard input is the connection.
    Connection,
    /// Standard input carries one datagram, and takes the answers.
    Datagram,
}

impl Order {
    pub(crate) const VARIABLE: &str = "SOCKRATES_SERVER_ORDER";

    /// The order to serve `socket`, as standard input.
    pub(crate) fn for_connection(
        socket: Socket,
        peer: &Addr,
        options: &Options,
    ) -> Result<(Stdio, Self)> {
        let (stdin, identity) = stdin(socket)?;
        let (idle, lifetime) = (options.idle_timeout, options.lifetime);
        let kind = Kind::Connection;
        Ok((stdin, Self { kind, identity, idle, lifetime, peer: peer.as_inet() }))
    }

    /// The order to serve the datagram that comes through `socket`, as standard input.
    pub(crate) fn for_datagram(socket: Socket) -> Result<(Stdio, Self)> {
        let (stdin, identity) = stdin(socket)?;
        let kind = Kind::Datagram;
        Ok((stdin, Self { kind, identity, idle: None, lifetime: None, peer: None }))
    }

    /// The order that this process was given, if any, and the socket that it tells of. Standard
    /// input is empty from then on, so that the order is taken once.
    pub(crate) fn take(kind: Kind) -> Option<(Self, Socket)> {
        let (order, stdin) = Self::waiting()?;
        if order.kind != kind {
            return None;
        }
        rustix::stdio::dup2_stdin(File::open("/dev/null").ok()?).ok()?;
        Some((order, Socket::adopt(stdin.into()).ok()?))
    }

    /// Says no to a process that was itself started to serve, and has gone past its order: the
    /// server that it wants to be would start another such process for each of its clients.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub(crate) fn none_waits() -> Result<()> {
        let Some((order, _)) = Self::waiting() else { return Ok(()) };
        let rule = match order.kind {
            Kind::Connection => "call `enter_child` first in `main`",
            Kind::Datagram => "call `enter_datagram_child` first in `main`",
        };
        Err(Error::invalid("server", "in a process that was started to serve for one", rule))
    }

    /// The order that this process was given and has not taken yet, and its standard input.
    fn waiting() -> Option<(Self, File)> {
        let order = Self::parse(std::env::var(Self::VARIABLE).ok()?.as_str())?;
        let stdin = File::from(rustix::stdio::stdin().try_clone_to_owned().ok()?);
        (identity(&stdin).ok()? == order.identity).then_some((order, stdin))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = match words.next()? {
            "connection" => Kind::Connection,
            "datagram" => Kind::Datagram,
            _ => return None,
        };
        let identity = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let mut duration = || match words.next()? {
            "-" => Some(None),
            nanos => Some(Some(Duration::from_nanos(nanos.parse().ok()?))),
        };
        let (idle, lifetime) = (duration()?, duration()?);
        let peer = words.next()?.parse().ok();
        Some(Self { kind, identity, idle, lifetime, peer })
    }

    pub(crate) fn options(&self) -> Options {
        Options { idle_timeout: self.idle, lifetime: self.lifetime, ..Options::default() }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Connection => "connection",
            Kind::Datagram => "datagram",
        };
        let nanos = |duration: Option<Duration>| {
            duration.map_or("-".to_owned(), |some| {
                u64::try_from(some.as_nanos()).unwrap_or(u64::MAX).to_string()
            })
        };
        let (dev, ino) = self.identity;
        let (idle, lifetime) = (nanos(self.idle), nanos(self.lifetime));
        let peer = self.peer.map_or("-".to_owned(), |peer| peer.to_string());
        write!(f, "{kind} {dev} {ino} {idle} {lifetime} {peer}")
    }
}

/// `socket` as a process's standard input, and which one it is.
fn stdin(socket: Socket) -> Result<(Stdio, (u64, u64))> {
    let file = File::from(OwnedFd::from(socket));
    let identity = identity(&file).map_err(|error| Error::from_io(Op::Accept, &error))?;
    Ok((Stdio::from(file), identity))
}

fn identity(file: &File) -> std::io::Result<(u64, u64)> {
    let file = file.metadata()?;
    Ok((file.dev(), file.ino()))
}

/// How datagrams and answers to them are marked off between a server and its processes.
pub(crate) fn framing() -> LengthPrefix {
    LengthPrefix::u24(FRAME_MAX).expect("24 bits hold 256 KiB")
}

/// Who sent a datagram, and whether its tail is lost.
pub(crate) fn sender(truncated: bool, peer: &Addr) -> Vec<u8> {
    let mut words = vec![u8::from(truncated)];
    match peer {
        Addr::Inet(addr) => words.extend(format!("i{addr}").bytes()),
        Addr::Path(path) => words.extend([b"p", path.as_os_str().as_bytes()].concat()),
        Addr::Abstract(name) => words.extend([b"a", &name[..]].concat()),
        _ => {}
    }
    words
}

/// What [`sender`] said.
pub(crate) fn parse_sender(words: &[u8]) -> Option<(bool, Addr)> {
    let (truncated, words) = words.split_first()?;
    let peer = match words.split_first() {
        Some((b'i', addr)) => Addr::Inet(std::str::from_utf8(addr).ok()?.parse().ok()?),
        Some((b'p', path)) => Addr::Path(OsStr::from_bytes(path).into()),
        Some((b'a', name)) => Addr::Abstract(name.to_vec()),
        _ => Addr::Unnamed,
    };
    Some((*truncated != 0, peer))
}

/// More than any datagram of IP, and any of Linux's `AF_UNIX` by default.
const FRAME_MAX: usize = 256 * 1024;

/// How a process has ended that served for a server.
pub(crate) struct Ended {
    pub(crate) failed: bool,
    pub(crate) stop: bool,
}

impl Ended {
    pub(crate) fn of(status: ExitStatus) -> Self {
        let code = status.code();
        Self {
            failed: !matches!(code, Some(0 | STOP)),
            stop: matches!(code, Some(STOP | FAILED_AND_STOP)),
        }
    }

    /// The status that says so.
    pub(crate) fn code(&self) -> i32 {
        match (self.failed, self.stop) {
            (false, false) => 0,
            (true, false) => FAILED,
            (false, true) => STOP,
            (true, true) => FAILED_AND_STOP,
        }
    }
}

/// `EX_SOFTWARE` of `sysexits.h`.
const FAILED: i32 = 70;
const STOP: i32 = 117;
const FAILED_AND_STOP: i32 = 118;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_given() {
        for kind in [Kind::Connection, Kind::Datagram] {
            for (idle, lifetime) in [(None, Some(Duration::from_nanos(7))), (Some(LONG), None)] {
                let peer = Some("[fe80::1%3]:80".parse().unwrap());
                let order = Order { kind, identity: (8, 1 << 40), idle, lifetime, peer };
                assert_eq!(Order::parse(&order.to_string()), Some(order));
            }
        }
        assert_eq!(Order::parse("connection 1"), None);
        assert_eq!(Order::parse(""), None);
    }

    #[test]
    fn a_sender_arrives_as_it_was() {
        let inet = Addr::Inet("[fe80::1%3]:80".parse().unwrap());
        let path = Addr::Path("/a b\n".into());
        for peer in [inet, path, Addr::Abstract(vec![0, 255]), Addr::Unnamed] {
            assert_eq!(parse_sender(&sender(true, &peer)), Some((true, peer)));
        }
    }

    const LONG: Duration = Duration::from_secs(86_400);
}
