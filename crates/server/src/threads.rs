//! Connections served by threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sockrates_core::{Addr, Error, Op, Result, Shutdown};
use sockrates_poll::{Selector, Waker};
use sockrates_socket::Socket;

use crate::policy::Run;
use crate::pool::Pool;
use crate::service::Service;
use crate::supervisor::{Crew, Supervisor, Taken};
use crate::{Failure, Handler, StreamServer, Summary};

/// One connection after the other.
///
/// The others wait in the system's queue ([`backlog`](sockrates_socket::ServerOptions::backlog)).
/// The handler runs on one thread of its own, so that the serving thread is free to stop it. The
/// memory is that of one connection of [`Threads`], however many clients there are.
///
/// Source: Python `socketserver.TCPServer`.
#[doc(alias = "TCPServer")]
#[doc(alias = "UDPServer")]
#[derive(Clone, Debug, Default)]
pub struct Sequential(());

impl Sequential {
    /// One connection after the other.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }

    /// What it comes to.
    pub(crate) fn threads() -> Threads {
        Threads::new(1)
    }
}

/// A thread for each connection, up to a maximum; beyond it, connections wait in the system's
/// queue.
///
/// Threads are kept for the next connection and end after ten seconds without one. A connection
/// that waits costs the server nothing, and is refused once the server stops; how many may wait is
/// the [`backlog`](sockrates_socket::ServerOptions::backlog).
///
/// # Cost
/// Handing a connection to a thread that is kept costs a sixth of starting one.
///
/// A connection that is served takes 14 KiB, idle or busy: what its thread has touched of its
/// stack. It takes 8 KiB more once [`Connection`](crate::Connection) buffers for it, and what the
/// handler uses. (Anonymous memory of a process, with 4,000 connections of an echo on a stack of
/// its own, on 64-bit Linux; the kernel's stack of each thread and what it holds of each socket
/// come on top.) So `Threads::new(64)` takes about a megabyte, however many clients there are.
///
/// ```
/// use sockrates_server::Threads;
/// let policy = Threads::new(64).named("echo"); // threads echo-0, echo-1, ...
/// ```
///
/// Source: Python `socketserver.ThreadingMixIn`, whose threads have no maximum.
#[doc(alias = "ThreadingMixIn")]
#[doc(alias = "ThreadingTCPServer")]
#[doc(alias = "ThreadingUDPServer")]
#[derive(Clone, Debug)]
pub struct Threads {
    max: usize,
    name: String,
}

impl Threads {
    /// At most `max` threads, and so connections at once; 0 counts as 1.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max: max.max(1), name: "server".to_owned() }
    }

    /// The threads' name, to which each adds its number. A NUL in it becomes a space, for
    /// the system has none in names.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into().replace('\0', " "), ..self }
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl<H: Handler> Run<StreamServer, H> for Sequential {
    fn run(&self, server: StreamServer, handler: H) -> Result<Summary> {
        Self::threads().run(server, handler)
    }
}

impl<H: Handler> Run<StreamServer, H> for Threads {
    fn run(&self, server: StreamServer, handler: H) -> Result<Summary> {
        let StreamServer { gate, setting } = server;
        let service = Service::new(handler, &setting);
        let crew = Workers::new(&self.name, setting.waker.clone(), service);
        Supervisor::new(setting, self.max, crew)?.run(gate)
    }
}

/// The threads, and the connections that they serve.
struct Workers<H> {
    pool: Pool<Job>,
    service: Arc<Service<H>>,
    live: Arc<Live>,
    next: u64,
}

struct Job {
    number: u64,
    socket: Arc<Socket>,
    peer: Addr,
}

/// The connections being served, so that they can be cut.
#[derive(Default)]
struct Live(Mutex<HashMap<u64, Arc<Socket>>>);

impl Live {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Socket>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Handler> Workers<H> {
    fn new(name: &str, waker: Waker, service: Service<H>) -> Self {
        let (service, live) = (Arc::new(service), Arc::<Live>::default());
        let (served, served_live) = (service.clone(), live.clone());
        let pool = Pool::new(name, waker, move |Job { number, socket, peer }| {
            if served.admits(&peer) {
                served.serve(socket, peer);
            }
            // The last handle, but for a cut that is under way.
            let done = served_live.lock().remove(&number);
            drop(done);
        });
        Self { pool, service, live, next: 0 }
    }
}

impl<H: Handler> Crew for Workers<H> {
    type Item = (Socket, Addr);

    fn busy(&mut self, alert: bool) -> usize {
        self.pool.busy(alert)
    }

    fn take(&mut self, _: &mut Selector<u64>, (socket, peer): (Socket, Addr)) -> Taken {
        let (number, socket) = (self.next, Arc::new(socket));
        self.next += 1;
        self.live.lock().insert(number, socket.clone());
        match self.pool.submit(Job { number, socket, peer: peer.clone() }) {
            Ok(()) => Taken::Served,
            Err((error, None)) => Taken::Queued(peer, Error::from_io(Op::Accept, &error)),
            Err((error, Some(_))) => {
                self.live.lock().remove(&number);
                Taken::Shed(peer, Error::from_io(Op::Accept, &error))
            }
        }
    }

    fn ready(&mut self, _: &mut Selector<u64>, _: u64) {}

    fn look_again(&self) -> Option<Instant> {
        None
    }

    fn tell(&self, failure: &Failure) {
        self.service.tell(failure);
    }

    fn act(&self) {
        self.service.act();
    }

    fn cut(&mut self) -> usize {
        let sockets: Vec<_> = self.live.lock().values().cloned().collect();
        for socket in &sockets {
            // One that was never connected, or is not any more, has nobody waiting.
            let _ = socket.shutdown(Shutdown::Both);
        }
        sockets.len()
    }

    fn dismiss(&mut self) -> usize {
        self.pool.dismiss()
    }

    fn tally(&self) -> (u64, u64) {
        self.service.tally()
    }
}
