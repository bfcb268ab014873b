//! What checks say: what they saw, and what they expected of it.

use std::borrow::Cow;
use std::fmt::Debug;

use sockrates_core::{Deadline, Errno, Error, Result};

use crate::trace::shortened;
use crate::{Case, Conn, Observation, Stop};

/// What came of an operation, as a behaviour's name: `success`, or the error in the words of
/// [`told`].
///
/// # Errors
/// [`Stop::Unsupported`] where the subject says so.
pub fn came<T>(result: Result<T>, success: &'static str) -> Observation {
    match result {
        Ok(_) => saw(success),
        Err(Error::Unsupported { op }) => Err(Stop::Unsupported(op)),
        Err(error) => saw(told(&error)),
    }
}

/// What one receive brought, as a behaviour's name: "data", "end", or the error in the words of
/// [`told`].
///
/// # Errors
/// [`Stop::Unsupported`] where the subject says so.
pub fn received(result: Result<Vec<u8>>) -> Observation {
    match result {
        Ok(bytes) if bytes.is_empty() => saw("end"),
        other => came(other, "data"),
    }
}

/// The clause holds.
///
/// # Errors
/// Never; it has the type that a check returns.
pub fn holds() -> Observation {
    saw("holds")
}

/// The behaviour called `variant` was seen; the clause says whether it is permitted.
///
/// # Errors
/// Never; it has the type that a check returns.
pub fn saw(variant: impl Into<Cow<'static, str>>) -> Observation {
    Ok(variant.into())
}

/// Something happened that no clause permits.
///
/// # Errors
/// Always.
pub fn fail<T>(permitted: impl Into<String>, observed: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Fail { permitted: permitted.into(), observed: observed.into() })
}

/// The machine did not let the check come to a conclusion.
///
/// # Errors
/// Always.
pub fn inconclusive<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Inconclusive(why.into()))
}

/// The case has the subject's process to itself, or is skipped: it would disturb others, or be
/// disturbed.
///
/// # Errors
/// [`Stop::Lacks`].
pub fn isolated(case: &Case<'_>) -> Result<(), Stop> {
    if case.isolated() { here(case) } else { Err(Stop::Lacks("isolation")) }
}

/// What is asked of this process is told of the subject, or the case is skipped: an agent has a
/// process of its own.
///
/// # Errors
/// [`Stop::Lacks`].
pub fn here(case: &Case<'_>) -> Result<(), Stop> {
    if case.is_elsewhere() { Err(Stop::Lacks("same-process")) } else { Ok(()) }
}

/// `condition` holds, or the check fails.
///
/// # Errors
/// [`Stop::Fail`].
pub fn ensure(
    condition: bool,
    permitted: impl Into<String>,
    observed: impl Into<String>,
) -> Result<(), Stop> {
    if condition { Ok(()) } else { fail(permitted, observed) }
}

/// `observed` is what was permitted.
///
/// # Errors
/// [`Stop::Fail`] with both values, shortened.
pub fn equal<T: PartialEq<U> + Debug + ?Sized, U: Debug + ?Sized>(
    what: &str,
    permitted: &T,
    observed: &U,
) -> Result<(), Stop> {
    if permitted == observed {
        return Ok(());
    }
    let show = |value: String| format!("{what}: {}", shortened(&value));
    fail(show(format!("{permitted:?}")), show(format!("{observed:?}")))
}

/// The same bytes; where they differ, the first difference is told instead of all of them.
///
/// # Errors
/// [`Stop::Fail`].
pub fn same_bytes(what: &str, sent: &[u8], received: &[u8]) -> Result<(), Stop> {
    if sent == received {
        return Ok(());
    }
    let at = sent.iter().zip(received).take_while(|(a, b)| a == b).count();
    let permitted = format!("{what}: the {} bytes sent", sent.len());
    let observed = if at == sent.len() || at == received.len() {
        format!("{what}: {} bytes, the first {at} as sent", received.len())
    } else {
        format!("{what}: {} bytes, the first difference at byte {at}", received.len())
    };
    fail(permitted, observed)
}

/// `result` failed with one of `permitted`, which is returned.
///
/// # Errors
/// [`Stop::Fail`]; [`Stop::Unsupported`] where the subject says so.
pub fn fails_with<T: Debug>(
    what: &str,
    result: Result<T>,
    permitted: &[Errno],
) -> Result<Errno, Stop> {
    let observed = match result {
        Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
        Err(error) => match error.errno() {
            Some(errno) if permitted.contains(&errno) => return Ok(errno),
            _ => told(&error),
        },
        Ok(value) => format!("success: {}", shortened(&format!("{value:?}"))),
    };
    let names: Vec<String> = permitted.iter().map(|errno| format!("{errno:?}")).collect();
    fail(format!("{what} fails with {}", names.join(" or ")), format!("{what}: {observed}"))
}

/// `result` is a deadline that passed.
///
/// # Errors
/// [`Stop::Fail`]; [`Stop::Unsupported`] where the subject says so.
pub fn times_out<T: Debug>(what: &str, result: Result<T>) -> Result<(), Stop> {
    let observed = match result {
        Err(Error::Unsupported { op }) => return Err(Stop::Unsupported(op)),
        Err(error) if error.is_timeout() => return Ok(()),
        Err(error) => told(&error),
        Ok(value) => format!("success: {}", shortened(&format!("{value:?}"))),
    };
    fail(format!("{what} times out"), format!("{what}: {observed}"))
}

/// `result` would have had to wait.
///
/// # Errors
/// [`Stop::Fail`]; [`Stop::Unsupported`] where the subject says so.
pub fn would_block<T: Debug>(what: &str, result: Result<T>) -> Result<(), Stop> {
    fails_with(what, result, &[Errno::EAGAIN, Errno::EWOULDBLOCK]).map(drop)
}

/// The next receive is the end of the stream.
///
/// # Errors
/// [`Stop::Fail`].
pub fn ends(conn: &Conn, deadline: Deadline) -> Result<(), Stop> {
    let permitted = || format!("{} receives the end of the stream", conn.name());
    match conn.recv_until(1024, deadline) {
        Ok(bytes) if bytes.is_empty() => Ok(()),
        Ok(bytes) => fail(permitted(), format!("{} receives {} bytes", conn.name(), bytes.len())),
        Err(Error::Unsupported { op }) => Err(Stop::Unsupported(op)),
        Err(error) => fail(permitted(), format!("{} receives {}", conn.name(), told(&error))),
    }
}

/// An error in words that are the same on every run: its number's name, or its text.
#[must_use]
pub fn told(error: &Error) -> String {
    match error.errno() {
        Some(errno) => format!("{errno:?}"),
        None if error.is_timeout() => "timed out".to_owned(),
        None => error.to_string(),
    }
}
