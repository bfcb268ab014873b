//! The checks of the clauses readiness.*
//!
//! Whether something has arrived is asked of the sockets themselves ([`arrived`]); what the back
//! end under judgement tells is looked at then. So nothing is told too early, and nothing is waited
//! for in vain.

pub(crate) mod api;
pub(crate) mod edge;
pub(crate) mod level;

use sockrates_core::Ready;

use crate::expect::{ensure, inconclusive};
use crate::readiness::Words;
use crate::{Case, Conn, Poller, Stop};

/// The key where there is one end to watch.
const KEY: u64 = 7;

/// Another.
const OTHER: u64 = 8;

const NOTHING: Ready = Ready { read: false, write: false, error: false, hangup: false };
const BOTH: Ready = Ready { read: true, write: true, error: false, hangup: false };

/// What is told now, all in one.
fn now(poller: &Poller) -> Result<Ready, Stop> {
    Ok(sum(&poller.now()?))
}

/// What is told as soon as anything is, all in one.
fn soon(case: &Case<'_>, poller: &Poller) -> Result<Ready, Stop> {
    Ok(sum(&poller.wait(Some(case.patience()))?))
}

fn sum(told: &[(u64, Ready)]) -> Ready {
    told.iter().fold(NOTHING, |sum, (_, ready)| Ready {
        read: sum.read || ready.read,
        write: sum.write || ready.write,
        error: sum.error || ready.error,
        hangup: sum.hangup || ready.hangup,
    })
}

/// `told` is exactly `permitted`.
fn tells(what: &str, permitted: Ready, told: Ready) -> Result<(), Stop> {
    let text = |ready| format!("{what} is ready for: {}", Words(ready));
    ensure(told == permitted, text(permitted), text(told))
}

/// `part` is true of what was `told`.
fn tells_of(what: &str, permitted: &str, part: bool, told: Ready) -> Result<(), Stop> {
    let permitted = format!("{what} is ready for: {permitted}, at least");
    ensure(part, permitted, format!("{what} is ready for: {}", Words(told)))
}

/// Returns once there is something to receive or to accept at `end`, as its own sockets tell.
fn arrived(case: &Case<'_>, end: &Conn) -> Result<(), Stop> {
    match end.wait(Ready::READ, case.soon())?.read {
        true => Ok(()),
        false => inconclusive("what was sent does not arrive, as the sockets tell"),
    }
}

/// Returns once `count` bytes wait to be received at `end`.
fn queued(case: &Case<'_>, end: &Conn, count: usize) -> Result<(), Stop> {
    let deadline = case.soon();
    while end.endpoint().queued()? < count {
        if deadline.has_passed() {
            return inconclusive("what was sent does not arrive, as the sockets tell");
        }
        std::thread::yield_now();
    }
    Ok(())
}
