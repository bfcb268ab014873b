//! The checks of the clauses datagram.error.*

mod refusal;

use sockrates_core::{Errno, Error, Result};

use crate::checks::checks;
use crate::expect::{fail, saw, told};
use crate::{Case, Observation};

use refusal::{
    keeps_queue, loop_survives, once, refusal, refusal_on_send, so_error, unconnected, usable,
    wakes_receiver,
};

fn listen(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    not_for_datagrams("listening", a.listen(1))
}

fn accept(case: &Case<'_>) -> Observation {
    let (a, _b) = case.pair()?;
    not_for_datagrams("accepting", a.accept(case.soon()).map(drop))
}

/// The operating system refuses it, or the transport does not have it at all.
fn not_for_datagrams(what: &str, result: Result<()>) -> Observation {
    match result {
        Err(Error::Unsupported { .. }) => saw("unsupported"),
        Err(Error::Os { errno: Errno::EOPNOTSUPP, .. }) => saw("refused"),
        Err(error) => fail(format!("{what} fails with EOPNOTSUPP"), told(&error)),
        Ok(()) => saw("accepted"),
    }
}

checks!("datagram.error" {
    refusal,
    refusal_on_send,
    wakes_receiver,
    once,
    usable,
    keeps_queue,
    so_error,
    unconnected,
    loop_survives,
    listen,
    accept,
});
