//! Connections served by one thread.

use std::time::{Duration, Instant};

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_poll::{Backend, Ready, Selector, Waker};
use sockrates_socket::Socket;

use crate::gate::{self, Entry, Gate, LISTENER, OTHERS, Source, WAKER};
use crate::policy::Run;
use crate::setting::Setting;
use crate::socket_file::SocketFile;
use crate::supervisor::{BATCH, Ticks};
use crate::{
    Cause, Failure, Options, Protocol, Protocols, Stopper, StreamServer, Summary, isolate,
};

mod alarms;
mod place;

use alarms::{Alarm, Alarms};
use place::{Place, Scratch, Verdict};

/// All connections on one thread: the one that serves.
///
/// Nothing a protocol does may wait or take long, for all the others wait meanwhile. A client that
/// does not read its answers is not read from, once [`Output::FULL`](crate::Output::FULL) bytes
/// wait for it.
///
/// # Cost
/// A request that comes alone costs a wait, a receive and a send; where many come at once, they
/// share the wait. No clock is read but for a limit, and nothing is allocated. On Linux the kernel
/// tells once of an arrival ([`edge`](sockrates_poll::Interest::edge)), and what fills the 64 KiB
/// that all connections receive into is gone on with after the others had their turn.
///
/// A connection takes 0.4 KiB, idle or busy, beside what its protocol holds. What the protocol
/// leaves, up to [`window_max`](Protocol::window_max) bytes, takes twice its length at the most, or
/// 4 KiB. A client that leaves its answers is kept 64 KiB and one answer of them, and up to 64 KiB
/// of what it had sent. (Anonymous memory of a process, with 4,000 connections of an echo that
/// holds nothing, on 64-bit Linux. What the kernel holds of a socket comes on top for everyone.)
///
/// Source: Python `asyncio.Server`, `selectors`; Linux `epoll(7)`.
#[doc(alias = "asyncio")]
#[derive(Clone, Copy, Debug)]
pub struct EventLoop {
    backend: Backend,
}

impl EventLoop {
    /// On the best call for readiness that this system has.
    #[must_use]
    pub fn new() -> Self {
        Self::on(Backend::BEST)
    }

    /// On this call for readiness.
    #[must_use]
    pub fn on(backend: Backend) -> Self {
        Self { backend }
    }
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Protocols> Run<StreamServer, F> for EventLoop {
    fn run(&self, server: StreamServer, protocols: F) -> Result<Summary> {
        let StreamServer { gate, setting } = server;
        let Setting { waker, stopper, options, socket_file } = setting;
        let selector = gate::selector(self.backend, &waker)?;
        let cap = options.cap(usize::MAX);
        let running = Loop {
            gate: Some(gate),
            selector,
            waker,
            stopper,
            options,
            socket_file,
            protocols,
            places: Vec::new(),
            free: Vec::new(),
            live: 0,
            born: 0,
            again: [Vec::new(), Vec::new()],
            alarms: Alarms::default(),
            scratch: Scratch { input: vec![0; SCRATCH], output: Vec::new() },
            summary: Summary::default(),
            cap,
        };
        running.run()
    }
}

struct Loop<F: Protocols> {
    /// None once the server is stopped.
    gate: Option<Gate>,
    selector: Selector<u64>,
    waker: Waker,
    stopper: Stopper,
    options: Options,
    socket_file: Option<SocketFile>,
    protocols: F,
    /// The connections; each is in the selector under its place's number.
    places: Vec<Option<Place<F::Protocol>>>,
    free: Vec<usize>,
    live: usize,
    /// How many connections there were, which tells two of one place apart.
    born: u64,
    /// Those that can go on though the system may not tell: their places, and which of the place.
    /// The other list is spare.
    again: [Vec<(usize, u64)>; 2],
    alarms: Alarms,
    scratch: Scratch,
    summary: Summary,
    cap: usize,
}

impl<F: Protocols> Loop<F> {
    fn run(mut self) -> Result<Summary> {
        let served = self.serve();
        let drained = self.drain();
        // Whatever failed, nobody is left without having been told.
        self.close_all();
        served.and(drained)?;
        Ok(self.summary)
    }

