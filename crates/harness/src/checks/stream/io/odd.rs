//! Sends and receives that specifications leave open.

use std::sync::atomic::{AtomicBool, Ordering};

use sockrates_core::{Addr, Errno, Error, RecvFlags, SendFlags};

use crate::checks::stream::pattern::nothing_between;
use crate::expect::{ensure, equal, fail, same_bytes, saw, told};
use crate::{Case, Observation};

/// More parts than a system takes in one call (1,024 on Linux), a byte each.
const PARTS: usize = 1_500;

pub(super) fn empty_recv_idle(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let (returned, soon) = (AtomicBool::new(false), case.soon());
    let receive = || {
        let got = b.recv_until(0, soon);
        returned.store(true, Ordering::SeqCst);
        got
    };
    let (got, at_once) = case.while_blocked(receive, || {
        let at_once = returned.load(Ordering::SeqCst);
        a.send_all(b"x", case.soon()).map(|()| at_once)
    });
    equal("what an empty receive returns", &0, &got?.len())?;
    equal("what is received next", b"x".as_slice(), b.recv_exact(1, case.soon())?.as_slice())?;
    saw(if at_once? { "at once" } else { "waits" })
}

pub(super) fn many_parts(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let data = case.bytes(PARTS);
    let parts: Vec<&[u8]> = data.chunks(1).collect();
    let sent = match a.send_with(&parts, SendFlags::NONE, case.soon()) {
        Ok(sent) => sent,
        Err(Error::Os { errno, .. }) => {
            nothing_between(&a, &b, case.soon())?;
            return saw(format!("{errno:?}"));
        }
        Err(other) => return Err(other.into()),
    };
    ensure((1..=PARTS).contains(&sent), "a count of bytes taken", "another count")?;
    same_bytes("the parts", &data[..sent], &b.recv_exact(sent, case.soon())?)?;
    nothing_between(&a, &b, case.soon())?;
    saw(if sent == PARTS { "all" } else { "some" })
}

pub(super) fn source(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"from whom?", case.soon())?;
    let got = b.recv_with(100, RecvFlags::NONE, case.soon())?;
    match got.from {
        None => saw("none"),
        Some(from) if from == a.local_addr()? => saw("peer"),
        Some(from) if is_nobody(&from) => saw("unspecified"),
        Some(_) => saw("somebody else"),
    }
}

/// Whether the address means no one.
fn is_nobody(addr: &Addr) -> bool {
    match addr {
        Addr::Inet(addr) => addr.ip().is_unspecified() || addr.port() == 0,
        Addr::Unnamed | Addr::Token(0) => true,
        Addr::Path(path) => path.as_os_str().is_empty(),
        _ => false,
    }
}

pub(super) fn destination(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let elsewhere = a.local_addr()?;
    let seen = match a.send_to(b"to whom?", Some(&elsewhere)) {
        Err(Error::Unsupported { .. }) => "no destination",
        Err(Error::Os { errno: Errno::EISCONN, .. }) => "EISCONN",
        Err(error) => return fail("EISCONN, or the destination is ignored", told(&error)),
        Ok(sent) => {
            let got = b.recv_exact(sent, case.soon())?;
            same_bytes("sent to its own address", &b"to whom?"[..sent.min(8)], &got)?;
            "ignored"
        }
    };
    nothing_between(&a, &b, case.soon())?;
    saw(seen)
}
