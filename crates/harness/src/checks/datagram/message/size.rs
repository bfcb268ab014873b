//! The longest datagram, and one that is longer.

use sockrates_core::{Errno, Error, SendFlags};

use crate::checks::datagram::ends::{next, send, take};
use crate::expect::{equal, fail, fails_with, holds, same_bytes, saw, told};
use crate::{Case, Conn, Observation, Stop};

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
        Ok(taken) => {
            equal("bytes sent", &bytes.len(), &taken)?;
            same_bytes("the longest datagram", &bytes, &take(case, &b, bytes.len() + 1)?)?;
            "passes"
        }
        Err(Error::Os { errno: Errno::EMSGSIZE, .. }) => "refused",
        Err(error) => return fail("it is sent, or EMSGSIZE", told(&error)),
    };
    works(case, &a, &b)?;
    saw(variant)
}

pub(super) fn too_long(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let bytes = case.bytes(100_000);
    let over = longest_of(&a)? + 1;
    for len in [over, over + 1, 65_536, 100_000] {
        let refused = a.send_until(&bytes[..len], case.soon());
        let _ = fails_with(&format!("sending {len} bytes"), refused, &[Errno::EMSGSIZE])?;
    }
    let (half, rest) = bytes[..over].split_at(over / 2);
    let refused = a.send_with(&[half, rest], SendFlags::NONE, case.soon());
    let _ = fails_with("sending two halves of too much", refused, &[Errno::EMSGSIZE])?;
    works(case, &a, &b)?;
    holds()
}

/// Nothing of what was refused arrives, and the next datagram does.
fn works(case: &Case<'_>, a: &Conn, b: &Conn) -> Result<(), Stop> {
    let after = case.bytes(40);
    send(case, a, &after)?;
    same_bytes("the datagram after it", &after, &next(case, b)?)
}
