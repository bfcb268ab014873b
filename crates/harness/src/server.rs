//! Servers as the judge sees them: something that is started, talked to and stopped.
//!
//! Every server to judge serves the same thing, so that one set of clauses fits all, whatever their
//! policy or language: a connection carries lines, each of them an order that [`obey`] turns into
//! an [`Action`]. What the server is judged for is not what it answers, but how it accepts,
//! isolates, bounds, times out and stops.

use std::time::Duration;

use sockrates_core::{Addr, Kind, Result};

use crate::{Caps, Deviation, Trace, TransportSubject};

/// What a server does with one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sends these bytes.
    Reply(Vec<u8>),
    /// Ends the connection in order.
    Close,
    /// Ends the handler with an error.
    Fail,
    /// Panics. [`Caps::PANIC`]
    Panic,
    /// Aborts the process that handles it. [`Caps::PROCESSES`]
    Abort,
    /// Stops the server from within, then sends these bytes and goes on. [`Caps::STOP_WITHIN`]
    Stop(Vec<u8>),
}

/// What an order asks for: `order` is a line without its end, or a datagram.
///
/// | order | action |
/// |---|---|
/// | `close` | ends the connection |
/// | `fail` | the handler ends with an error |
/// | `panic` | the handler panics |
/// | `abort` | the handler's process aborts |
/// | `stop` | the handler stops the server, and answers |
/// | `fill N` | answers with a line of N times `x`, at most 1 MiB |
/// | anything else | is answered as it is |
///
/// Every answer is a line; in a datagram server it is the datagram, without the line's end.
#[must_use]
pub fn obey(order: &[u8]) -> Action {
    match order {
        b"close" => Action::Close,
        b"fail" => Action::Fail,
        b"panic" => Action::Panic,
        b"abort" => Action::Abort,
        b"stop" => Action::Stop(b"stop\n".to_vec()),
        other => Action::Reply(answer(other)),
    }
}

fn answer(order: &[u8]) -> Vec<u8> {
    let count = order
        .strip_prefix(b"fill ")
        .and_then(|number| std::str::from_utf8(number).ok())
        .and_then(|number| number.parse::<usize>().ok());
    let mut line = match count {
        Some(count) => vec![b'x'; count.min(FILL_MAX)],
        None => order.to_vec(),
    };
    line.push(b'\n');
    line
}

/// The longest order of the judge's, in bytes, its end included. A server may refuse longer ones.
pub const ORDER_MAX: usize = 4096;

/// The longest line that `fill` asks for, in bytes.
const FILL_MAX: usize = 1 << 20;

/// How a server is to be run.
#[derive(Clone, Copy, Debug)]
pub struct ServerConfig {
    /// How many connections may be served at once; the others wait. [`Caps::CAP`]
    pub connections_max: Option<usize>,
    /// How long a connection may be silent before it is closed. [`Caps::IDLE`]
    pub idle_timeout: Option<Duration>,
    /// How long live connections may go on once the server stops, before they are cut.
    pub grace: Duration,
}

impl Default for ServerConfig {
    /// No cap, no idle timeout, a grace of five seconds.
    fn default() -> Self {
        Self { connections_max: None, idle_timeout: None, grace: Duration::from_secs(5) }
    }
}

/// A server to judge.
///
/// ```
/// use sockrates_core::{Addr, Error, Op, Result};
/// use sockrates_harness::{Caps, ServerConfig, ServerSubject, Serving, TransportSubject};
///
/// struct Mine(Box<dyn TransportSubject>);
///
/// impl ServerSubject for Mine {
///     fn name(&self) -> &str { "mine" }
///     fn caps(&self) -> Caps { Caps::CONCURRENT }
///     fn clients(&self) -> &dyn TransportSubject { self.0.as_ref() }
///
///     fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
///         self.start_at(&Addr::from(([127, 0, 0, 1], 0)), config)
///     }
///
///     fn start_at(&self, addr: &Addr, _: &ServerConfig) -> Result<Box<dyn Serving>> {
///         // Here it starts, and has each line obeyed: `sockrates_harness::obey`.
///         Err(Error::Unsupported { op: Op::Listen })
///     }
/// }
/// ```
pub trait ServerSubject: Send + Sync {
    /// The name on the command line and in reports: lower case, with hyphens.
    fn name(&self) -> &str;

