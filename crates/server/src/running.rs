//! A server that serves in the background.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

use sockrates_core::{Addr, Error, Op, Result};

use crate::{Stopper, Summary};

/// A server that serves on a thread of its own. Dropping it stops it.
#[must_use = "dropping it stops the server"]
pub struct Running {
    addr: Addr,
    stopper: Stopper,
    serving: ThreadId,
    end: Mutex<End>,
}

enum End {
    Ahead(JoinHandle<Result<Summary>>),
    Reached(Result<Summary>),
}

impl Running {
    pub(crate) fn start(
        addr: Addr,
        stopper: Stopper,
        serve: impl FnOnce() -> Result<Summary> + Send + 'static,
    ) -> Result<Self> {
        let thread = thread::Builder::new().name("serve".to_owned()).spawn(serve);
        let thread = thread.map_err(|error| Error::from_io(Op::Accept, &error))?;
        let (serving, end) = (thread.thread().id(), Mutex::new(End::Ahead(thread)));
        Ok(Self { addr, stopper, serving, end })
    }

    /// The address that clients reach it at.
    #[doc(alias = "server_address")]
    #[must_use]
    pub fn addr(&self) -> &Addr {
        &self.addr
    }

    /// What stops it, for other threads and handlers.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Stops it: refuses new connections at once, lets live ones go on for the
    /// [grace](crate::Options::grace), then cuts them. Returns once nothing is left of it; again,
    /// it only tells the same summary.
    ///
    /// In a handler, call [`Stopper::stop`] instead: this would wait for the handler itself, as
    /// long as a cut connection is waited for.
    ///
    /// # Errors
    /// As in [`join`](Self::join).
    #[doc(alias = "shutdown")]
    #[doc(alias = "server_close")]
    pub fn stop(&self) -> Result<Summary> {
        self.stopper.stop();
        self.join()
    }

    /// Waits until somebody has stopped it and nothing is left of it.
    ///
    /// # Errors
    /// As in [`serve`](crate::StreamServer::serve). [`Error::Invalid`] on the serving thread itself
    /// (in [`service_actions`](crate::Handler::service_actions), in a protocol), which cannot wait
    /// for its own end; a [`stop`](Self::stop) is heard all the same.
    pub fn join(&self) -> Result<Summary> {
        if thread::current().id() == self.serving {
            let rule = "is its own end to wait for; call `Stopper::stop`, and return";
            return Err(Error::invalid("the serving thread", "", rule));
        }
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*end, End::Ahead(_)) {
            let lost = Err(Error::invalid("server", "", "its thread panicked"));
            if let End::Ahead(thread) = std::mem::replace(&mut *end, End::Reached(lost)) {
                if let Ok(reached) = thread.join() {
                    *end = End::Reached(reached);
                }
            }
        }
        match &*end {
            End::Reached(reached) => reached.clone(),
            End::Ahead(_) => Err(Error::os(Op::Wait, sockrates_core::Errno::EINVAL)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.stop();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("addr", &self.addr).field("stopper", &self.stopper).finish()
    }
}
