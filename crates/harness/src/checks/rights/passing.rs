//! What arrives, and what does not.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use sockrates_core::{ControlRef, Error, RecvFlags};

use super::passed::{Passed, Taken, at_fault, pass, read, read_all, take, take_with};
use crate::checks::cross::process::closes_on_exec;
use crate::expect::{came, ensure, equal, holds, saw, told};
use crate::{Case, Conn, Observation, Stop};

const BYTES: &[u8] = b"with them";

pub(super) fn arrives(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut file = std::env::current_exe().and_then(File::open).map_err(at_fault)?;
    file.read_exact(&mut [0; 5]).map_err(at_fault)?;
    let passed = Passed::new(b'x')?;
    pass(case, &a, BYTES, &[file.as_fd(), passed.far.as_fd()])?;
    drop((passed.far, file));
    let Taken { bytes, fds, .. } = take(case, &b)?;
    equal("bytes received", BYTES, &bytes[..])?;
    equal("descriptors received", &2, &fds.len())?;
    let mut fds = fds.into_iter();
    let position = fds.next().and_then(|fd| File::from(fd).stream_position().ok());
    // Another descriptor of the same open file shares its position.
    equal("the position in the file", &Some(5), &position)?;
    let letter = fds.next().map(read).transpose()?;
    equal("what can be read from the other", &Some(b'x'), &letter)?;
    holds()
}

pub(super) fn order(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let all = (b'a'..=b'h').map(Passed::new).collect::<Result<Vec<_>, _>>()?;
    let fds: Vec<BorrowedFd<'_>> = all.iter().map(|passed| passed.far.as_fd()).collect();
    pass(case, &a, BYTES, &fds)?;
    take(case, &b)?.is(BYTES, b"abcdefgh")?;
    holds()
}

pub(super) fn close_on_exec(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    let fds = take(case, &b)?.fds;
    equal("descriptors received", &1, &fds.len())?;
    for fd in &fds {
        let path = format!("/proc/self/fdinfo/{}", fd.as_raw_fd());
        let Ok(info) = std::fs::read_to_string(path) else { return Err(Stop::Lacks("procfs")) };
        ensure(closes_on_exec(&info), "it closes on exec", "it stays open")?;
    }
    holds()
}

pub(super) fn none(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    next_is_plain(case, &a, &b)?;
    // What came once does not come again.
    let _near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    take(case, &b)?.is(BYTES, b"x")?;
    next_is_plain(case, &a, &b)?;
    holds()
}

pub(super) fn sender_gone(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let _near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    a.drop_now();
    take(case, &b)?.is(BYTES, b"x")?;
    holds()
}

pub(super) fn peek(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let mut near = Passed::new(b'x')?.pass(case, &a, BYTES)?;
    let peeked = take_with(case, &b, 64, RecvFlags::PEEK)?;
    equal("bytes peeked", BYTES, &peeked.bytes[..])?;
    let duplicates = peeked.fds;
    let fds = take(case, &b)?.fds;
    equal("what can be read afterwards", b"x", &read_all(fds)?[..])?;
    let count = duplicates.len();
    drop(duplicates);
    near.sees_it_closed(case)?;
    saw(match count {
        0 => "not shown",
        1 => "a duplicate",
        _ => "several",
    })
}

/// More than one message carries on any system.
const TOO_MANY: [usize; 2] = [if cfg!(target_os = "linux") { 254 } else { 4096 }, 5000];

pub(super) fn most(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let passed = Passed::new(b'x')?;
    let mut seen = String::new();
    for count in TOO_MANY {
        let fds = vec![passed.far.as_fd(); count];
        let refused = a.send_beside(BYTES, &[ControlRef::Rights(&fds)], case.soon());
        seen = refusal(refused)?;
        next_is_plain(case, &a, &b)?;
    }
    saw(seen)
}

pub(super) fn unknown(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    let unknown = ControlRef::Raw { level: libc::SOL_SOCKET, kind: 0x7ff0, data: b"12345678" };
    let seen = match a.send_beside(BYTES, &[unknown], case.soon()) {
        Err(Error::Unsupported { .. }) => "unsupported".to_owned(),
        other => refusal(other)?,
    };
    next_is_plain(case, &a, &b)?;
    saw(seen)
}

/// How a send was refused, or "accepted".
pub(super) fn refusal(sent: Result<usize, Error>) -> Result<String, Stop> {
    match sent {
        Err(Error::Invalid { .. }) => Ok("invalid".to_owned()),
        Err(error @ Error::Os { .. }) => Ok(told(&error)),
        other => Ok(came(other, "accepted")?.into_owned()),
    }
}

/// Nothing else is on its way, and no descriptor comes with what is sent without any.
pub(super) fn next_is_plain(case: &Case<'_>, from: &Conn, to: &Conn) -> Result<(), Stop> {
    equal("bytes sent", &4, &from.send_until(b"next", case.soon())?)?;
    take(case, to)?.is(b"next", b"")
}
