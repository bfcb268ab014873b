//! What can be bound and connected to, and how it gets to the system and back.

use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::path::{Path, PathBuf};

use socket2::SockAddr;
use sockrates_core::{Addr, Deadline, Error, Result};

use crate::{Family, Hints, Service, Type, getaddrinfo, literal, resolve, sys};

/// What a socket can bind, connect and send to: an address, or what can be resolved to one.
///
/// | | |
/// |---|---|
/// | `("127.0.0.1", 80)`, `("::1", 80)` | a literal; `127.1` and `0x7f000001` too |
/// | `("fe80::1%eth0", 80)` | an IPv6 literal with its zone, by name or number |
/// | `("", 80)` | every address of this machine; to connect to it reaches loopback on Unix |
/// | `("<broadcast>", 80)` | 255.255.255.255 |
/// | `("localhost", 80)` | a host name, resolved to the first address of the socket's family |
/// | `"127.0.0.1:80"`, `"[::1]:80"`, `"localhost:80"` | the same in one word |
/// | [`SocketAddr`], [`Addr`] | an address as it is |
/// | [`Path`](std::path::Path) | a path of `AF_UNIX` |
///
/// A port is a [`Service`]: a number of 0 to 65535, or a name.
///
/// # Platform notes
/// Windows refuses to connect to the wildcard address (10049).
///
/// Source: Python `socket`, "Socket families".
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no address",
    note = "write a host and a port, (\"127.0.0.1\", 80), or \"127.0.0.1:80\", or a SocketAddr"
)]
pub trait Address {
    /// The address for a socket of this family. [`Family::UNSPEC`] is IPv6 for an IPv6 literal,
    /// else IPv4, as in Python's `create_server`. A host name is looked up until `deadline`.
    ///
    /// # Errors
    /// [`Error::Resolve`] for a name without an address in this family; [`Error::Invalid`] for a
    /// port over 65535, an embedded NUL or an unknown zone; [`Error::TimedOut`].
    ///
    /// [`Error::Resolve`]: sockrates_core::Error::Resolve
    /// [`Error::Invalid`]: sockrates_core::Error::Invalid
    /// [`Error::TimedOut`]: sockrates_core::Error::TimedOut
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr>;

    /// The IP address and port, where there is nothing to resolve.
    #[doc(hidden)]
    #[inline]
    fn known(&self) -> Option<SocketAddr> {
        None
    }

    /// Every address to try a connection to, in the resolver's order, for any family. A host name
    /// is looked up until `deadline`.
    ///
    /// # Errors
    /// As in [`resolve`](Self::resolve).
    fn candidates(&self, deadline: Deadline) -> Result<Vec<Addr>> {
        Ok(vec![self.resolve(Family::UNSPEC, deadline)?])
    }

    /// Every address to try to bind a socket of this family to, in the resolver's order. Only a
    /// host name has several: an empty host is every address of this machine. A name is looked up
    /// until `deadline`.
    ///
    /// # Errors
    /// As in [`resolve`](Self::resolve).
    fn local_candidates(&self, family: Family, deadline: Deadline) -> Result<Vec<Addr>> {
        Ok(vec![self.resolve(family, deadline)?])
    }
}

impl Address for Addr {
    fn resolve(&self, _: Family, _: Deadline) -> Result<Addr> {
        Ok(self.clone())
    }
}

/// Lists the types that are addresses without being resolved.
macro_rules! as_they_are {
    ($($kind:ty),*) => {$(
        impl Address for $kind {
            #[inline]
            fn resolve(&self, _: Family, _: Deadline) -> Result<Addr> {
                Ok(Addr::Inet((*self).into()))
            }

            #[inline]
            fn known(&self) -> Option<SocketAddr> {
                Some((*self).into())
            }
        }
    )*};
}

as_they_are!(SocketAddr, SocketAddrV4, SocketAddrV6);

impl Address for Path {
    fn resolve(&self, _: Family, _: Deadline) -> Result<Addr> {
        Ok(Addr::Path(self.to_owned()))
    }
}

