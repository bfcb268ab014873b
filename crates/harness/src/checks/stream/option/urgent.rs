//! Urgent bytes.

use std::time::Instant;

use sockrates_core::{RecvFlags, SendFlags, SocketOption};

use crate::expect::{came, equal, fail, holds, same_bytes};
use crate::{Case, Conn, Observation, Stop};

/// The last byte of what is sent as urgent is the urgent one; the others go the ordinary way.
pub(super) fn urgent(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"before", case.soon())?;
    equal("bytes taken", &2, &a.send_with(&[b"x!"], SendFlags::OOB, case.soon())?)?;
    a.send_all(b"after", case.soon())?;
    same_bytes("the urgent byte", b"!", &urgent_byte(case, &b)?)?;
    // The mark may end a receive early, and a receive begins behind it.
    same_bytes("the ordinary bytes", b"beforexafter", &b.recv_exact(12, case.soon())?)?;
    holds()
}

pub(super) fn urgent_inline(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    b.set_option(SocketOption::OobInline, 1)?;
    a.send_all(b"before", case.soon())?;
    equal("bytes taken", &1, &a.send_with(&[b"!"], SendFlags::OOB, case.soon())?)?;
    a.send_all(b"after", case.soon())?;
    same_bytes("all bytes", b"before!after", &b.recv_exact(12, case.soon())?)?;
    holds()
}

pub(super) fn urgent_none(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"ordinary", case.soon())?;
    let asked = b.recv_with(1, RecvFlags::OOB, case.soon());
    same_bytes("the ordinary bytes", b"ordinary", &b.recv_exact(8, case.soon())?)?;
    came(asked, "a byte")
}

/// The urgent byte, which is asked for until it has come.
fn urgent_byte(case: &Case<'_>, end: &Conn) -> Result<Vec<u8>, Stop> {
    let (start, patience) = (Instant::now(), case.transport()?.patience());
    loop {
        match end.recv_with(8, RecvFlags::OOB, case.soon()) {
            Ok(got) => return Ok(got.bytes),
            Err(_) if start.elapsed() < patience => std::thread::yield_now(),
            Err(error) => return fail("an urgent byte", crate::expect::told(&error)),
        }
    }
}
