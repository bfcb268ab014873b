//! Back ends that signals get through to.

use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use sockrates_core::{Errno, Error, Op, Result};
use sockrates_harness::Mutant;

use super::fault::{Events, Fault, Right};
use super::faulty::mutant;

pub(super) fn all() -> Vec<Mutant> {
    vec![mutant::<Fails>(), mutant::<Ends>(), mutant::<StartsAnew>()]
}

/// How often it looks whether something has come.
const TURN: Duration = Duration::from_millis(5);

/// Two ends of a wire on which nothing is ever sent, to wait at.
struct Wire(Option<(UnixStream, UnixStream)>);

impl Default for Wire {
    fn default() -> Self {
        Self(UnixStream::pair().ok())
    }
}

impl Wire {
    /// Waits in a system call, and tells whether a signal has interrupted it.
    fn wait(&self, time: Duration) -> bool {
        let Some((wire, _)) = &self.0 else { return false };
        let mut wire = wire;
        let waited = wire.set_read_timeout(Some(time)).and_then(|()| wire.read(&mut [0]));
        waited.is_err_and(|error| error.kind() == ErrorKind::Interrupted)
    }

    /// Waits for the back end; at a signal, `interrupted` says with how much time it goes on, or
    /// how it ends.
    fn watch(
        &self,
        right: &Right,
        timeout: Option<Duration>,
        interrupted: impl Fn() -> Result<(), Result<Events>>,
    ) -> Result<Events> {
        let end = || timeout.and_then(|some| Instant::now().checked_add(some));
        let mut deadline = end();
        loop {
            let told = right.now()?;
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            if told.woken || !told.events.is_empty() || left == Some(Duration::ZERO) {
                return Ok(told.events);
            }
            if self.wait(left.map_or(TURN, |left| left.min(TURN))) {
                match interrupted() {
                    Ok(()) => deadline = end(),
                    Err(outcome) => return outcome,
                }
            }
        }
    }
}

#[derive(Default)]
struct Fails(Wire);

impl Fault for Fails {
    const NAME: &'static str = "interrupted-fails";
    const SAYS: &'static str = "a wait that a signal interrupts fails with EINTR";
    const FAILS: &'static [&'static str] =
        &["readiness.api.interrupted", "readiness.api.interrupted-timeout"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        self.0.watch(right, timeout, || Err(Err(Error::os(Op::Wait, Errno::EINTR))))
    }
}

#[derive(Default)]
struct Ends(Wire);

impl Fault for Ends {
    const NAME: &'static str = "interrupted-ends";
    const SAYS: &'static str = "a wait that a signal interrupts ends as if its time were over";
    const FAILS: &'static [&'static str] =
        &["readiness.api.interrupted", "readiness.api.interrupted-timeout"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        self.0.watch(right, timeout, || Err(Ok(Vec::new())))
    }
}

#[derive(Default)]
struct StartsAnew(Wire);

impl Fault for StartsAnew {
    const NAME: &'static str = "interrupted-starts-anew";
    const SAYS: &'static str = "a wait that a signal interrupts starts its timeout anew";
    const FAILS: &'static [&'static str] = &["readiness.api.interrupted-timeout"];

    fn wait(&self, right: &Right, timeout: Option<Duration>) -> Result<Events> {
        self.0.watch(right, timeout, || Ok(()))
    }
}
