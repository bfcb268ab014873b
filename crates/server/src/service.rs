//! One connection, from its first hook to its last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sockrates_core::{Addr, Mode};
use sockrates_socket::Socket;

use crate::setting::Setting;
use crate::{Cause, Connection, Failure, Handler, Options, Stopper, isolate};

/// A handler, and what every connection of its server shares.
pub(crate) struct Service<H> {
    pub(crate) handler: H,
    pub(crate) options: Options,
    pub(crate) stopper: Stopper,
    pub(crate) refused: AtomicU64,
    pub(crate) failed: AtomicU64,
}

impl<H: Handler> Service<H> {
    pub(crate) fn new(handler: H, setting: &Setting) -> Self {
        let (options, stopper) = (setting.options.clone(), setting.stopper.clone());
        Self { handler, options, stopper, refused: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    /// Whether the handler wants this client.
    pub(crate) fn admits(&self, peer: &Addr) -> bool {
        match isolate::catch(|| self.handler.verify(peer)) {
            Ok(true) => true,
            Ok(false) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                false
            }
            Err(cause) => {
                self.fail(peer, cause);
                false
            }
        }
    }

    /// Serves one connection that was admitted.
    pub(crate) fn serve(&self, socket: Arc<Socket>, peer: Addr) {
        // What the process's default makes of an accepted socket must not make it fail at once.
        if socket.mode() == Mode::NonBlocking && socket.set_mode(Mode::Blocking).is_err() {
            return;
        }
        let limits = self.options.limits();
        let mut conn = Connection::new(socket, peer, limits, self.stopper.clone());
        for cause in serve_one(&self.handler, &mut conn) {
            self.fail(conn.peer(), cause);
        }
        conn.end();
    }

    pub(crate) fn fail(&self, peer: &Addr, cause: Cause) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.tell(&Failure::of(peer, cause));
    }

    /// Tells the handler's error hook; what that does wrong nobody is left to hear.
    pub(crate) fn tell(&self, failure: &Failure) {
        let _ = isolate::catch(|| self.handler.error(failure));
    }

    pub(crate) fn act(&self) {
        if let Err(cause) = isolate::catch(|| self.handler.service_actions()) {
            self.tell(&Failure::nobodys(cause));
        }
    }

    /// How many were refused, and how many failed.
    pub(crate) fn tally(&self) -> (u64, u64) {
        (self.refused.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

/// Calls the hooks of one connection in order, and returns what they did wrong.
pub(crate) fn serve_one<H: Handler>(handler: &H, conn: &mut Connection) -> Vec<Cause> {
    if let Err(cause) = isolate::call(|| handler.setup(conn)) {
        return vec![*cause];
    }
    let handled = isolate::call(|| handler.handle(conn));
    let finished = isolate::call(|| handler.finish(conn));
    [handled, finished].into_iter().filter_map(Result::err).map(|cause| *cause).collect()
}
