//! How a server in memory does each step. The default is right; a mutant overrides one.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Endpoint, Result, Stream};

use super::{Ending, MemServer, Orders, Then, spawn};
use crate::mem::MemStream;
use crate::{Action, ServerConfig};

/// How long to wait before a descriptor is asked for again, at first and at most.
const PAUSE_FIRST: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(200);

/// What the system calls the file that is always empty. Opening it takes a descriptor.
const NOTHING: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// The steps of a server.
pub(crate) trait Conduct: Default + Send + Sync + 'static {
    fn bind(&self, listener: &MemStream, addr: &Addr) -> Result<()> {
        listener.bind(addr)
    }

    fn listen(&self, listener: &MemStream) -> Result<()> {
        listener.listen(128)
    }

    /// Where it listens; `addr` was told when it started.
    fn addr(&self, addr: &Addr, _listener: &MemStream) -> Addr {
        addr.clone()
    }

    /// Whether one more connection may be served.
    fn has_place(&self, config: &ServerConfig, taken: usize) -> bool {
        config.connections_max.is_none_or(|max| taken < max)
    }

    /// The descriptor of a connection: waits until there is one; none once the server stops.
    fn descriptor(&self, server: &MemServer<Self>) -> Option<File> {
        let mut pause = PAUSE_FIRST;
        loop {
            if let Ok(file) = open_nothing() {
                return Some(file);
            }
            if server.state().stopping {
                return None;
            }
            server.pause(pause);
            pause = PAUSE_MAX.min(pause * 2);
        }
    }

    /// A connection was accepted.
    fn accepted(&self, _server: &MemServer<Self>, _conn: &MemStream) {}

    /// Has the connection served.
    fn begin(
        &self,
        server: &Arc<MemServer<Self>>,
        number: u64,
        conn: Arc<MemStream>,
        descriptor: File,
    ) {
        let server = Arc::clone(server);
        // Without a thread the connection is dropped, as every connection is in the end.
        let _ = spawn(move || server.serve(number, conn, descriptor));
    }

    /// Until when a client may be silent: it said something last at `last`, was accepted at `begun`
    /// and has had its last whole order at `obeyed`.
    fn silent_until(
        &self,
        config: &ServerConfig,
        _begun: Instant,
        last: Instant,
        _obeyed: Instant,
    ) -> Deadline {
        match config.idle_timeout {
            Some(timeout) => Deadline::at(last + timeout),
            None => Deadline::NEVER,
        }
    }

    /// Bytes have come; they stand at the end of what has not been obeyed yet.
    fn received(&self, _orders: &mut Orders<'_, Self>, _len: usize) -> Then {
        Then::GoOn
    }

    /// An order was obeyed.
    fn obeyed(&self, _orders: &mut Orders<'_, Self>) -> Then {
        Then::GoOn
    }

    /// Does what an order asks for.
    fn act(&self, orders: &Orders<'_, Self>, action: Action) -> Then {
        orders.act(action)
    }

    fn answer(&self, conn: &MemStream, line: &[u8]) -> Result<()> {
        conn.send_all(line, Deadline::NEVER)
    }

    /// A handler wants the server to stop.
    fn stop_within(&self, server: &MemServer<Self>) {
        self.refuse(server);
    }

    /// Takes no more connections.
    fn refuse(&self, server: &MemServer<Self>) {
        server.refuse();
    }

    /// Tells the error hook how a handler ended, where that was a failure.
    fn tell(&self, server: &MemServer<Self>, ending: Ending) {
        if ending.is_failure() {
            server.note_failure();
        }
    }

    /// A connection is about to be dropped, which closes it.
    fn close(&self, _server: &MemServer<Self>, _conn: &Arc<MemStream>, _ending: Ending) {}

    /// How many places a connection leaves when it ends.
    fn places_left(&self, _ending: Ending) -> usize {
        1
    }

    /// Refuses new connections, lets live ones go on for the grace, then cuts them.
    fn stop(&self, server: &MemServer<Self>) -> Result<()> {
        self.refuse(server);
        if !server.drained(Deadline::after(server.config.grace)) {
            server.cut_all();
            server.drained(Deadline::NEVER);
        }
        Ok(())
    }

    /// The server was dropped.
    fn dropped(&self, server: &MemServer<Self>) {
        // It never fails, and nobody is left to be told.
        let _ = self.stop(server);
    }
}

/// Every step as it should be.
#[derive(Default)]
pub(crate) struct Right;

impl Conduct for Right {}

/// Takes a descriptor.
pub(crate) fn open_nothing() -> io::Result<File> {
    File::open(NOTHING)
}
