//! What a server does with a connection's bytes, without a socket.

use sockrates_core::{Addr, Error, Result};

use crate::{Failure, Output};

/// What a server does with one connection's bytes: it is told what happened, and says what to send.
/// It never waits, so that an [`EventLoop`](crate::EventLoop) serves thousands on one thread;
/// [`Driven`](crate::Driven) has it served by threads or processes too.
///
/// ```
/// use sockrates_core::Result;
/// use sockrates_server::{EventLoop, Output, Protocol, StreamServer};
///
/// /// Answers each line with its length.
/// struct Lengths;
///
/// impl Protocol for Lengths {
///     fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize> {
///         let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(0) };
///         out.send(format!("{end}\n").as_bytes());
///         Ok(end + 1)
///     }
/// }
///
/// let server = StreamServer::bind(("127.0.0.1", 0))?;
/// let running = server.spawn(EventLoop::new(), || Lengths)?;
/// # running.stop()?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// Source: Python `asyncio.Protocol`, which has to keep what is incomplete itself.
pub trait Protocol: Send + 'static {
    /// The connection is there.
    ///
    /// # Errors
    /// Any; the connection is closed.
    fn opened(&mut self, out: &mut Output) -> Result<()> {
        let _ = out;
        Ok(())
    }

    /// Takes from the start of `bytes`, which are all that have arrived and were not taken yet, and
    /// returns how many it has taken. With 0 it is called again when there are more; else at once
    /// with the rest, unless [`out` is full](Output::is_full): then once the client has read its
    /// answers. So taking one request at a time bounds the memory that a client can fill.
    ///
    /// # Errors
    /// Any; what was sent before is delivered, then the connection is closed.
    #[doc(alias = "data_received")]
    fn received(&mut self, bytes: &[u8], out: &mut Output) -> Result<usize>;

    /// The client has ended its side, after `rest`, which nobody took. The connection is closed
    /// when what is sent now, and was before, is delivered.
    ///
    /// # Errors
    /// Any; it is told to the error hook.
    #[doc(alias = "eof_received")]
    fn ended(&mut self, rest: &[u8], out: &mut Output) -> Result<()> {
        let _ = (rest, out);
        Ok(())
    }

    /// The connection is over: in order, or for the `error` that this protocol returned, or because
    /// the client was lost, a limit has passed ([`Error::TimedOut`]) or the grace is over
    /// (`ECONNABORTED`). The last call, but for a protocol that has panicked.
    #[doc(alias = "connection_lost")]
    fn closed(&mut self, error: Option<&Error>) {
        let _ = error;
    }

    /// How many bytes, arrived without one of them being taken, are too many: a client that has
    /// sent them is closed. 64 KiB unless overridden.
    fn window_max(&self) -> usize {
        64 * 1024
    }
}

/// Makes the protocol of each connection; a closure that returns one does.
///
/// The other methods are those of [`Handler`](crate::Handler).
pub trait Protocols: Send + Sync + 'static {
    /// What serves a connection.
    type Protocol: Protocol;

    /// The protocol of a new connection from `peer`.
    fn protocol(&self, peer: &Addr) -> Self::Protocol;

    /// Whether the client at `peer` is served at all.
    #[doc(alias = "verify_request")]
    fn verify(&self, peer: &Addr) -> bool {
        let _ = peer;
        true
    }

    /// Is told what failed. Unless overridden it writes a line to standard error.
    #[doc(alias = "handle_error")]
    fn error(&self, failure: &Failure) {
        eprintln!("{failure}");
    }

    /// Called every [`tick`](crate::Options::tick), by the serving thread: be brief.
    fn service_actions(&self) {}
}

impl<F, P> Protocols for F
where
    F: Fn() -> P + Send + Sync + 'static,
    P: Protocol,
{
    type Protocol = P;

    fn protocol(&self, _: &Addr) -> P {
        self()
    }
}