impl Address for PathBuf {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        self.as_path().resolve(family, deadline)
    }
}

impl<H: AsRef<str>, P: Clone + Into<Service>> Address for (H, P) {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        let host = self.0.as_ref();
        let family = match family {
            Family::UNSPEC if literal::is_v6(host) => Family::INET6,
            Family::UNSPEC => Family::INET,
            given => given,
        };
        resolve::one(host, self.1.clone().into(), family, deadline)
    }

    fn candidates(&self, deadline: Deadline) -> Result<Vec<Addr>> {
        let hints = Hints { socket_type: Some(Type::STREAM), ..Hints::default() };
        // As in Python, an empty host is this machine.
        let host = Some(self.0.as_ref()).filter(|host| !host.is_empty());
        let found = getaddrinfo(host, self.1.clone(), &hints, deadline)?;
        Ok(found.into_iter().map(|info| info.addr).collect())
    }

    fn local_candidates(&self, family: Family, deadline: Deadline) -> Result<Vec<Addr>> {
        let host = self.0.as_ref();
        // An unknown zone gets its own error there.
        if literal::is_literal(host) || host.contains('%') {
            return Ok(vec![self.resolve(family, deadline)?]);
        }
        let hints = Hints { family, socket_type: Some(Type::STREAM), ..Hints::default() };
        let found = getaddrinfo(Some(host), self.1.clone(), &hints, deadline)?;
        Ok(found.into_iter().map(|info| info.addr).collect())
    }
}

impl Address for str {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        host_and_port(self)?.resolve(family, deadline)
    }

    fn candidates(&self, deadline: Deadline) -> Result<Vec<Addr>> {
        host_and_port(self)?.candidates(deadline)
    }

    fn local_candidates(&self, family: Family, deadline: Deadline) -> Result<Vec<Addr>> {
        host_and_port(self)?.local_candidates(family, deadline)
    }
}

impl Address for String {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        self.as_str().resolve(family, deadline)
    }

    fn candidates(&self, deadline: Deadline) -> Result<Vec<Addr>> {
        self.as_str().candidates(deadline)
    }

    fn local_candidates(&self, family: Family, deadline: Deadline) -> Result<Vec<Addr>> {
        self.as_str().local_candidates(family, deadline)
    }
}

/// The two halves of `host:port`; an IPv6 literal stands in brackets.
fn host_and_port(word: &str) -> Result<(&str, &str)> {
    let rule = "write host:port, with an IPv6 address in brackets: [::1]:80";
    let refused = || Error::invalid("address", format!("{word:?}"), rule);
    let (host, port) = word.rsplit_once(':').ok_or_else(refused)?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if port.is_empty() || (bare.is_none() && host.contains([':', '[', ']'])) {
        return Err(refused());
    }
    Ok((bare.unwrap_or(host), port))
}

impl<A: Address + ?Sized> Address for &A {
    fn resolve(&self, family: Family, deadline: Deadline) -> Result<Addr> {
        (**self).resolve(family, deadline)
    }

    #[inline]
    fn known(&self) -> Option<SocketAddr> {
        (**self).known()
    }

    fn candidates(&self, deadline: Deadline) -> Result<Vec<Addr>> {
        (**self).candidates(deadline)
    }

    fn local_candidates(&self, family: Family, deadline: Deadline) -> Result<Vec<Addr>> {
        (**self).local_candidates(family, deadline)
    }
}

/// The system's form of `addr`.
pub(crate) fn to_system(addr: &Addr) -> Result<SockAddr> {
    match addr {
        Addr::Inet(addr) => Ok(SockAddr::from(*addr)),
        other => sys::local_name(other),
    }
}

/// The address in the system's form `addr`; [`Addr::Unnamed`] where it is none of ours.
pub(crate) fn from_system(addr: &SockAddr) -> Addr {
    match addr.as_socket() {
        Some(inet) => Addr::Inet(inet),
        None => sys::name_of(addr),
    }
}
