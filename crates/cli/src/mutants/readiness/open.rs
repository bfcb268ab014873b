//! Back ends that go beyond what is left open.

use std::time::Duration;

use socket2::SockRef;
use sockrates_core::{Errno, Error, Op, Ready, Result};
use sockrates_harness::Mutant;

use super::fault::{Asked, End, Events, Fault, Right};
use super::faulty::mutant;
use crate::subjects::readiness::descriptor_of;

pub(super) fn all() -> Vec<Mutant> {
    vec![
        mutant::<UnconnectedReceives>(),
        mutant::<UnaskedReceives>(),
        mutant::<ClosedEndsWaits>(),
        mutant::<ClosedHasRoom>(),
        mutant::<OldKeyKept>(),
    ]
}

#[derive(Default)]
struct UnconnectedReceives;

impl Fault for UnconnectedReceives {
    const NAME: &'static str = "unconnected-receives";
    const SAYS: &'static str = "a socket that was never connected is told as one to receive from";
    const FAILS: &'static [&'static str] = &["readiness.level.unconnected"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            let asked = right.of_key(*key).is_some_and(|asked| asked.interest.read);
            // Nothing else is a hang-up with room and without an end.
            if asked && ready.hangup && ready.write && !ready.read {
                *ready = Ready::READ;
            }
        }
    }
}

#[derive(Default)]
struct UnaskedReceives;

impl Fault for UnaskedReceives {
    const NAME: &'static str = "unasked-receives";
    const SAYS: &'static str = "a reset is told as something to receive to those who asked nothing";
    const FAILS: &'static [&'static str] = &["readiness.api.nothing-asked"];

    fn tell(&self, right: &Right, events: &mut Events) {
        for (key, ready) in events {
            let asked = right.of_key(*key).map(|asked| asked.interest);
            ready.read |= asked.is_some_and(|asked| !asked.read && !asked.write);
        }
    }
}

/// Whether there is no open descriptor of the end's number.
fn is_closed(end: End) -> bool {
    descriptor_of(&end).is_none_or(|descriptor| {
        let asked = SockRef::from(&descriptor).r#type();
        asked.is_err_and(|error| error.raw_os_error() == Some(libc::EBADF))
    })
}

#[derive(Default)]
struct ClosedEndsWaits;

impl Fault for ClosedEndsWaits {
    const NAME: &'static str = "closed-ends-waits";
    const SAYS: &'static str =
        "where an end was closed while registered, waits fail as if called wrongly";
    const FAILS: &'static [&'static str] =
        &["readiness.api.closed", "readiness.api.closed-duplicate"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        if right.list().iter().any(|asked| is_closed(asked.end)) {
            return Err(Error::os(Op::Wait, Errno::EINVAL));
        }
        Ok(right.wait(timeout)?.events)
    }
}

#[derive(Default)]
struct ClosedHasRoom;

impl Fault for ClosedHasRoom {
    const NAME: &'static str = "closed-has-room";
    const SAYS: &'static str = "an end that was closed while registered is told to have room";
    const FAILS: &'static [&'static str] = &["readiness.api.closed-duplicate"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        let closed = right.list().into_iter().find(|asked| is_closed(asked.end));
        match closed {
            Some(asked) => Ok(vec![(asked.key, Ready::WRITE)]),
            None => Ok(right.wait(timeout)?.events),
        }
    }
}

#[derive(Default)]
struct OldKeyKept;

impl Fault for OldKeyKept {
    const NAME: &'static str = "old-key-kept";
    const SAYS: &'static str =
        "an end with the number of one that was closed while registered has that one's key";
    const FAILS: &'static [&'static str] = &["readiness.api.closed-reused"];

    fn register(&self, right: &Right, asked: Asked) -> Result<()> {
        let key = right.of_end(asked.end).map_or(asked.key, |before| before.key);
        right.register(Asked { key, ..asked })
    }
}
