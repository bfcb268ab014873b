//! What is judged: a transport, a framing, a readiness back end or a server, behind a small plug.

use std::sync::Arc;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Error, Framing, Kind, Op, Result, Transport};

use crate::{Acceptor, Caps, Conn, Deviation, ReadinessSubject, ServerSubject};

/// Something to judge.
#[derive(Debug)]
pub enum Subject {
    /// A transport of bytes or messages.
    Transport(Arc<dyn TransportSubject>),
    /// A framing.
    Framing(Box<dyn FramingSubject>),
    /// A readiness back end.
    Readiness(Box<dyn ReadinessSubject>),
    /// A server.
    Server(Box<dyn ServerSubject>),
}

/// A transport to judge. Two methods and a list of capabilities are enough; the others add clauses.
///
/// The capabilities say which of the optional operations work. What is not declared is not judged,
/// but it has to answer [`Error::Unsupported`].
pub trait TransportSubject: Send + Sync {
    /// The name on the command line and in reports: lower case, with hyphens.
    fn name(&self) -> &str;

    /// What it is, in a line: whose, and what it speaks on which stack. `explain` says it.
    fn says(&self) -> &str {
        ""
    }

    /// What it can do.
    fn caps(&self) -> Caps;

    /// Two ends that talk to each other. Datagram ends that are not connected have addresses of
    /// their own.
    ///
    /// # Errors
    /// Whatever kept the subject from making them.
    fn pair(&self) -> Result<(Conn, Conn)>;

    /// Whether it carries bytes or messages.
    fn kind(&self) -> Kind {
        Kind::Stream
    }

    /// A listener on a free local address. [`Caps::LISTEN`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared.
    fn listen(&self) -> Result<Acceptor> {
        Err(Error::Unsupported { op: Op::Listen })
    }

    /// A new connection to `to`. [`Caps::CONNECT`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared; otherwise the error of the connection attempt.
    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        let _ = (to, deadline);
        Err(Error::Unsupported { op: Op::Connect })
    }

    /// A new connection to the first of `to` that answers; the deadline is for all of them
    /// together. [`Caps::CONNECT_ANY`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared; [`Error::Unreachable`] with the error of each
    /// address, in the order tried.
    fn connect_any(&self, to: &[Addr], deadline: Deadline) -> Result<Conn> {
        let _ = (to, deadline);
        Err(Error::Unsupported { op: Op::Connect })
    }

    /// A socket that is neither bound nor connected. [`Caps::SOCKET`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared.
    fn socket(&self) -> Result<Conn> {
        Err(Error::Unsupported { op: Op::Socket })
    }

    /// A local address to bind to that lets the subject choose the port. [`Caps::SOCKET`]
    ///
    /// # Errors
    /// [`Error::Unsupported`] unless declared.
    fn any_addr(&self) -> Result<Addr> {
        Err(Error::Unsupported { op: Op::Bind })
    }

    /// The index of the network interface on which its addresses are. [`Caps::MULTICAST`],
    /// [`Caps::CONTROL`]
    fn loopback(&self) -> u32 {
        1
    }

    /// Known departures from the contract, each with exactly what is seen instead.
    fn deviations(&self) -> &[Deviation] {
        &[]
    }

    /// Whether another implementation can be at the other end, so that `run --interop` judges them
    /// together: its ends talk by an address of the system, as is usual there. Unless it says
    /// otherwise, whatever has descriptors of the system does.
    fn interoperates(&self) -> bool {
        self.caps().contains(Caps::FD) || self.recipe().is_some()
    }

    /// Whether its sockets are another process's: then the signals, the descriptors and the use of
    /// the processor of this one tell nothing about them, and what looks at those is skipped.
    fn is_elsewhere(&self) -> bool {
        self.recipe().is_some()
    }

    /// How long a full queue of this transport may be: enough bytes to fill it many times over.
    fn clog_bytes(&self) -> usize {
        64 << 20
    }

    /// How long to wait for something that should happen at once, before it counts as missing.
    fn patience(&self) -> Duration {
        Duration::from_secs(3)
    }

    /// Called before each case: what an earlier one left is taken away.
    fn begin(&self) {}

    /// Why nothing that this case saw counts: what does the work is gone, or makes no sense.
    fn broken(&self) -> Option<String> {
        None
    }

    /// How another process makes this subject, where it is an agent's.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only the agents' client has one")]
    fn recipe(&self) -> Option<&crate::agent::Recipe> {
        None
    }
}

/// A framing to judge.
pub trait FramingSubject: Send + Sync {
    /// The name on the command line and in reports: lower case, with hyphens.
    fn name(&self) -> &str;

