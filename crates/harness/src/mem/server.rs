//! The reference server: a thread for each connection, over the network in memory.
//!
//! Like a server on a kernel's sockets it takes a descriptor for each connection it serves, so that
//! running out of them can be judged here too.

mod conduct;
mod orders;
mod subject;

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Endpoint, Errno, Error, Op, Result, Shutdown, SocketOption};

use super::{MemNetwork, MemStream};
use crate::{ServerConfig, Serving};

pub(crate) use conduct::{Conduct, Right, open_nothing};
pub(crate) use orders::{Orders, Then};
pub(crate) use subject::Servers;

/// How a connection's handler ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// In order: the client has ended its side, or wanted the end.
    Done,
    /// The client has left without a word.
    Left,
    /// The client has broken the connection.
    Broken,
    /// It was silent for too long.
    Idle,
    /// The handler failed.
    Failed,
    /// The handler panicked.
    Panicked,
    /// The handler's process has aborted, for which in memory a thread stands.
    Aborted,
}

impl Ending {
    /// Whether the error hook is to be told.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Panicked | Self::Aborted)
    }
}

/// A server in memory. Each step that a mutant may do wrongly is its [`Conduct`]'s.
pub(crate) struct MemServer<C: Conduct> {
    pub(crate) listener: MemStream,
    pub(crate) config: ServerConfig,
    pub(crate) conduct: C,
    addr: Addr,
    failures: AtomicUsize,
    state: Mutex<State>,
    changed: Condvar,
}

/// What is going on in a server.
#[derive(Default)]
pub(crate) struct State {
    /// It takes no more connections.
    pub(crate) stopping: bool,
    /// Nobody accepts any more.
    pub(crate) accepts_no_more: bool,
    /// The connections that are served.
    pub(crate) live: BTreeMap<u64, Arc<MemStream>>,
    /// How many of the places for connections are taken.
    pub(crate) places_taken: usize,
    next: u64,
}

impl<C: Conduct> MemServer<C> {
    /// Listens at `addr`, and serves from then on.
    pub(crate) fn start(
        network: &MemNetwork,
        addr: &Addr,
        config: &ServerConfig,
    ) -> Result<Arc<Self>> {
        let conduct = C::default();
        let listener = network.socket();
        listener.set_option(SocketOption::ReuseAddress, 1)?;
        conduct.bind(&listener, addr)?;
        conduct.listen(&listener)?;
        let server = Arc::new(Self {
            addr: listener.local_addr()?,
            listener,
            config: *config,
            conduct,
            failures: AtomicUsize::new(0),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let accepting = Arc::clone(&server);
        spawn(move || {
            accepting.accept_all();
            accepting.change(|state| state.accepts_no_more = true);
        })?;
        Ok(server)
    }

    fn accept_all(self: &Arc<Self>) {
        while self.await_place() {
            let Ok((conn, _)) = self.listener.accept(Deadline::NEVER) else { break };
            let Some(descriptor) = self.conduct.descriptor(self) else { break };
            self.conduct.accepted(self, &conn);
            let (number, conn) = self.enter(conn);
            self.conduct.begin(self, number, conn, descriptor);
        }
    }

    /// Waits until there is a place for one more connection; false once the server stops.
    fn await_place(&self) -> bool {
        let state = self.wait_while(self.state(), Deadline::NEVER, |state| {
            !state.stopping && !self.conduct.has_place(&self.config, state.places_taken)
        });
        !state.stopping
    }

    fn enter(&self, conn: MemStream) -> (u64, Arc<MemStream>) {
        let conn = Arc::new(conn);
        self.change(|state| {
            state.next += 1;
            state.places_taken += 1;
            state.live.insert(state.next, Arc::clone(&conn));
            (state.next, conn)
        })
    }

    /// Serves one connection to its end, whatever its handler does.
    pub(crate) fn serve(&self, number: u64, conn: Arc<MemStream>, descriptor: File) {
        let handled = catch_unwind(AssertUnwindSafe(|| Orders::new(self, &conn).obey_all()));
        let ending = handled.unwrap_or(Ending::Panicked);
        self.conduct.tell(self, ending);
        self.conduct.close(self, &conn, ending);
        drop((conn, descriptor));
        self.change(|state| {
            state.live.remove(&number);
            let left = self.conduct.places_left(ending);
            state.places_taken = state.places_taken.saturating_sub(left);
        });
    }

    /// Tells the error hook of a failure.
    pub(crate) fn note_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes no more connections. Does not wait for anything, so that a handler may do it.
    pub(crate) fn refuse(&self) {
        self.change(|state| state.stopping = true);
        // Never fails: who is told twice finds it closed.
        let _ = self.listener.close();
    }

    /// Waits until no connection is served and nobody accepts any more; says whether that came in
    /// time.
    pub(crate) fn drained(&self, deadline: Deadline) -> bool {
        self.wait_until(deadline, |state| state.live.is_empty() && state.accepts_no_more)
    }

    /// Waits until `quiet`; says whether that came in time.
    pub(crate) fn wait_until(&self, deadline: Deadline, quiet: impl Fn(&State) -> bool) -> bool {
        quiet(&self.wait_while(self.state(), deadline, |state| !quiet(state)))
    }

    /// Cuts every connection, which wakes its handler.
    pub(crate) fn cut_all(&self) {
        for conn in self.state().live.values() {
            // One that has ended by itself meanwhile is no concern.
            let _ = conn.shutdown(Shutdown::Both);
        }
    }

    /// Changes the state, and wakes who waits for that.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let value = work(&mut self.state());
        self.changed.notify_all();
        value
    }

    /// Waits a while, at most until the server stops or a connection ends.
    pub(crate) fn pause(&self, pause: Duration) {
        let live = self.state().live.len();
        let deadline = Deadline::after(pause);
        drop(self.wait_while(self.state(), deadline, |state| {
            !state.stopping && state.live.len() >= live
        }));
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        deadline: Deadline,
        busy: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        while busy(&state) {
            state = match deadline.remaining() {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state
    }
}

/// A server in memory that runs.
pub(crate) struct Running<C: Conduct>(pub(crate) Arc<MemServer<C>>);

impl<C: Conduct> Serving for Running<C> {
    fn addr(&self) -> Addr {
        self.0.conduct.addr(&self.0.addr, &self.0.listener)
    }

    fn stop(&self) -> Result<()> {
        self.0.conduct.stop(&self.0)
    }

    fn failures(&self) -> usize {
        self.0.failures.load(Ordering::Relaxed)
    }
}

impl<C: Conduct> Drop for Running<C> {
    fn drop(&mut self) {
        self.0.conduct.dropped(&self.0);
    }
}

/// Starts a thread that nobody joins: who waits for it waits for what it changes.
pub(crate) fn spawn(work: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = thread::Builder::new().spawn(work);
    thread.map(drop).map_err(|_| Error::os(Op::Accept, Errno::EAGAIN))
}
