//! The longest datagram, and one that is longer.

use sockrates_core::{Errno, Error, Result, SendFlags};

use crate::checks::datagram::ends::{next, send, take, taken};
use crate::expect::{fail, same_bytes, saw, told};
use crate::{Caps, Case, Conn, Observation, Stop};

/// The 16-bit length counts UDP's header of 8 bytes, and over IPv4 also that of 20 bytes.
fn longest_of(end: &Conn) -> Result<usize, Stop> {
    match end.local_addr()?.as_inet() {
        Some(addr) if addr.is_ipv4() => Ok(65_507),
        Some(_) => Ok(65_527),
        None => Err(Stop::HarnessError("an address that is none of IP".to_owned())),
    }
}

/// A system may have a limit of its own below the protocol's; then it says so.
pub(super) fn longest(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(longest_of(&a)?);
    let variant = match a.send_until(&bytes, case.soon()) {
        Ok(count) => {
            taken(&bytes, Ok(count))?;
            same_bytes("the longest datagram", &bytes, &take(case, &b, bytes.len() + 1)?)?;
            "passes"
        }
        Err(Error::Os { errno: Errno::EMSGSIZE, .. }) => "refused",
        Err(error) => return fail("it is sent, or EMSGSIZE", told(&error)),
    };
    works(case, &a, &b)?;
    saw(variant)
}

/// Over IP the limit is known; elsewhere there may be one of megabytes, or none.
pub(super) fn too_long(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let over = if case.has(Caps::INET | Caps::ADDRESSES) { longest_of(&a)? + 1 } else { 1 << 20 };
    let bytes = case.bytes(over.max(100_000) + 1);
    let mut variant = "refused";
    for len in [over, over + 1, over.max(100_000)] {
        let (half, rest) = bytes[..len].split_at(len / 2);
        for parts in [&[&bytes[..len]][..], &[half, rest]] {
            match a.send_with(parts, SendFlags::NONE, case.soon()) {
                Err(Error::Os { errno: Errno::EMSGSIZE, .. }) => {}
                Ok(count) if count == len && !case.has(Caps::INET) => {
                    same_bytes("the long datagram", &bytes[..len], &take(case, &b, len + 1)?)?;
                    variant = "passes";
                }
                other => return Err(misjudged(other)),
            }
        }
    }
    works(case, &a, &b)?;
    saw(variant)
}

/// Neither refused as too long nor sent as it is.
fn misjudged(sent: Result<usize>) -> Stop {
    let observed = match sent {
        Ok(_) => "it is sent".to_owned(),
        Err(Error::Unsupported { op }) => return Stop::Unsupported(op),
        Err(error) => told(&error),
    };
    Stop::Fail { permitted: "EMSGSIZE for what is too long".to_owned(), observed }
}

/// Nothing of what was refused arrives, and the next datagram does.
fn works(case: &Case<'_>, a: &Conn, b: &Conn) -> Result<(), Stop> {
    let after = case.bytes(40);
    send(case, a, &after)?;
    same_bytes("the datagram after it", &after, &next(case, b)?)
}
