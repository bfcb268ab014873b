//! Readiness as the judge sees it: a back end that watches many ends at once.

use std::fmt;
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
    /// As long as the end is ready, to one or a few of the back ends that watch it so, not to all.
    /// [`Caps::EXCLUSIVE`]
    Exclusive,
}

/// A readiness back end to judge, and the sockets to judge it with.
///
/// A back end that knows ends by their descriptors is plugged in like this, where `reactor` is the
/// library under judgement and `SOCKETS` a transport, plugged in as [`TransportSubject`] says:
///
/// ```
/// # mod reactor {
/// #     use std::time::Duration;
/// #     use sockrates_core::{Errno, Error, Op, Ready, Result};
/// #     use sockrates_harness::Trigger;
/// #     pub struct Reactor;
/// #     impl Reactor {
/// #         pub fn watch(&self, _: i64, _: Ready, trigger: Trigger, _: u64) -> Result<()> {
/// #             match trigger {
/// #                 Trigger::Level => Ok(()),
/// #                 _ => Err(Error::Unsupported { op: Op::Wait }),
/// #             }
/// #         }
/// #         pub fn forget(&self, _fd: i64) -> Result<()> { Ok(()) }
/// #         pub fn poll(&self, _timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
/// #             Ok(Vec::new())
/// #         }
/// #     }
/// #     pub fn fd(end: &dyn sockrates_core::Endpoint) -> Result<i64> {
/// #         end.fileno().ok_or(Error::os(Op::Wait, Errno::EBADF))
/// #     }
/// # }
/// # use sockrates_core::{Endpoint, Ready, Result};
/// # use sockrates_harness::{Caps, Conn, Readiness, ReadinessSubject, Subject, TransportSubject};
/// # use sockrates_harness::{Trigger, mem};
/// # use std::time::Duration;
/// # use reactor::{Reactor, fd};
/// # struct Sockets;
/// # impl TransportSubject for Sockets {
/// #     fn name(&self) -> &str { "sockets" }
/// #     fn caps(&self) -> Caps { Caps::NONE }
/// #     fn pair(&self) -> Result<(Conn, Conn)> {
/// #         mem::stream_pair().map(|(a, b)| (Conn::plain(a), Conn::plain(b)))
/// #     }
/// # }
/// # const SOCKETS: Sockets = Sockets;
/// struct Mine(Reactor);
///
/// impl Readiness for Mine {
///     fn register(&self, end: &dyn Endpoint, to: Ready, how: Trigger, key: u64) -> Result<()> {
///         self.0.watch(fd(end)?, to, how, key)
///     }
///     fn modify(&self, end: &dyn Endpoint, to: Ready, how: Trigger, key: u64) -> Result<()> {
///         self.0.watch(fd(end)?, to, how, key)
///     }
///     fn unregister(&self, end: &dyn Endpoint) -> Result<()> { self.0.forget(fd(end)?) }
///     fn wait(&self, limit: Option<Duration>) -> Result<Vec<(u64, Ready)>> { self.0.poll(limit) }
/// }
///
/// impl ReadinessSubject for Mine {
///     fn name(&self) -> &str { "mine" }
///     fn caps(&self) -> Caps { Caps::HANGUP }
///     fn readiness(&self) -> Result<Box<dyn Readiness>> { Ok(Box::new(Mine(Reactor))) }
///     fn sockets(&self) -> &dyn TransportSubject { &SOCKETS }
/// }
/// # assert_eq!(Subject::readiness(Mine(Reactor)).name(), "mine");
/// ```
///
/// `Subject::readiness(Mine(..))` then goes into [`Program`](crate::Program), or into
/// [`readiness_suite!`](crate::readiness_suite) for a `#[test]` of each clause. A trigger
/// that is not declared has to be refused ([`Error::Unsupported`]), as everything else is.
pub trait ReadinessSubject: Send + Sync {
    /// The name on the command line and in reports: lower case, with hyphens.
    fn name(&self) -> &str;

    /// What it is, in a line: whose, and what it speaks on which stack. `explain` says it.
    fn says(&self) -> &str {
        ""
    }

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

impl fmt::Debug for dyn ReadinessSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A back end in the hands of a check: every operation is in the trace, and no wait is forgotten.
pub struct Poller {
    inner: Box<dyn Readiness>,
    name: String,
    trace: Trace,
}

impl Poller {
    pub(crate) fn new(inner: Box<dyn Readiness>, name: String, trace: &Trace) -> Self {
        Self { inner, name, trace: trace.clone() }
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
        let (name, wanted) = (end.name(), Words(interest));
        self.op(format_args!("register({name}, {wanted}, {trigger:?}) as {key}"), || {
            self.inner.register(end.untraced_endpoint(), interest, trigger, key)
        })
    }

    /// Watches another back end, or itself. [`Caps::NESTING`]
    pub fn register_poller(&self, other: &Self, key: u64) -> Result<()> {
        self.op(format_args!("register({}) as {key}", other.name), || {
            let end = other.inner.as_endpoint()?;
            self.inner.register(end, Ready::READ, Trigger::Level, key)
        })
    }

    /// Changes what `end` is watched for.
    pub fn modify(&self, end: &Conn, interest: Ready, trigger: Trigger, key: u64) -> Result<()> {
        let (name, wanted) = (end.name(), Words(interest));
        self.op(format_args!("modify({name}, {wanted}, {trigger:?}) as {key}"), || {
            self.inner.modify(end.untraced_endpoint(), interest, trigger, key)
        })
    }

    /// Watches `end` no more.
    pub fn unregister(&self, end: &Conn) -> Result<()> {
        self.op(format_args!("unregister({})", end.name()), || {
            self.inner.unregister(end.untraced_endpoint())
        })
    }

    /// Waits, and tells what is ready.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Vec<(u64, Ready)>> {
        let what = timeout.map_or_else(|| "for ever".to_owned(), |some| format!("{some:?}"));
        self.op(format_args!("wait({what})"), || Ok(Events(self.inner.wait(timeout)?)))
            .map(|Events(told)| told)
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
        self.op(format_args!("wake()"), || self.inner.wake())
    }

    /// The back end itself.
    #[must_use]
    pub fn inner(&self) -> &dyn Readiness {
        self.inner.as_ref()
    }

    fn op<T: fmt::Debug>(
        &self,
        what: fmt::Arguments<'_>,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        self.trace.op(format_args!("{}.{what}", self.name), work)
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Readiness in words: "read+write", or "nothing".
pub(crate) struct Words(pub(crate) Ready);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ready { read, write, error, hangup } = self.0;
        let words = [(read, "read"), (write, "write"), (error, "error"), (hangup, "hangup")];
        let words: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        match words.is_empty() {
            true => f.write_str("nothing"),
            false => f.write_str(&words.join("+")),
        }
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a wait told, for the trace.
struct Events(Vec<(u64, Ready)>);

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(key, ready)| (key, Words(*ready)))).finish()
    }
}
