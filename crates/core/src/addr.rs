//! Addresses of every family, and the peers of a transport.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The address of a socket, of any family.
///
/// ```
/// use sockrates_core::Addr;
/// let addr = Addr::from(([127, 0, 0, 1], 8080));
/// assert_eq!(addr.to_string(), "127.0.0.1:8080");
/// assert_eq!(addr.port(), Some(8080));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Addr {
    /// `AF_INET` and `AF_INET6`: an IP address and a port, for IPv6 also flow label and scope.
    Inet(SocketAddr),
    /// `AF_UNIX`, in the file system.
    Path(PathBuf),
    /// `AF_UNIX`, in Linux's abstract name space, without the leading NUL.
    Abstract(Vec<u8>),
    /// `AF_UNIX`, without a name.
    Unnamed,
    /// A transport that is not the operating system's: a number that means something to it alone.
    Token(u64),
}

impl Addr {
    /// The IP address and port, or `None` for another family.
    #[must_use]
    pub fn as_inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(addr) => Some(*addr),
            _ => None,
        }
    }

    /// The path, or `None` for an address that is none.
    #[must_use]
    pub fn as_path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The port, or `None` for an address that has none.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.as_inet().map(|addr| addr.port())
    }

    /// The IP address, or `None` for an address that has none.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.as_inet().map(|addr| addr.ip())
    }
}

impl<A: Into<SocketAddr>> From<A> for Addr {
    fn from(addr: A) -> Self {
        Self::Inet(addr.into())
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(addr) => addr.fmt(f),
            Self::Path(path) => path.display().fmt(f),
            Self::Abstract(name) => write!(f, "@{}", name.escape_ascii()),
            Self::Unnamed => f.write_str("(unnamed)"),
            Self::Token(number) => write!(f, "#{number}"),
        }
    }
}

/// What a transport calls the other side: `()` where it is connected, an address where each message
/// has its own.
pub trait Peer: Clone + fmt::Debug + PartialEq {
    /// The address, or `None` where the transport is connected and tells none.
    fn to_addr(&self) -> Option<Addr>;

    /// The peer at `addr`, or `None` where this transport cannot name it.
    fn from_addr(addr: &Addr) -> Option<Self>;
}

impl Peer for () {
    fn to_addr(&self) -> Option<Addr> {
        None
    }

    fn from_addr(_: &Addr) -> Option<Self> {
        None
    }
}

impl Peer for SocketAddr {
    fn to_addr(&self) -> Option<Addr> {
        Some(Addr::Inet(*self))
    }

    fn from_addr(addr: &Addr) -> Option<Self> {
        addr.as_inet()
    }
}

impl Peer for Addr {
    fn to_addr(&self) -> Option<Addr> {
        Some(self.clone())
    }

    fn from_addr(addr: &Addr) -> Option<Self> {
        Some(addr.clone())
    }
}
