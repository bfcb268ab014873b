//! Where this program's own sockets are, to be reached from other hosts too.

use std::net::IpAddr;
use std::sync::OnceLock;

/// How a worker is told.
pub(crate) const VARIABLE: &str = "SOCKRATES_BIND";

static BOUND: OnceLock<Option<IpAddr>> = OnceLock::new();

/// The address at which a subject's own sockets listen and bind: `loopback`, unless the command
/// line names another of the same IP version (`--bind`, for runs across two hosts).
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
///
/// let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// assert_eq!(sockrates_harness::home(loopback), loopback);
/// ```
#[must_use]
pub fn home(loopback: IpAddr) -> IpAddr {
    bound().filter(|ip| ip.is_ipv4() == loopback.is_ipv4()).unwrap_or(loopback)
}

/// The address that was named, if any.
pub(crate) fn bound() -> Option<IpAddr> {
    *BOUND.get_or_init(|| std::env::var(VARIABLE).ok()?.parse().ok())
}

/// From now on it is this one; the first time counts.
pub(crate) fn bind(ip: IpAddr) {
    // Whoever has asked before has used another.
    let _ = BOUND.set(Some(ip));
}
