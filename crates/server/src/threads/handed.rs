//! Threads that are handed each connection by the one that accepts, where threads cannot wait
//! together for a client and one alone be woken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sockrates_core::{Addr, Error, Op, Result, Shutdown};
use sockrates_poll::{Selector, Waker};
use sockrates_socket::Socket;

use crate::pool::Pool;
use crate::service::Service;
use crate::supervisor::{Crew, Supervisor, Taken};
use crate::{Failure, Handler, StreamServer, Summary, Threads};

/// Serves by `threads` until it is stopped.
pub(super) fn serve<H: Handler>(
    threads: &Threads,
    server: StreamServer,
    handler: H,
) -> Result<Summary> {
    let StreamServer { gate, setting } = server;
    let service = Service::new(handler, &setting);
    let crew = Workers::new(&threads.name, setting.waker.clone(), service);
    Supervisor::new(setting, threads.max, crew)?.run(gate)
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::Connection;

    #[test]
    fn connections_beyond_the_threads_have_their_turn_and_a_stop_ends_it() {
        let server = StreamServer::bind(("127.0.0.1", 0)).unwrap();
        let (addr, stopper) = (server.local_addr().unwrap().as_inet().unwrap(), server.stopper());
        let echo = |conn: &mut Connection| {
            let mut line = Vec::new();
            while conn.read_line(&mut line, 16)? {
                conn.send_all(&line)?;
            }
            Ok(())
        };
        let serving = std::thread::spawn(move || serve(&Threads::new(2), server, echo));
        let clients: Vec<_> = (0..10).map(|_| TcpStream::connect(addr).unwrap()).collect();
        for mut client in clients {
            client.write_all(b"hello\n").unwrap();
            client.shutdown(std::net::Shutdown::Write).unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).unwrap();
            assert_eq!(answer, b"hello\n");
        }
        stopper.stop();
        assert_eq!(serving.join().unwrap().unwrap().accepted, 10);
    }
}
