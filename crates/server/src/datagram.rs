//! One datagram, and the answers to it.

use std::fmt;
use std::io::IoSlice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Errno, Error, Framing, Op, Result, SendFlags};
use sockrates_socket::Socket;

use crate::order;
use crate::{Failure, Stopper};

/// What a server does with a datagram. One handler serves them all, several at once.
///
/// For each datagram: [`verify`](Self::verify), [`handle`](Self::handle), then, if one of them
/// failed, [`error`](Self::error). A closure of a datagram is a handler too.
///
/// Source: Python `socketserver.DatagramRequestHandler`.
#[doc(alias = "DatagramRequestHandler")]
pub trait DatagramHandler: Send + Sync + 'static {
    /// Whether a datagram from `peer` is served at all; if not, it is dropped.
    #[doc(alias = "verify_request")]
    fn verify(&self, peer: &Addr, bytes: &[u8]) -> bool {
        let _ = (peer, bytes);
        true
    }

    /// Serves a datagram. An answer is sent where it says so, and no other (Python always answers).
    ///
    /// # Errors
    /// Any; it is told to [`error`](Self::error).
    fn handle(&self, datagram: &mut Datagram) -> Result<()>;

    /// Is told what failed. Unless overridden it writes a line to standard error.
    #[doc(alias = "handle_error")]
    fn error(&self, failure: &Failure) {
        eprintln!("{failure}");
    }

    /// Called every [`tick`](crate::Options::tick), by the thread that receives: be brief.
    fn service_actions(&self) {}
}

impl<F> DatagramHandler for F
where
    F: Fn(&mut Datagram) -> Result<()> + Send + Sync + 'static,
{
    fn handle(&self, datagram: &mut Datagram) -> Result<()> {
        self(datagram)
    }
}

/// A handler that others hold too, to look at what it has gathered.
impl<H: DatagramHandler + ?Sized> DatagramHandler for Arc<H> {
    fn verify(&self, peer: &Addr, bytes: &[u8]) -> bool {
        (**self).verify(peer, bytes)
    }

    fn handle(&self, datagram: &mut Datagram) -> Result<()> {
        (**self).handle(datagram)
    }

    fn error(&self, failure: &Failure) {
        (**self).error(failure);
    }

    fn service_actions(&self) {
        (**self).service_actions();
    }
}

/// One datagram that a server received.
///
/// ```
/// use sockrates_server::{Datagram, DatagramServer, Sequential};
///
/// let server = DatagramServer::bind(("127.0.0.1", 0))?;
/// let echo = |datagram: &mut Datagram| datagram.reply(datagram.bytes());
/// let running = server.spawn(Sequential::new(), echo)?;
/// # running.stop()?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
#[doc(alias = "request")]
pub struct Datagram {
    pub(crate) letter: Letter,
    replies: Replies,
    stopper: Stopper,
}

/// What came in.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) bytes: Vec<u8>,
    pub(crate) peer: Addr,
    pub(crate) truncated: bool,
}

/// Where answers go.
pub(crate) enum Replies {
    /// To the server's own socket.
    Socket(Arc<Socket>),
    /// To the process that has it.
    Server(Mutex<Socket>),
}

impl Datagram {
    pub(crate) fn new(letter: Letter, replies: Replies, stopper: Stopper) -> Self {
        Self { letter, replies, stopper }
    }

    /// Its bytes; none is a datagram too.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.letter.bytes
    }

    /// Who sent it.
    #[doc(alias = "client_address")]
    #[must_use]
    pub fn peer(&self) -> &Addr {
        &self.letter.peer
    }

    /// Whether it was longer than [`datagram_max`](crate::Options::datagram_max), so that its tail
    /// is lost.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.letter.truncated
    }

    /// Sends `bytes` as one datagram to whoever sent this one, from the server's address.
    ///
    /// # Errors
    /// `EMSGSIZE` for more than a datagram holds; `EDESTADDRREQ` where the sender has no address to
    /// answer to (an unbound `AF_UNIX` socket); [`Error::TimedOut`] where the system does not take
    /// it within a second, as where an `AF_UNIX` client does not read. Served by
    /// [`Processes`](crate::Processes) the datagram goes by way of the server, where it may be lost
    /// instead, as any datagram may; only a [`Error::Frame`] for one that is far too long is told.
    pub fn reply(&self, bytes: &[u8]) -> Result<()> {
        if self.letter.peer == Addr::Unnamed {
            return Err(Error::os(Op::Send, Errno::EDESTADDRREQ));
        }
        match &self.replies {
            Replies::Socket(socket) => {
                let soon = Deadline::after(REPLY_MAX);
                let (slices, to) = ([IoSlice::new(bytes)], Some(self.peer()));
                socket.send_by(&slices, to, SendFlags::NONE, soon).map(drop)
            }
            Replies::Server(socket) => {
                let frame = order::framing().encode(bytes);
                let frame = frame.map_err(|error| Error::Frame { error, peer: None })?.to_vec();
                socket.lock().unwrap_or_else(PoisonError::into_inner).send_all(&frame)
            }
        }
    }

    /// What stops the server.
    #[must_use]
    pub fn stopper(&self) -> &Stopper {
        &self.stopper
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopper.is_stopping()
    }
}

impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("peer", self.peer())
            .field("len", &self.bytes().len())
            .field("truncated", &self.truncated())
            .finish_non_exhaustive()
    }
}

/// How long an answer may wait for the system to take it.
const REPLY_MAX: Duration = Duration::from_secs(1);