    fn serve(&mut self) -> Result<()> {
        let mut ticks = self.options.tick.map(Ticks::new);
        while !self.stopper.is_stopping() {
            let paused = self.gate.as_ref().and_then(Gate::paused_until);
            let room = self.live < self.cap && paused.is_none();
            if let Some(gate) = &mut self.gate {
                gate.watch(&mut self.selector, room)?;
            }
            let tick = ticks.as_ref().and_then(|ticks| ticks.next);
            let knocked = self.turn([paused, tick].into_iter().flatten().min())?;
            if ticks.as_mut().is_some_and(Ticks::is_due) {
                if let Err(cause) = isolate::catch(|| self.protocols.service_actions()) {
                    self.tell(&Failure::nobodys(cause));
                }
            }
            if knocked && room {
                self.admit()?;
            }
        }
        Ok(())
    }

    /// Refuses new connections, and gives those that live the grace.
    fn drain(&mut self) -> Result<()> {
        // The file first: while its socket is open nobody takes it for stale, and no other file has
        // its identity.
        self.socket_file = None;
        let closed = self.gate.take().map_or(Ok(()), |gate| gate.close(&mut self.selector));
        self.stopper.stop();
        let until = Instant::now().checked_add(self.options.grace);
        while self.live > 0 && until.is_none_or(|until| until > Instant::now()) {
            self.turn(until)?;
        }
        self.stopper.cut();
        closed
    }

    fn close_all(&mut self) {
        self.summary.cut = self.live;
        for number in 0..self.places.len() {
            self.close(number, Some(&Error::os(Op::Recv, Errno::ECONNABORTED)));
        }
    }

    /// Waits until something is ready, at most `until`, and deals with all of it but clients that
    /// come, of whom it tells.
    fn turn(&mut self, until: Option<Instant>) -> Result<bool> {
        let alarm = self.alarms.next();
        let until = [until, alarm].into_iter().flatten().min();
        self.again.swap(0, 1);
        let left = if self.again[1].is_empty() {
            until.map(|until| until.saturating_duration_since(Instant::now()))
        } else {
            Some(Duration::ZERO)
        };
        self.selector.select(left).map_err(|error| Error::from_io(Op::Wait, &error))?;
        let mut knocked = false;
        while let Some((number, ready)) = self.next_ready() {
            match number {
                LISTENER => knocked = true,
                WAKER => self.waker.clear(),
                number => self.ready((number - OTHERS) as usize, ready),
            }
        }
        self.go_on();
        if alarm.is_some() {
            self.ring();
        }
        Ok(knocked)
    }

    /// Gives those their turn that could go on after the last one.
    fn go_on(&mut self) {
        while let Some((number, born)) = self.again[1].pop() {
            let place = self.places[number].as_mut().filter(|place| place.born() == born);
            if let Some(place) = place {
                place.again = false;
                self.ready(number, Ready { readable: true, ..Ready::default() });
            }
        }
    }

    fn next_ready(&mut self) -> Option<(u64, Ready)> {
        self.selector.next_ready().map(|(key, ready)| (*key.data, ready))
    }

