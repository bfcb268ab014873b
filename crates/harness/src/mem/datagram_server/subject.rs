//! The servers of datagrams in memory as subjects.

use std::marker::PhantomData;
use std::time::Duration;

use sockrates_core::{Addr, Kind, Result};

use super::{DatagramConduct, MemDatagramServer, RightDatagrams, RunningDatagrams};
use crate::mem::MemPost;
use crate::mem::subject::Datagrams;
use crate::{Caps, Conn, ServerConfig, ServerSubject, Serving, TransportSubject};

/// What a server of datagrams in memory can do.
const CAPS: Caps = Caps::STOP_WITHIN.and(Caps::PANIC).and(Caps::ERROR_HOOK);

/// How long what is missing is waited for: in memory a long time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(1);

/// Servers of datagrams in memory that conduct themselves as `C` says, and their clients.
pub(crate) struct DatagramServers<C> {
    name: &'static str,
    more: Caps,
    clients: Clients,
    conduct: PhantomData<fn() -> C>,
}

impl DatagramServers<RightDatagrams> {
    /// The reference.
    pub(crate) fn reference() -> Self {
        Self::new("mem-datagram-server", Caps::NONE)
    }
}

impl<C: DatagramConduct> DatagramServers<C> {
    /// Servers called `name` that can do `more` than the others.
    pub(crate) fn new(name: &'static str, more: Caps) -> Self {
        let clients = Datagrams::within(MemPost::default());
        Self { name, more, clients: Clients(clients), conduct: PhantomData }
    }
}

impl<C: DatagramConduct> ServerSubject for DatagramServers<C> {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        "the judge's own reference: a server of datagrams in memory"
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn caps(&self) -> Caps {
        CAPS | self.more
    }

    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        self.start_at(&Addr::Token(0), config)
    }

    fn start_at(&self, addr: &Addr, _: &ServerConfig) -> Result<Box<dyn Serving>> {
        let server = MemDatagramServer::<C>::start(&self.clients.0.post, addr)?;
        Ok(Box::new(RunningDatagrams(server)))
    }

    fn clients(&self) -> &dyn TransportSubject {
        &self.clients
    }
}

/// The reference datagrams, with the patience of who talks to a mutant.
struct Clients(Datagrams);

impl TransportSubject for Clients {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn caps(&self) -> Caps {
        self.0.caps()
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn pair(&self) -> Result<(Conn, Conn)> {
        self.0.pair()
    }

    fn socket(&self) -> Result<Conn> {
        self.0.socket()
    }

    fn any_addr(&self) -> Result<Addr> {
        self.0.any_addr()
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
