//! Where free threads wait for the next client.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Error, Op, Result, Shutdown};
use sockrates_poll::{Epoll, EpollEvents, EpollReady, Waker};
use sockrates_socket::Socket;

use crate::gate::{Entry, Gate, Source};
use crate::service::Service;
use crate::supervisor::BATCH;
use crate::{Cause, Failure, Handler, isolate};

/// Where free threads wait for the next client, and take it.
pub(super) struct Door<H> {
    /// The listener, which tells one of those who wait and then is silent until it is armed again;
    /// and the bell, which tells all.
    epoll: Epoll,
    bell: Waker,
    listener: RawFd,
    /// None once the server is stopped.
    gate: Mutex<Option<Gate>>,
    /// Whether the listener stays silent, for something has run out.
    resting: AtomicBool,
    staff: Mutex<Staff>,
    service: Service<H>,
    /// Wakes the supervisor.
    waker: Waker,
    cap: usize,
}

#[derive(Default)]
struct Staff {
    /// The connections being served, by their numbers, so that they can be cut.
    live: HashMap<u64, Arc<Socket>>,
    /// Threads that have not left.
    threads: usize,
    /// Those of them that serve nobody.
    free: usize,
    /// Those that have left, and are to be joined.
    left: Vec<usize>,
    accepted: u64,
    shed: u64,
    /// Whether to wake when a connection or a thread ends.
    alert: bool,
    closing: bool,
    /// Why listening or waiting itself failed.
    broken: Option<Error>,
}

/// A client that was taken.
struct Client {
    number: u64,
    socket: Arc<Socket>,
    peer: Addr,
}

