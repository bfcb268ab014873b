//! The servers in memory as subjects.

use std::marker::PhantomData;
use std::time::Duration;

use sockrates_core::{Addr, Deadline, Result};

use super::{Conduct, MemServer, Right, Running};
use crate::mem::subject::Streams;
use crate::mem::{MemNetwork, STREAM_CAPS};
use crate::{Caps, Conn, ServerConfig, ServerSubject, Serving, TransportSubject};

/// What a server in memory can do.
const CAPS: Caps = Caps::CAP
    .and(Caps::IDLE)
    .and(Caps::STOP_WITHIN)
    .and(Caps::PANIC)
    .and(Caps::ERROR_HOOK)
    .and(Caps::CONCURRENT)
    .and(Caps::FD);

/// How long what is missing is waited for: in memory a long time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(1);

/// Servers in memory that conduct themselves as `C` says, and their clients.
pub(crate) struct Servers<C> {
    name: &'static str,
    more: Caps,
    clients: Clients,
    conduct: PhantomData<fn() -> C>,
}

impl Servers<Right> {
    /// The reference.
    pub(crate) fn reference() -> Self {
        Self::new("mem-server", Caps::NONE)
    }
}

impl<C: Conduct> Servers<C> {
    /// Servers called `name` that can do `more` than the others.
    pub(crate) fn new(name: &'static str, more: Caps) -> Self {
        let network = MemNetwork::default();
        Self { name, more, clients: Clients(Streams::within(network)), conduct: PhantomData }
    }
}

impl<C: Conduct> ServerSubject for Servers<C> {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        "the judge's own reference: a server of connections in memory"
    }

    fn caps(&self) -> Caps {
        CAPS | self.more
    }

    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        self.start_at(&Addr::Token(0), config)
    }

    fn start_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        let server = MemServer::<C>::start(self.clients.0.network(), addr, config)?;
        Ok(Box::new(Running(server)))
    }

    fn clients(&self) -> &dyn TransportSubject {
        &self.clients
    }
}

/// The reference streams, with the patience of who talks to a mutant.
struct Clients(Streams);

impl TransportSubject for Clients {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn caps(&self) -> Caps {
        STREAM_CAPS
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        self.0.pair()
    }

    fn connect(&self, to: &Addr, deadline: Deadline) -> Result<Conn> {
        self.0.connect(to, deadline)
    }

    fn socket(&self) -> Result<Conn> {
        self.0.socket()
    }

    fn clog_bytes(&self) -> usize {
        self.0.clog_bytes()
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
