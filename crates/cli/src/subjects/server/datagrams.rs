//! Servers of datagrams.

use sockrates_core::{Addr, Kind, Result};
use sockrates_harness::{
    Action, Caps, ServerConfig, ServerSubject, Serving, TransportSubject, obey,
};
use sockrates_server::{
    Datagram, DatagramHandler, DatagramServer, Failure, Options, Processes, Sequential, Threads,
};

use super::obedience::{Failures, give_up};
use super::{Background, PROCESSES_MAX, THREADS_MAX};
use crate::subjects::udp::Udp;

/// By whom datagrams are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Sequential,
    Threads,
    Processes,
}

/// `sockrates-server` over UDP.
pub(super) struct Datagrams {
    name: &'static str,
    policy: Policy,
}

impl Datagrams {
    pub(super) const ALL: [Self; 3] = [
        Self { name: "server-udp", policy: Policy::Sequential },
        Self { name: "server-udp-threads", policy: Policy::Threads },
        Self { name: "server-udp-processes", policy: Policy::Processes },
    ];
}

impl ServerSubject for Datagrams {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match self.policy {
            Policy::Sequential => "sockrates-server, one request at a time: UDP over IPv4",
            Policy::Threads => "sockrates-server, a thread a request: UDP over IPv4",
            Policy::Processes => "sockrates-server, a process a request: UDP over IPv4",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Datagram
    }

    fn caps(&self) -> Caps {
        let all = Caps::STOP_WITHIN | Caps::PANIC | Caps::ERROR_HOOK;
        match self.policy {
            Policy::Sequential => all,
            Policy::Threads => all | Caps::CONCURRENT,
            Policy::Processes => all | Caps::CONCURRENT | Caps::PROCESSES,
        }
    }

    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        self.start_at(&self.clients().any_addr()?, config)
    }

    fn start_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        let options = Options { grace: config.grace, ..Options::default() };
        let server = DatagramServer::bind_with(addr.clone(), &options)?;
        let addr = server.local_addr()?;
        let failures = Failures::default();
        let handler = ObedientToDatagrams(failures.clone());
        let running = match self.policy {
            Policy::Sequential => server.spawn(Sequential::new(), handler),
            Policy::Threads => server.spawn(Threads::new(THREADS_MAX), handler),
            Policy::Processes => server.spawn(Processes::new(PROCESSES_MAX), handler),
        };
        Ok(Box::new(Background { running: running?, addr, failures }))
    }

    fn clients(&self) -> &dyn TransportSubject {
        &Udp::V4
    }
}

/// Obeys each datagram.
#[derive(Default)]
pub(super) struct ObedientToDatagrams(Failures);

impl DatagramHandler for ObedientToDatagrams {
    fn handle(&self, datagram: &mut Datagram) -> Result<()> {
        match obey(datagram.bytes()) {
            Action::Reply(line) => reply(datagram, &line),
            Action::Stop(line) => {
                datagram.stopper().stop();
                reply(datagram, &line)
            }
            Action::Close => Ok(()),
            other => give_up(&other),
        }
    }

    fn error(&self, failure: &Failure) {
        self.0.note(failure);
    }
}

/// An answer is a line; as a datagram it needs no end.
fn reply(datagram: &Datagram, line: &[u8]) -> Result<()> {
    datagram.reply(line.strip_suffix(b"\n").unwrap_or(line))
}
