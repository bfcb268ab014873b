//! A listener on a host's address.

use sockrates_core::{Addr, Deadline, Error, Result};

use crate::{Address, Family, Service, Socket, Type, literal};

/// How a listener is made.
///
/// ```
/// use sockrates_socket::{ServerOptions, create_server};
///
/// let options = ServerOptions { backlog: Some(16), ..ServerOptions::default() };
/// let server = create_server("127.0.0.1", 0, &options)?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerOptions {
    /// The family; `None` goes by the host: IPv6 for one of its literals and for dual stack, else
    /// IPv4.
    pub family: Option<Family>,
    /// Room for connections that nobody has accepted yet; `None` as in [`Socket::listen`].
    pub backlog: Option<i32>,
    /// Whether several listeners may share the port (`SO_REUSEPORT`).
    pub reuse_port: bool,
    /// Whether an IPv6 listener takes IPv4 connections too. If not, IPv4 is left to others.
    pub dual_stack: bool,
}

/// A TCP listener on `host`, which is `""` for every address of this machine.
///
/// Its address may be bound again while connections of an earlier listener linger
/// (`SO_REUSEADDR`), and never while one listens.
///
/// ```
/// use sockrates_socket::{ServerOptions, create_server};
///
/// let server = create_server("127.0.0.1", 0, &ServerOptions::default())?;
/// let port = server.local_addr()?.port().unwrap();
/// let error = create_server("127.0.0.1", port, &ServerOptions::default()).unwrap_err();
/// assert!(error.to_string().ends_with(&format!("at 127.0.0.1:{port}")));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::At`] with the address and `EADDRINUSE`, `EADDRNOTAVAIL` or `EACCES`;
/// [`Error::Resolve`]; [`Error::Invalid`] for a port over 65535, or dual stack with IPv4.
///
/// # Platform notes
/// On Windows `SO_REUSEADDR` would let two listeners have one address; it is left off there.
///
/// Source: Python `socket.create_server`.
pub fn create_server(
    host: &str,
    service: impl Into<Service>,
    options: &ServerOptions,
) -> Result<Socket> {
    let v6 = options.dual_stack || literal::is_v6(host);
    let family = options.family.unwrap_or(if v6 { Family::INET6 } else { Family::INET });
    check_dual_stack(family, options)?;
    let addr = (host, service.into()).resolve(family, Deadline::NEVER)?;
    create_server_at(&addr, options)
}

fn check_dual_stack(family: Family, options: &ServerOptions) -> Result<()> {
    if !options.dual_stack || family == Family::INET6 {
        return Ok(());
    }
    Err(Error::invalid(
        "dual stack of",
        format!("{family:?}"),
        "only IPv6 sockets take both; use Family::INET6",
    ))
}

/// A listener on `addr` itself, as [`create_server`] makes it; the family is that of `addr`.
///
/// # Errors
/// As in [`create_server`].
pub fn create_server_at(addr: &Addr, options: &ServerOptions) -> Result<Socket> {
    let family =
        if addr.ip().is_some_and(|ip| ip.is_ipv6()) { Family::INET6 } else { Family::INET };
    check_dual_stack(family, options)?;
    let made = || {
        let socket = Socket::new(family, Type::STREAM, None)?;
        if cfg!(not(windows)) {
            socket.set_reuse_address(true)?;
        }
        if options.reuse_port {
            socket.set_reuse_port(true)?;
        }
        if family == Family::INET6 {
            socket.set_only_v6(!options.dual_stack)?;
        }
        socket.bind(addr)?;
        socket.listen(options.backlog)?;
        Ok(socket)
    };
    made().map_err(|error| Error::At { addr: addr.clone(), error: Box::new(error) })
}

/// Whether this machine has IPv6 sockets that take IPv4 connections too.
///
/// Source: Python `socket.has_dualstack_ipv6`.
#[doc(alias = "has_dualstack_ipv6")]
#[must_use]
pub fn has_dual_stack() -> bool {
    Socket::new(Family::INET6, Type::STREAM, None)
        .is_ok_and(|socket| socket.set_only_v6(false).is_ok())
}
