//! Threads that take the next client themselves.
//!
//! Those that are free wait in one epoll for the listener, which tells one of them and is then
//! silent. That one accepts, and has the listener tell the next: whoever comes is served by the
//! thread that the kernel woke, and nothing is handed over.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{collections::HashMap, io, time::Instant};

use sockrates_core::{Error, Op, Result};
use sockrates_poll::Selector;

use crate::dearth::Dearth;
use crate::service::Service;
use crate::supervisor::{Crew, Supervisor, Taken, Tended};
use crate::{Cause, Failure, Handler, StreamServer, Summary, Threads};

mod door;

use door::Door;

/// Serves by `threads` until it is stopped.
pub(super) fn serve<H: Handler>(
    threads: &Threads,
    server: StreamServer,
    handler: H,
) -> Result<Summary> {
    let StreamServer { gate, setting } = server;
    let service = Service::new(handler, &setting);
    let cap = setting.options.cap(threads.max);
    let door = Door::new(gate, service, setting.waker.clone(), cap);
    let door = Arc::new(door.map_err(|error| Error::from_io(Op::Wait, &error))?);
    let (name, threads, next) = (threads.name.clone(), HashMap::new(), 0);
    let crew = Hosts { door, threads, next, name, hiring: Dearth::default() };
    Supervisor::new(setting, cap, crew)?.oversee()
}

/// The threads, of which one more than is busy waits at the door, up to the maximum.
struct Hosts<H> {
    door: Arc<Door<H>>,
    threads: HashMap<usize, JoinHandle<()>>,
    next: usize,
    name: String,
    /// While no thread can be started.
    hiring: Dearth,
}

impl<H: Handler> Hosts<H> {
    fn start(&mut self) -> io::Result<()> {
        let (number, door) = (self.next, self.door.clone());
        let name = format!("{}-{number}", self.name);
        let thread = thread::Builder::new().name(name).spawn(move || door.attend(number))?;
        self.next += 1;
        self.threads.insert(number, thread);
        Ok(())
    }

    /// Starts one more where nobody waits at the door, and may be.
    fn hire(&mut self) {
        if self.hiring.until().is_some() || !self.door.hire() {
            return;
        }
        match self.start() {
            Ok(()) => self.hiring.end(),
            Err(error) => {
                self.door.unhire();
                if self.hiring.begin() {
                    let cause = Cause::Start(Error::from_io(Op::Accept, &error));
                    self.tell(&Failure::nobodys(cause));
                } else {
                    self.hiring.extend();
                }
            }
        }
    }

    /// Joins threads that have nothing to do but end.
    fn join(&mut self, left: Vec<usize>) {
        for thread in left.iter().filter_map(|number| self.threads.remove(number)) {
            // A panic has been told by the connection's own isolation.
            let _ = thread.join();
        }
    }
}

impl<H: Handler> Tended for Hosts<H> {
    fn tend(&mut self) -> Result<Option<Instant>> {
        let left = self.door.left()?;
        self.join(left);
        self.hire();
        Ok([self.hiring.until(), self.door.reopen()].into_iter().flatten().min())
    }

    fn close(&mut self) {
        self.door.close();
    }

    fn taken(&self) -> (u64, u64) {
        self.door.taken()
    }
}

impl<H: Handler> Crew for Hosts<H> {
    type Item = Infallible;

    fn busy(&mut self, alert: bool) -> usize {
        self.door.busy(alert)
    }

    fn take(&mut self, _: &mut Selector<u64>, never: Infallible) -> Taken {
        match never {}
    }

    fn ready(&mut self, _: &mut Selector<u64>, _: u64) {}

    fn look_again(&self) -> Option<Instant> {
        None
    }

    fn tell(&self, failure: &Failure) {
        self.door.service().tell(failure);
    }

    fn act(&self) {
        self.door.service().act();
    }

    fn cut(&mut self) -> usize {
        self.door.cut()
    }

    fn dismiss(&mut self) -> usize {
        let (remaining, left) = self.door.dismiss();
        self.join(left);
        remaining
    }

    fn tally(&self) -> (u64, u64) {
        self.door.service().tally()
    }
}
