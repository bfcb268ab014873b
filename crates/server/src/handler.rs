//! What a server does with a connection.

use std::sync::Arc;

use sockrates_core::{Addr, Result};

use crate::{Connection, Failure};

/// What a server does with a connection. One handler serves them all, several at once: what belongs
/// to one connection are the variables of [`handle`](Self::handle), what they share needs a lock.
///
/// For each connection, in this order: [`verify`](Self::verify), [`setup`](Self::setup),
/// [`handle`](Self::handle), [`finish`](Self::finish), then, if one of them failed,
/// [`error`](Self::error); then the sending side is shut down and the connection closed. Whatever
/// fails or panics ends that connection and nothing else.
///
/// A closure of a connection is a handler too:
/// ```
/// use sockrates_server::{Connection, Sequential, StreamServer};
///
/// let server = StreamServer::bind(("127.0.0.1", 0))?;
/// let running = server.spawn(Sequential::new(), |conn: &mut Connection| conn.send_all(b"hi\n"))?;
/// # running.stop()?;
/// # Ok::<(), sockrates_core::Error>(())
/// ```
///
/// Source: Python `socketserver.BaseRequestHandler` and `BaseServer`.
#[doc(alias = "BaseRequestHandler")]
#[doc(alias = "StreamRequestHandler")]
pub trait Handler: Send + Sync + 'static {
    /// Whether the client at `peer` is served at all; if not, it is closed without a word.
    #[doc(alias = "verify_request")]
    fn verify(&self, peer: &Addr) -> bool {
        let _ = peer;
        true
    }

    /// Prepares a connection.
    ///
    /// # Errors
    /// Any; then neither [`handle`](Self::handle) nor [`finish`](Self::finish) is called.
    fn setup(&self, conn: &mut Connection) -> Result<()> {
        let _ = conn;
        Ok(())
    }

    /// Serves a connection, from its first request to its last.
    ///
    /// # Errors
    /// Any; it is told to [`error`](Self::error).
    fn handle(&self, conn: &mut Connection) -> Result<()>;

    /// Winds up a connection, whatever became of [`handle`](Self::handle).
    ///
    /// # Errors
    /// Any; it is told to [`error`](Self::error).
    fn finish(&self, conn: &mut Connection) -> Result<()> {
        let _ = conn;
        Ok(())
    }

    /// Is told what failed. Unless overridden it writes a line to standard error.
    #[doc(alias = "handle_error")]
    fn error(&self, failure: &Failure) {
        eprintln!("{failure}");
    }

    /// Called every [`tick`](crate::Options::tick), by the serving thread: be brief.
    fn service_actions(&self) {}
}

impl<F> Handler for F
where
    F: Fn(&mut Connection) -> Result<()> + Send + Sync + 'static,
{
    fn handle(&self, conn: &mut Connection) -> Result<()> {
        self(conn)
    }
}

/// A handler that others hold too, to look at what it has gathered.
impl<H: Handler + ?Sized> Handler for Arc<H> {
    fn verify(&self, peer: &Addr) -> bool {
        (**self).verify(peer)
    }

    fn setup(&self, conn: &mut Connection) -> Result<()> {
        (**self).setup(conn)
    }

    fn handle(&self, conn: &mut Connection) -> Result<()> {
        (**self).handle(conn)
    }

    fn finish(&self, conn: &mut Connection) -> Result<()> {
        (**self).finish(conn)
    }

    fn error(&self, failure: &Failure) {
        (**self).error(failure);
    }

    fn service_actions(&self) {
        (**self).service_actions();
    }
}
