//! A connection to a host, whichever of its addresses answers.

use std::time::Duration;

use sockrates_core::{Deadline, Error, Op, Result};

use crate::default_timeout::default_limit;
use crate::{AddrInfo, Address, Family, Hints, Protocol, Service, Socket, Type, getaddrinfo, inet};

/// A TCP connection to `host`: its addresses are looked up and tried in order, until one answers.
///
/// `deadline` is for all of it, the look-up included. While several addresses are left, each gets
/// its share of the time, at least two seconds if there are two, so that one that does not answer
/// does not use up the time of the others. `source` is the local address to connect from, if it
/// matters: `Some(&("192.0.2.1", 0))`.
///
/// The socket is in the process's [default mode](crate::default_timeout); connecting waits
/// whatever that is, up to its timeout where it has one.
///
/// ```
/// use sockrates_core::Deadline;
/// use sockrates_socket::{ServerOptions, create_connection, create_server};
/// use std::time::Duration;
///
/// let server = create_server("127.0.0.1", 0, &ServerOptions::default())?;
/// let port = server.local_addr()?.port().unwrap();
///
/// let second = Deadline::after(Duration::from_secs(1));
/// let client = create_connection("127.0.0.1", port, second, None)?;
/// assert_eq!(client.peer_addr()?, server.local_addr()?);
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unreachable`] with the error of every address; [`Error::At`] with that of the only one;
/// [`Error::TimedOut`] where the look-up took too long; those of [`getaddrinfo`].
///
/// Source: Python `socket.create_connection`, whose timeout is for each address anew and for the
/// look-up not at all.
pub fn create_connection(
    host: &str,
    service: impl Into<Service>,
    deadline: Deadline,
    source: Option<&dyn Address>,
) -> Result<Socket> {
    let deadline = default_limit(deadline);
    let hints = Hints { socket_type: Some(Type::STREAM), ..Hints::default() };
    // As in Python, an empty host is this machine.
    let host = Some(host).filter(|host| !host.is_empty());
    let found = getaddrinfo(host, service, &hints, deadline)?;
    connect_any(&found, deadline, source)
}

/// A connection to the first address of `addr` that answers, by `deadline` for the look-up and all
/// of them, as [`create_connection`] makes it.
///
/// # Errors
/// As in [`create_connection`]; [`Error::Invalid`] for an address that is no IP address.
pub fn connect_to(addr: impl Address, deadline: Deadline) -> Result<Socket> {
    let deadline = default_limit(deadline);
    let found = addr.candidates(deadline)?;
    let inet = found.into_iter().map(|addr| inet(addr).map(AddrInfo::tcp));
    connect_any(&inet.collect::<Result<Vec<_>>>()?, deadline, None)
}

/// A connection to the first of `addresses` that answers, by `deadline` for all, as
/// [`create_connection`] does.
///
/// # Errors
/// [`Error::Unreachable`] with the error of every address, in their order, also where there is
/// none; [`Error::At`] with that of the only one.
pub fn connect_any(
    addresses: &[AddrInfo],
    deadline: Deadline,
    source: Option<&dyn Address>,
) -> Result<Socket> {
    let deadline = default_limit(deadline);
    let mut attempts = Vec::with_capacity(addresses.len());
    for (tried, info) in addresses.iter().enumerate() {
        let late = tried > 0 && deadline.has_passed();
        let outcome = if late {
            Err(Error::TimedOut { op: Op::Connect, done: 0 })
        } else {
            connect_one(info, share(deadline, addresses.len() - tried), source)
        };
        match outcome {
            Ok(socket) => return Ok(socket),
            Err(error) => attempts.push((info.addr.clone(), error)),
        }
    }
    Err(match <[_; 1]>::try_from(attempts) {
        Ok([(addr, error)]) => Error::At { addr, error: Box::new(error) },
        Err(attempts) => Error::Unreachable { attempts },
    })
}

impl AddrInfo {
    /// A TCP connection's, for [`connect_any`].
    #[must_use]
    pub fn tcp(addr: std::net::SocketAddr) -> Self {
        let family = if addr.is_ipv4() { Family::INET } else { Family::INET6 };
        Self {
            family,
            socket_type: Type::STREAM,
            protocol: Protocol::TCP,
            canonical_name: None,
            addr: addr.into(),
        }
    }
}

fn connect_one(
    info: &AddrInfo,
    deadline: Deadline,
    source: Option<&dyn Address>,
) -> Result<Socket> {
    let socket = Socket::new(info.family, info.socket_type, Some(info.protocol))?;
    if let Some(source) = source {
        socket.bind(source)?;
    }
    socket.connect_waiting(&info.addr, deadline)?;
    Ok(socket)
}

/// The deadline of one attempt while `left` addresses are left, itself included.
fn share(deadline: Deadline, left: usize) -> Deadline {
    let parts = u32::try_from(left).unwrap_or(u32::MAX);
    match deadline.remaining() {
        Some(rest) if parts > 1 => Deadline::after((rest / parts).max(SHARE_MIN)).min(deadline),
        _ => deadline,
    }
}

/// The least that an attempt gets, if there is as much.
const SHARE_MIN: Duration = Duration::from_secs(2);