    /// What it is, in a line: whose, and what it speaks on which stack. `explain` says it.
    fn says(&self) -> &str {
        ""
    }

    /// The format, which selects the clauses of that format ("netstring"); "" where there are none.
    fn format(&self) -> &str {
        ""
    }

    /// The variant of the format, where its clauses have to know: of "length" the width, the order
    /// and what is counted ("u16", "u16-le", "u16-inclusive"), of "lines" their end ("lf", "crlf").
    fn variant(&self) -> &str {
        ""
    }

    /// A framing for bodies of up to `max` bytes, or as near as the format allows; its `max` tells.
    fn framing(&self, max: usize) -> Box<dyn Framing + Send>;

    /// A body of `len` bytes, or as near as this framing can carry, made of `bytes`, of which there
    /// are at least `len`.
    fn body(&self, len: usize, bytes: &[u8]) -> Vec<u8> {
        bytes[..len].to_vec()
    }

    /// Whether a frame's end shows in its bytes. A frame that is all there is has no end of its
    /// own.
    fn delimits(&self) -> bool {
        true
    }

    /// Known departures from the contract, each with exactly what is seen instead.
    fn deviations(&self) -> &[Deviation] {
        &[]
    }
}

impl Subject {
    /// A stream or datagram transport.
    pub fn transport(subject: impl TransportSubject + 'static) -> Self {
        Self::Transport(Arc::new(subject))
    }

    /// A framing.
    pub fn framing(subject: impl FramingSubject + 'static) -> Self {
        Self::Framing(Box::new(subject))
    }

    /// A readiness back end.
    pub fn readiness(subject: impl ReadinessSubject + 'static) -> Self {
        Self::Readiness(Box::new(subject))
    }

    /// A server.
    pub fn server(subject: impl ServerSubject + 'static) -> Self {
        Self::Server(Box::new(subject))
    }

    /// The transport that is judged, that a back end watches or that a server's clients use.
    pub(crate) fn ends(&self) -> Option<&dyn TransportSubject> {
        match self {
            Self::Transport(subject) => Some(subject.as_ref()),
            Self::Readiness(subject) => Some(subject.sockets()),
            Self::Server(subject) => Some(subject.clients()),
            Self::Framing(_) => None,
        }
    }

    /// A stream for which there is nothing but a way to make two connected ends.
    ///
    /// ```
    /// use sockrates_harness::{Caps, Subject, mem};
    /// let subject = Subject::pair("mine", Caps::HALF_CLOSE, mem::stream_pair);
    /// assert_eq!(subject.name(), "mine");
    /// ```
    pub fn pair<T>(
        name: &'static str,
        caps: Caps,
        make: impl Fn() -> Result<(T, T)> + Send + Sync + 'static,
    ) -> Self
    where
        T: Transport<Peer = ()> + Send + Sync + 'static,
    {
        Self::transport(Pair { name, caps, make })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Transport(subject) => subject.name(),
            Self::Framing(subject) => subject.name(),
            Self::Readiness(subject) => subject.name(),
            Self::Server(subject) => subject.name(),
        }
    }

    /// What it is, in a line; "" where it does not say.
    #[must_use]
    pub fn says(&self) -> &str {
        match self {
            Self::Transport(subject) => subject.says(),
            Self::Framing(subject) => subject.says(),
            Self::Readiness(subject) => subject.says(),
            Self::Server(subject) => subject.says(),
        }
    }

    /// What it can do, its sockets included; nothing is to be declared of a framing.
    #[must_use]
    pub fn caps(&self) -> Caps {
        match self {
            Self::Transport(subject) => subject.caps(),
            Self::Framing(_) => Caps::NONE,
            Self::Readiness(subject) => subject.caps() | subject.sockets().caps(),
            Self::Server(subject) => subject.caps() | subject.clients().caps(),
        }
    }

    /// The known departures from the contract.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        match self {
            Self::Transport(subject) => subject.deviations(),
            Self::Framing(subject) => subject.deviations(),
            Self::Readiness(subject) => subject.deviations(),
            Self::Server(subject) => subject.deviations(),
        }
    }
}

struct Pair<F> {
    name: &'static str,
    caps: Caps,
    make: F,
}

impl<F, T> TransportSubject for Pair<F>
where
    F: Fn() -> Result<(T, T)> + Send + Sync,
    T: Transport<Peer = ()> + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        self.name
    }

    fn caps(&self) -> Caps {
        self.caps
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        let (a, b) = (self.make)()?;
        Ok((Conn::plain(a), Conn::plain(b)))
    }
}

impl std::fmt::Debug for dyn TransportSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Debug for dyn FramingSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
