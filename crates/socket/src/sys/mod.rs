//! What socket2 does not have, per platform: the only unsafe code of this crate.
//!
//! A platform supplies: the constants, `poll`, receiving into uninitialised memory, the dead
//! descriptor that takes a closed socket's place, dissolving an association, raw options, the
//! resolver, interface numbers and the host name.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;