    /// What it is, in a line: whose, and what it speaks on which stack. `explain` says it.
    fn says(&self) -> &str {
        ""
    }

    /// What it can do.
    fn caps(&self) -> Caps;

    /// Whether it serves connections or datagrams.
    fn kind(&self) -> Kind {
        Kind::Stream
    }

    /// Starts a server on a free local address that obeys each line with [`obey`].
    ///
    /// # Errors
    /// Whatever kept the subject from starting it.
    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>>;

    /// Starts a server on this address, which was that of one that has stopped.
    ///
    /// # Errors
    /// As in [`start`](Self::start); `EADDRINUSE`.
    fn start_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Box<dyn Serving>>;

    /// The transport that its clients use. Those of a datagram server are sockets that are bound
    /// and not connected. [`Caps::SOCKET`], [`Caps::SENDTO`]
    fn clients(&self) -> &dyn TransportSubject;

    /// Known departures from the contract, each with exactly what is seen instead.
    fn deviations(&self) -> &[Deviation] {
        &[]
    }
}

/// A server that runs. Dropping it stops it.
pub trait Serving: Send + Sync {
    /// Where it listens; once it has stopped, where it did.
    fn addr(&self) -> Addr;

    /// Stops it: refuses new connections, lets live ones go on for the grace, then cuts them.
    /// Returns when nothing is left; again is no error.
    ///
    /// # Errors
    /// Whatever the server itself ended with.
    fn stop(&self) -> Result<()>;

    /// How many failures of handlers (errors, panics, aborts) its error hook was told.
    /// [`Caps::ERROR_HOOK`]
    fn failures(&self) -> usize {
        0
    }
}

/// A server in the hands of a check: starting, stopping and dropping it are in the trace.
///
/// Declare it before its clients, so that these are gone when it is dropped.
pub struct Server {
    inner: Option<Box<dyn Serving>>,
    addr: Addr,
    name: String,
    trace: Trace,
}

impl Server {
    pub(crate) fn new(inner: Box<dyn Serving>, name: String, trace: &Trace) -> Self {
        let addr = inner.addr();
        trace.note(&format!("{name} serves at {addr}"));
        Self { inner: Some(inner), addr, name, trace: trace.clone() }
    }

    /// Where it listens, as it told when it started.
    #[must_use]
    pub fn addr(&self) -> &Addr {
        &self.addr
    }

    /// Where it listens, as it tells now.
    #[must_use]
    pub fn addr_now(&self) -> Addr {
        self.inner.as_ref().map_or_else(|| self.addr.clone(), |serving| serving.addr())
    }

    /// Stops it, and returns when nothing is left.
    pub fn stop(&self) -> Result<()> {
        let stop = || self.inner.as_ref().map_or(Ok(()), |serving| serving.stop());
        self.trace.op(format_args!("{}.stop()", self.name), stop)
    }

    /// How many failures its error hook was told.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.inner.as_ref().map_or(0, |serving| serving.failures())
    }

    /// Drops it, which stops it.
    pub fn drop_now(self) {}
}

impl Drop for Server {
    fn drop(&mut self) {
        let inner = self.inner.take();
        // Noted as an operation, for it may be where a case hangs.
        let _ = self.trace.op(format_args!("drop({})", self.name), || {
            drop(inner);
            Ok(())
        });
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl std::fmt::Debug for dyn Serving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a server at {}", self.addr())
    }
}

impl std::fmt::Debug for dyn ServerSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_obeyed_or_echoed() {
        assert_eq!(obey(b"close"), Action::Close);
        assert_eq!(obey(b"fill 3"), Action::Reply(b"xxx\n".to_vec()));
        assert_eq!(obey(b"fill 3x"), Action::Reply(b"fill 3x\n".to_vec()));
        assert_eq!(obey(b""), Action::Reply(b"\n".to_vec()));
    }

    #[test]
    fn nobody_can_ask_for_more_than_the_maximum() {
        let Action::Reply(line) = obey(b"fill 18446744073709551615") else { panic!() };
        assert_eq!(line.len(), FILL_MAX + 1);
    }
}
