//! How much was done, told exactly, also where the whole failed.

use sockrates_core::{Error, Mode, Stream};

use crate::checks::stream::pattern::{Pattern, clog, drain, narrow_pair, nothing_between};
use crate::expect::{ensure, equal, fail, holds, told};
use crate::{Case, Conn, Observation, Stop};

/// How much each call is to send.
const PART: usize = 1 << 20;

pub(super) fn partial(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    let taken = clog(case, &a, &pattern)?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    a.set_mode(Mode::Blocking)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

pub(super) fn send_all_progress(case: &Case<'_>) -> Observation {
    let (a, b) = narrow_pair(case)?;
    let pattern = Pattern::new(case);
    a.set_mode(Mode::NonBlocking)?;
    let taken = send_all_until_full(case, &a, &pattern)?;
    drain(&b, &pattern, 0..taken, case.soon())?;
    a.set_mode(Mode::Blocking)?;
    nothing_between(&a, &b, case.soon())?;
    holds()
}

/// What was taken by sends of which the last failed half-way.
fn send_all_until_full(case: &Case<'_>, conn: &Conn, pattern: &Pattern) -> Result<usize, Stop> {
    let most = case.transport()?.clog_bytes();
    let mut taken = 0;
    while taken < most {
        let part = pattern.bytes(taken..taken + PART);
        match conn.send_all(&part, case.soon()) {
            Ok(()) => taken += part.len(),
            Err(error) if error.would_block() => return Ok(taken + error.done()),
            Err(error) => return Err(error.into()),
        }
    }
    fail("a stream that nobody reads takes no more at some point", "it takes any amount")
}

pub(super) fn recv_exact_progress(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"0123", case.soon())?;
    equal("the first byte", b"0".as_slice(), b.recv_exact(1, case.soon())?.as_slice())?;
    b.set_mode(Mode::NonBlocking)?;
    let mut memory = [b'.'; 9];
    let done = match Stream::recv_exact(&b, &mut memory, case.soon()) {
        Err(error) if error.would_block() => error.done(),
        Err(error) => return fail("EAGAIN", told(&error)),
        Ok(()) => return fail("EAGAIN", "success"),
    };
    ensure(done <= 3, "a count of bytes received", "more than were sent")?;
    equal("the bytes counted", &b"123"[..done], &memory[..done])?;
    b.set_mode(Mode::Blocking)?;
    a.send_all(b"456789", case.soon())?;
    Stream::recv_exact(&b, &mut memory[done..], case.soon())?;
    equal("all of it", b"123456789".as_slice(), &memory)?;
    holds()
}

pub(super) fn recv_exact_end(case: &Case<'_>) -> Observation {
    let (a, b) = case.pair()?;
    a.send_all(b"0123", case.soon())?;
    a.close_send()?;
    let mut memory = [b'.'; 9];
    match Stream::recv_exact(&b, &mut memory, case.soon()) {
        Err(Error::Eof { have: 4, want: Some(9), .. }) => {}
        Err(error) => return fail("the end after 4 of 9 bytes", told(&error)),
        Ok(()) => return fail("the end after 4 of 9 bytes", "success"),
    }
    equal("the bytes before the end", b"0123".as_slice(), &memory[..4])?;
    holds()
}