    fn admit(&mut self) -> Result<()> {
        for _ in 0..(self.cap - self.live).min(BATCH) {
            if self.stopper.is_stopping() {
                return Ok(());
            }
            let Some(gate) = &mut self.gate else { return Ok(()) };
            match gate.accept()? {
                Entry::Client((socket, peer)) => {
                    self.summary.accepted += 1;
                    gate.relax();
                    self.welcome(socket, peer);
                }
                Entry::Gone => {}
                Entry::Nobody => return Ok(()),
                Entry::Dearth(error) => {
                    self.tell(&Failure::nobodys(Cause::Accept(error)));
                    return Ok(());
                }
                Entry::StillDearth { shed } => {
                    self.summary.shed += u64::from(shed);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn welcome(&mut self, socket: Socket, peer: Addr) {
        match isolate::catch(|| self.protocols.verify(&peer)) {
            Ok(true) => {}
            Ok(false) => {
                self.summary.refused += 1;
                return;
            }
            Err(cause) => return self.fail(&peer, cause),
        }
        let protocol = match isolate::catch(|| self.protocols.protocol(&peer)) {
            Ok(protocol) => protocol,
            Err(cause) => return self.fail(&peer, cause),
        };
        let number = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        self.born += 1;
        let limits = self.options.limits();
        let place = Place::new(socket, peer, protocol, limits, self.stopper.clone(), self.born);
        let entered = place.enter(&mut self.selector, OTHERS + number as u64);
        self.live += 1;
        if let Some(at) = place.alarm() {
            self.alarms.trim(self.live, |alarm| whose(&self.places, alarm).is_some());
            self.alarms.set(Alarm { at, number, born: self.born });
        }
        let place = self.places[number].insert(place);
        let verdict = match entered {
            Ok(()) => place.open(),
            Err(error) => {
                self.summary.shed += 1;
                Verdict::Close(Some(Box::new(error)))
            }
        };
        self.settle(number, verdict);
    }

    fn ready(&mut self, number: usize, ready: Ready) {
        if let Some(Some(place)) = self.places.get_mut(number) {
            match place.ready(ready, &mut self.scratch) {
                Verdict::Stay => {}
                verdict => self.settle(number, verdict),
            }
        }
    }

    /// Does with a connection what came of its turn.
    fn settle(&mut self, number: usize, verdict: Verdict) {
        let Some(place) = self.places[number].as_mut() else { return };
        match verdict {
            Verdict::Stay => {}
            Verdict::Watch => self.watch(number),
            Verdict::GoOn => {
                if !std::mem::replace(&mut place.again, true) {
                    self.again[0].push((number, place.born()));
                }
                self.watch(number);
            }
            Verdict::Close(error) => self.close(number, error.as_deref()),
            Verdict::Fail(cause) => {
                let peer = place.peer().clone();
                // What it had said before goes out, if the client takes it.
                let verdict = place.failed(&cause);
                self.fail(&peer, *cause);
                self.settle(number, verdict);
            }
        }
    }

    fn watch(&mut self, number: usize) {
        let watched = self.places[number].as_mut().map(|place| place.watch(&mut self.selector));
        if let Some(Err(error)) = watched {
            self.close(number, Some(&error));
        }
    }

    fn close(&mut self, number: usize, error: Option<&Error>) {
        let Some(place) = self.places[number].take() else { return };
        self.live -= 1;
        let peer = place.peer().clone();
        if let Err(cause) = place.close(&mut self.selector, error) {
            self.fail(&peer, cause);
        }
        self.free.push(number);
        // A descriptor has come back.
        if let Some(gate) = &mut self.gate {
            gate.resume();
        }
    }

    /// Closes the connections whose time is over.
    fn ring(&mut self) {
        let now = Instant::now();
        while let Some(alarm) = self.alarms.ring(now) {
            let timed_out = Error::TimedOut { op: Op::Recv, done: 0 };
            match whose(&self.places, &alarm).and_then(Place::alarm) {
                Some(at) if at > now => self.alarms.set(Alarm { at, ..alarm }),
                Some(_) => self.close(alarm.number, Some(&timed_out)),
                None => {}
            }
        }
    }

    fn fail(&mut self, peer: &Addr, cause: Cause) {
        self.summary.failed += 1;
        self.tell(&Failure::of(peer, cause));
    }

    fn tell(&self, failure: &Failure) {
        let _ = isolate::catch(|| self.protocols.error(failure));
    }
}

/// The connection that an alarm was set for, if it is still there.
fn whose<'a, P: Protocol>(places: &'a [Option<Place<P>>], alarm: &Alarm) -> Option<&'a Place<P>> {
    places[alarm.number].as_ref().filter(|place| place.born() == alarm.born)
}

const SCRATCH: usize = 64 * 1024;
