//! From an address to its names.

use sockrates_core::{Addr, Deadline, Errno, Error, Op, Result};

use crate::address::to_system;
use crate::{resolve, sys};

/// How the names of an address are told.
///
/// Source: POSIX.1-2024 `getnameinfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameHints {
    /// `NI_NUMERICHOST`: the host in digits; no name service is asked.
    pub numeric_host: bool,
    /// `NI_NUMERICSERV`: the port in digits.
    pub numeric_service: bool,
    /// `NI_NAMEREQD`: a host without a name is an error, instead of told in digits.
    pub name_required: bool,
    /// `NI_NOFQDN`: of a host of the local domain the first part of its name alone.
    pub short_name: bool,
    /// `NI_DGRAM`: the service's name for datagrams, where that differs.
    pub datagram: bool,
}

impl NameHints {
    /// Host and service in digits, so that nobody is asked and nothing waits.
    pub const NUMERIC: Self = Self {
        numeric_host: true,
        numeric_service: true,
        name_required: false,
        short_name: false,
        datagram: false,
    };
}

/// Looks up the names of the host and the service at `addr`. What has no name is told in digits,
/// an IPv6 address with its zone.
///
/// ```
/// use sockrates_core::{Addr, Deadline};
/// use sockrates_socket::{NameHints, getnameinfo};
///
/// let addr = Addr::from(([127, 0, 0, 1], 80));
/// let (host, service) = getnameinfo(&addr, &NameHints::NUMERIC, Deadline::NEVER)?;
/// assert_eq!((host.as_str(), service.as_str()), ("127.0.0.1", "80"));
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Resolve`] with the resolver's code: `EAI_NONAME` where a name is required and there is
/// none, `EAI_AGAIN` where the name server does not answer or too many look-ups hang;
/// [`Error::Invalid`] for an address that is no IP address; [`Error::TimedOut`] once `deadline` has
/// passed.
///
/// Source: POSIX.1-2024 `getnameinfo`; Python `socket.getnameinfo`, `gethostbyaddr` and
/// `getservbyport`.
#[doc(alias = "gethostbyaddr")]
#[doc(alias = "getservbyport")]
pub fn getnameinfo(addr: &Addr, hints: &NameHints, deadline: Deadline) -> Result<(String, String)> {
    if addr.as_inet().is_none() {
        let rule = "only an IP address has a host and a service";
        return Err(Error::invalid("address", addr.to_string(), rule));
    }
    let (system, flags, name) = (to_system(addr)?, sys::name_flags(hints), addr.to_string());
    let asked = name.clone();
    let ask = move || {
        sys::getnameinfo(&system, flags).map_err(|(code, errno)| match errno {
            Some(errno) => Error::os(Op::Resolve, Errno::from_code(errno)),
            None => resolve::failure(&asked, code),
        })
    };
    // The port is looked up in a file; only a host may be asked about over the network.
    if deadline.is_never() || hints.numeric_host {
        ask()
    } else {
        resolve::by(deadline, &name, ask)
    }
}