impl<H: Handler> Door<H> {
    pub(super) fn new(
        gate: Gate,
        service: Service<H>,
        waker: Waker,
        cap: usize,
    ) -> io::Result<Self> {
        let (epoll, bell) = (Epoll::new()?, Waker::new()?);
        epoll.register(gate.listener(), ONCE, LISTENER)?;
        epoll.register(&bell, EpollEvents::IN, BELL)?;
        let (listener, gate) = (gate.listener().as_raw_fd(), Mutex::new(Some(gate)));
        let (resting, staff) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { epoll, bell, listener, gate, resting, staff, service, waker, cap })
    }

    pub(super) fn service(&self) -> &Service<H> {
        &self.service
    }

    /// What thread `number` does: it serves one client after the other.
    pub(super) fn attend(&self, number: usize) {
        let mut ready = EpollReady::new(1);
        while let Some(client) = self.next(number, &mut ready) {
            let Client { number: connection, socket, peer } = client;
            let _ = isolate::catch(|| {
                if self.service.admits(&peer) {
                    self.service.serve(socket, peer);
                }
            });
            let mut staff = self.staff();
            staff.free += 1;
            let (done, alert) = (staff.live.remove(&connection), staff.alert);
            drop(staff);
            // The last handle, but for a cut that is under way.
            drop(done);
            let resting = self.resting.load(Ordering::SeqCst);
            if resting {
                // A descriptor has come back.
                self.gate().as_mut().map(Gate::resume);
            }
            if resting || alert {
                self.waker.wake();
            }
        }
    }

    /// The next client; `None` where thread `number` is to end, which is settled by then.
    fn next(&self, number: usize, ready: &mut EpollReady) -> Option<Client> {
        loop {
            let staff = self.staff();
            if staff.closing {
                return self.leave(staff, number);
            }
            // One stays, however long nobody comes.
            let patience = (staff.free > 1).then_some(IDLE_MAX);
            drop(staff);
            match self.epoll.poll(ready, patience) {
                Ok(0) => {
                    let staff = self.staff();
                    if staff.free > 1 {
                        return self.leave(staff, number);
                    }
                }
                Ok(_) => {
                    if let Some(client) = self.admit() {
                        return Some(client);
                    }
                }
                Err(error) => {
                    self.fail(Error::from_io(Op::Wait, &error));
                    return self.leave(self.staff(), number);
                }
            }
        }
    }

    fn leave(&self, mut staff: MutexGuard<'_, Staff>, number: usize) -> Option<Client> {
        staff.threads -= 1;
        staff.free -= 1;
        staff.left.push(number);
        drop(staff);
        self.waker.wake();
        None
    }

    /// Takes the client that waits, and lets the next thread see to the next one.
    fn admit(&self) -> Option<Client> {
        if self.service.stopper.is_stopping() {
            return None;
        }
        let mut lock = self.gate();
        let gate = lock.as_mut()?;
        let mut entry = gate.accept();
        for _ in 1..BATCH {
            if !matches!(entry, Ok(Entry::Gone)) {
                break;
            }
            entry = gate.accept();
        }
        match entry {
            Ok(Entry::Client((socket, peer))) => {
                gate.relax();
                gate.look();
                let socket = Arc::new(socket);
                // Before the gate can be closed, after which nobody new is to be cut.
                let (number, wanted) = self.enter(&socket);
                drop(lock);
                self.arm();
                if wanted {
                    self.waker.wake();
                }
                return Some(Client { number, socket, peer });
            }
            Ok(Entry::Gone | Entry::Nobody) => {
                drop(lock);
                self.arm();
            }
            Ok(Entry::Dearth(error)) => {
                self.rest(lock);
                self.service.tell(&Failure::nobodys(Cause::Accept(error)));
            }
            Ok(Entry::StillDearth { shed }) => {
                self.staff().shed += u64::from(shed);
                self.rest(lock);
            }
            Err(error) => {
                drop(lock);
                self.fail(error);
            }
        }
        None
    }

    /// Counts a connection, and tells its number and whether another thread is wanted.
    fn enter(&self, socket: &Arc<Socket>) -> (u64, bool) {
        let mut staff = self.staff();
        let number = staff.accepted;
        staff.accepted += 1;
        staff.free -= 1;
        staff.live.insert(number, socket.clone());
        (number, staff.is_short(self.cap))
    }

    /// Has the listener tell the next one. Where the gate was closed meanwhile, its number is not
    /// in the set any more, and nothing comes of it.
    fn arm(&self) {
        let _ = self.epoll.modify(&self.listener, ONCE, LISTENER);
    }

    /// Leaves the listener silent until the gate's pause is over.
    fn rest(&self, gate: MutexGuard<'_, Option<Gate>>) {
        self.resting.store(true, Ordering::SeqCst);
        drop(gate);
        self.waker.wake();
    }

    /// Ends the rest if the gate's pause is over; else tells when it will be.
    pub(super) fn reopen(&self) -> Option<Instant> {
        if !self.resting.load(Ordering::SeqCst) {
            return None;
        }
        let gate = self.gate();
        let paused = gate.as_ref().and_then(Gate::paused_until);
        if paused.is_none() {
            self.resting.store(false, Ordering::SeqCst);
            drop(gate);
            self.arm();
        }
        paused
    }

    fn fail(&self, error: Error) {
        self.staff().broken.get_or_insert(error);
        self.waker.wake();
    }

    /// Counts one more thread, which is about to be started, if one is wanted.
    pub(super) fn hire(&self) -> bool {
        let mut staff = self.staff();
        let wanted = staff.is_short(self.cap);
        staff.threads += usize::from(wanted);
        staff.free += usize::from(wanted);
        wanted
    }

    /// It could not be started.
    pub(super) fn unhire(&self) {
        let mut staff = self.staff();
        staff.threads -= 1;
        staff.free -= 1;
    }

    /// The threads that have left since.
    ///
    /// # Errors
    /// Where listening or waiting itself has failed.
    pub(super) fn left(&self) -> Result<Vec<usize>> {
        let mut staff = self.staff();
        match staff.broken.take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut staff.left)),
        }
    }

    /// How many connections are being served. With `alert`, the next one that ends wakes.
    pub(super) fn busy(&self, alert: bool) -> usize {
        let mut staff = self.staff();
        staff.alert = alert;
        staff.live.len()
    }

    /// Closes the listener: nobody is taken any more.
    pub(super) fn close(&self) {
        // It is dropped and not `close`d, which takes a descriptor for a moment.
        let gate = self.gate().take();
        drop(gate);
    }

    /// Cuts every connection, and tells how many.
    pub(super) fn cut(&self) -> usize {
        let sockets: Vec<_> = self.staff().live.values().cloned().collect();
        for socket in &sockets {
            // One that was never connected, or is not any more, has nobody waiting.
            let _ = socket.shutdown(Shutdown::Both);
        }
        sockets.len()
    }

    /// Lets the threads go, each when it is free; tells how many have not gone yet, each of which
    /// wakes when it goes, and which have.
    pub(super) fn dismiss(&self) -> (usize, Vec<usize>) {
        let mut staff = self.staff();
        (staff.closing, staff.alert) = (true, true);
        let (remaining, left) = (staff.threads, std::mem::take(&mut staff.left));
        drop(staff);
        self.bell.wake();
        (remaining, left)
    }

    /// How many clients were taken, and how many were let go at once.
    pub(super) fn taken(&self) -> (u64, u64) {
        let staff = self.staff();
        (staff.accepted, staff.shed)
    }

    fn gate(&self) -> MutexGuard<'_, Option<Gate>> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn staff(&self) -> MutexGuard<'_, Staff> {
        self.staff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Staff {
    /// Whether nobody is free, and somebody may be.
    fn is_short(&self, cap: usize) -> bool {
        self.free == 0 && self.threads < cap && !self.closing
    }
}

const LISTENER: u64 = 0;
const BELL: u64 = 1;
const ONCE: EpollEvents =
    EpollEvents::from_bits(EpollEvents::IN.bits() | EpollEvents::ONESHOT.bits());

/// How long a thread waits for a client before it goes, if another waits as well.
const IDLE_MAX: Duration = Duration::from_secs(10);
