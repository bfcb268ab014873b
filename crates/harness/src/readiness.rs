//! Readiness as the judge sees it: a back end that watches many ends at once.

use std::time::{Duration, Instant};

use sockrates_core::{Endpoint, Error, Op, Ready, Result};

use crate::{Caps, Conn, Deviation, Trace, TransportSubject};

/// Something that waits for many sockets at once: `select`, `poll`, `epoll`, or what is built on
/// them.
///
/// An end is told by its descriptor ([`Endpoint::fileno`]), or by whatever else the back end knows
/// it by. The clauses need one of each end at a time; a back end that keeps a list does so itself.
pub trait Readiness: Send + Sync {
    /// Watches `end` for `interest`; what is ready is told under `key`.
    ///
    /// # Errors
    /// Where `end` is watched already; [`Error::Unsupported`] for a `trigger` that it has not.
    fn register(
        &self,
        end: &dyn Endpoint,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()>;

    /// Changes what `end` is watched for; a one-shot that has told is armed again.
    ///
    /// # Errors
    /// Where `end` is not watched.
    fn modify(&self, end: &dyn Endpoint, interest: Ready, trigger: Trigger, key: u64)
    -> Result<()>;

    /// Watches `end` no more.
    ///
    /// # Errors
    /// Where `end` is not watched.
    fn unregister(&self, end: &dyn Endpoint) -> Result<()>;

    /// Waits until something is ready or `timeout` has passed (`None` waits as long as it takes,
    /// zero does not wait), and tells each end that is ready once, with what it is ready for.
    ///
    /// # Errors
    /// The back end's own.
    fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>>;

    /// Makes the wait of another thread return, or the next one. [`Caps::WAKE`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared.
    fn wake(&self) -> Result<()> {
        Err(Error::Unsupported { op: Op::Wait })
    }

    /// The back end as an end that can be watched in its turn. [`Caps::NESTING`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared.
    fn as_endpoint(&self) -> Result<&dyn Endpoint> {
        Err(Error::Unsupported { op: Op::Wait })
    }
}

/// When a back end tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// As long as the end is ready.
    Level,
    /// Once for each arrival. [`Caps::EDGE`]
    Edge,
    /// Once, until it is modified. [`Caps::ONESHOT`]
    OneShot,
}

/// A readiness back end to judge, and the sockets to judge it with.
pub trait ReadinessSubject: Send + Sync {
    /// The name on the command line and in reports: lower case, with hyphens.
    fn name(&self) -> &str;

    /// What it can do, beside what its sockets can.
    fn caps(&self) -> Caps;

    /// A fresh back end that watches nothing.
    ///
    /// # Errors
    /// Whatever kept the subject from making it.
    fn readiness(&self) -> Result<Box<dyn Readiness>>;

    /// The stream transport whose ends are watched; they have to be endpoints.
    fn sockets(&self) -> &dyn TransportSubject;

    /// Known departures from the contract, each with exactly what is seen instead.
    fn deviations(&self) -> &[Deviation] {
        &[]
    }
}

impl std::fmt::Debug for dyn ReadinessSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A back end in the hands of a check: every operation is in the trace, and no wait is forgotten.
pub struct Poller {
    inner: Box<dyn Readiness>,
    trace: Trace,
}

impl Poller {
    pub(crate) fn new(inner: Box<dyn Readiness>, trace: &Trace) -> Self {
        Self { inner, trace: trace.clone() }
    }

    /// Watches `end` as long as it is ready.
    pub fn register(&self, end: &Conn, interest: Ready, key: u64) -> Result<()> {
        self.register_with(end, interest, Trigger::Level, key)
    }

    /// Watches `end`, telling as `trigger` says.
    pub fn register_with(
        &self,
        end: &Conn,
        interest: Ready,
        trigger: Trigger,
        key: u64,
    ) -> Result<()> {
        let what = format_args!("register({}, {interest:?}, {trigger:?}) as {key}", end.name());
        self.trace.op(what, || self.inner.register(end.untraced_endpoint(), interest, trigger, key))
    }

    /// Changes what `end` is watched for.
    pub fn modify(&self, end: &Conn, interest: Ready, trigger: Trigger, key: u64) -> Result<()> {
        let what = format_args!("modify({}, {interest:?}, {trigger:?}) as {key}", end.name());
        self.trace.op(what, || self.inner.modify(end.untraced_endpoint(), interest, trigger, key))
    }

    /// Watches `end` no more.
    pub fn unregister(&self, end: &Conn) -> Result<()> {
        let what = format_args!("unregister({})", end.name());
        self.trace.op(what, || self.inner.unregister(end.untraced_endpoint()))
    }

    /// Waits, and tells what is ready.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        self.trace.op(format_args!("wait({timeout:?})"), || self.inner.wait(timeout))
    }

    /// What is ready now.
    pub fn now(&self) -> Result<Vec<(u64, Ready)>> {
        self.wait(Some(Duration::ZERO))
    }

    /// Waits, and tells how long that took.
    pub fn timed_wait(&self, timeout: Option<Duration>) -> Result<(Duration, Vec<(u64, Ready)>)> {
        let begun = Instant::now();
        let ready = self.wait(timeout)?;
        Ok((begun.elapsed(), ready))
    }

    /// Makes the wait of another thread return, or the next one.
    pub fn wake(&self) -> Result<()> {
        self.trace.op("wake()", || self.inner.wake())
    }

    /// The back end itself.
    #[must_use]
    pub fn inner(&self) -> &dyn Readiness {
        self.inner.as_ref()
    }
}

impl std::fmt::Debug for Poller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poller").finish_non_exhaustive()
    }
}
