//! The subjects `server-*`: `sockrates-server` by each of its policies, over TCP and over a path.

use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sockrates_core::{Addr, Result};
use sockrates_harness::{Caps, ServerConfig, ServerSubject, Serving, Subject, TransportSubject};
use sockrates_server::{
    Driven, EventLoop, Options, Processes, Running, Sequential, StreamServer, Threads, enter_child,
    enter_datagram_child,
};
use sockrates_socket::ServerOptions;

use super::tcp::Tcp;
#[cfg(target_os = "linux")]
use super::unix::UnixConnections;
use datagrams::{Datagrams, ObedientToDatagrams};
use obedience::{Failures, Obedient, Obedients};

mod datagrams;
mod obedience;
mod std_server;

/// Every server of this workspace.
pub(super) fn subjects() -> Vec<Subject> {
    let tcp =
        |name, policy| Served { name, policy, place: Place::Inet, clients: Box::new(Tcp::V4) };
    let mut subjects = vec![
        tcp("server-sequential", Policy::Sequential),
        tcp("server-threads", Policy::Threads),
        tcp("server-processes", Policy::Processes),
        tcp("server-event-loop", Policy::EventLoop),
        tcp("server-driven", Policy::Driven),
        Served {
            name: "server-dual-stack",
            policy: Policy::EventLoop,
            place: Place::DualStack,
            clients: Box::new(Tcp::V6),
        },
    ];
    #[cfg(target_os = "linux")]
    subjects.push(Served {
        name: "server-unix",
        policy: Policy::Threads,
        place: Place::Path,
        clients: Box::new(UnixConnections::STREAM),
    });
    let datagrams = Datagrams::ALL.into_iter().map(Subject::server);
    subjects.into_iter().map(Subject::server).chain(datagrams).collect()
}

/// A peer to compare them with.
pub(super) fn peer() -> Subject {
    Subject::server(std_server::StdServer)
}

/// One that says of its place that it is of both versions, and is of IPv6 alone.
pub(crate) fn one_stack(name: &'static str) -> impl ServerSubject {
    let clients = Box::new(Tcp::V6);
    Served { name, policy: Policy::EventLoop, place: Place::OneStack, clients }
}

/// In a process that a server has started, serves and exits; elsewhere returns at once.
pub(crate) fn enter() {
    enter_child(&Obedient::default());
    enter_datagram_child(&ObedientToDatagrams::default());
}

/// By whom connections are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Sequential,
    Threads,
    Processes,
    EventLoop,
    /// The event loop's protocol, by threads.
    Driven,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Inet,
    DualStack,
    /// Wrongly taken for both.
    OneStack,
    Path,
}

struct Served {
    name: &'static str,
    policy: Policy,
    place: Place,
    clients: Box<dyn TransportSubject>,
}

/// More than any check has clients at a time.
const THREADS_MAX: usize = 256;
const PROCESSES_MAX: usize = 64;

impl ServerSubject for Served {
    fn name(&self) -> &str {
        self.name
    }

    fn says(&self) -> &str {
        match (self.place, self.policy) {
            (Place::Path, _) => "sockrates-server, a thread a connection: local sockets at a path",
            (Place::DualStack | Place::OneStack, _) => {
                "sockrates-server, an event loop: TCP over IPv6 and IPv4 at one address"
            }
            (_, Policy::Sequential) => "sockrates-server, one connection at a time: TCP over IPv4",
            (_, Policy::Threads) => "sockrates-server, a thread a connection: TCP over IPv4",
            (_, Policy::Processes) => "sockrates-server, a process a connection: TCP over IPv4",
            (_, Policy::EventLoop) => "sockrates-server, an event loop: TCP over IPv4",
            (_, Policy::Driven) => {
                "sockrates-server, an event loop's protocol by threads: TCP over IPv4"
            }
        }
    }

    fn caps(&self) -> Caps {
        let all = Caps::CAP | Caps::IDLE | Caps::STOP_WITHIN | Caps::PANIC | Caps::ERROR_HOOK;
        let several = match self.policy {
            Policy::Sequential => Caps::NONE,
            Policy::Processes => Caps::CONCURRENT | Caps::PROCESSES,
            Policy::Threads | Policy::EventLoop | Policy::Driven => Caps::CONCURRENT,
        };
        let place = match self.place {
            Place::DualStack | Place::OneStack => Caps::DUAL_STACK,
            Place::Inet | Place::Path => Caps::NONE,
        };
        all | several | place
    }

    fn start(&self, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        match self.place {
            Place::Inet | Place::DualStack | Place::OneStack => {
                self.start_at(&self.clients.any_addr()?, config)
            }
            Place::Path => self.start_at(&Addr::Path(free_path()), config),
        }
    }

    fn start_at(&self, addr: &Addr, config: &ServerConfig) -> Result<Box<dyn Serving>> {
        let dual_stack = self.place == Place::DualStack;
        let options = Options {
            socket: ServerOptions { dual_stack, ..ServerOptions::default() },
            connections_max: config.connections_max,
            idle_timeout: config.idle_timeout,
            grace: config.grace,
            ..Options::default()
        };
        let server = match addr.port() {
            // Only the address that stands for all others is of both versions.
            Some(port) if dual_stack => {
                StreamServer::bind_with(Addr::from((Ipv6Addr::UNSPECIFIED, port)), &options)
            }
            _ => StreamServer::bind_with(addr.clone(), &options),
        }?;
        let addr = match server.local_addr()? {
            Addr::Inet(any) if dual_stack => Addr::from((Ipv6Addr::LOCALHOST, any.port())),
            own => own,
        };
        let failures = Failures::default();
        let handler = Obedient(failures.clone());
        let protocols = Obedients(failures.clone());
        let running = match self.policy {
            Policy::Sequential => server.spawn(Sequential::new(), handler),
            Policy::Threads => server.spawn(Threads::new(THREADS_MAX), handler),
            Policy::Processes => server.spawn(Processes::new(PROCESSES_MAX), handler),
            Policy::EventLoop => server.spawn(EventLoop::new(), protocols),
            Policy::Driven => server.spawn(Threads::new(THREADS_MAX), Driven(protocols)),
        };
        Ok(Box::new(Background { running: running?, addr, failures }))
    }

    fn clients(&self) -> &dyn TransportSubject {
        self.clients.as_ref()
    }
}

/// A server that runs, and what its error hook was told.
struct Background {
    running: Running,
    addr: Addr,
    failures: Failures,
}

impl Serving for Background {
    fn addr(&self) -> Addr {
        self.addr.clone()
    }

    fn stop(&self) -> Result<()> {
        self.running.stop().map(drop)
    }

    fn failures(&self) -> usize {
        self.failures.count()
    }
}

/// A path of this process's that nobody has used.
fn free_path() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("sockrates-{}-{number}", std::process::id()))
}
