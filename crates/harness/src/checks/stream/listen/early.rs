//! Clients that do something before they are accepted.

use std::time::Duration;

use sockrates_core::Errno;

use crate::expect::{ends, holds, same_bytes, saw, told};
use crate::{Acceptor, Caps, Case, Conn, Observation, Stop};

pub(super) fn early_data(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    client.send_all(b"early", case.soon())?;
    let (server, _) = listener.accept("s", case.soon())?;
    same_bytes("sent before the accept", b"early", &server.recv_exact(5, case.soon())?)?;
    server.send_all(b"late", case.soon())?;
    same_bytes("sent after the accept", b"late", &client.recv_exact(4, case.soon())?)?;
    holds()
}

pub(super) fn early_close(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    client.send_all(b"and gone", case.soon())?;
    client.drop_now();
    let (server, _) = listener.accept("s", case.soon())?;
    same_bytes("sent before the close", b"and gone", &server.recv_exact(8, case.soon())?)?;
    ends(&server, case.soon())?;
    holds()
}

pub(super) fn early_reset(case: &Case<'_>) -> Observation {
    let listener = case.listen()?;
    let client = case.connect(&listener.local_addr()?, case.soon())?;
    reset(case, client)?;
    let next = case.connect(&listener.local_addr()?, case.soon())?;
    next.send_all(b"next", case.soon())?;
    let seen = match listener.accept("s", case.soon()) {
        Err(error) if error.errno() == Some(Errno::ECONNABORTED) => "ECONNABORTED",
        Err(error) => return saw(told(&error)),
        Ok((server, _)) => match server.recv_until(4, case.soon()) {
            Ok(bytes) if bytes.is_empty() => "an orderly end",
            Ok(bytes) if b"next".starts_with(&bytes) => return saw("left out"),
            Ok(_) => "bytes out of nowhere",
            Err(error) if error.errno() == Some(Errno::ECONNRESET) => "a connection with an error",
            Err(error) => return saw(told(&error)),
        },
    };
    accepts_next(case, &listener)?;
    saw(seen)
}

fn accepts_next(case: &Case<'_>, listener: &Acceptor) -> Result<(), Stop> {
    let (server, _) = listener.accept("s", case.soon())?;
    same_bytes("from the next client", b"next", &server.recv_exact(4, case.soon())?)
}

/// Ends a client with a reset.
fn reset(case: &Case<'_>, client: Conn) -> Result<(), Stop> {
    if case.has(Caps::ABORT) {
        client.abort()?;
    } else if case.has(Caps::LINGER) {
        client.set_linger(Some(Duration::ZERO))?;
        client.drop_now();
    } else {
        return Err(Stop::Lacks("abort"));
    }
    Ok(())
}
