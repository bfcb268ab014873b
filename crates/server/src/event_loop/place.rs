//! One connection of an event loop.

use std::time::Instant;

use sockrates_core::{Addr, Error, Op, Result};
use sockrates_poll::{Interest, Ready, Selector};
use sockrates_socket::Socket;

use crate::connection::end_in_order;
use crate::exchange::Exchange;
use crate::options::Limits;
use crate::{Cause, Protocol, Stopper, isolate};

/// One connection of an event loop.
pub(super) struct Place<P> {
    socket: Socket,
    peer: Addr,
    exchange: Exchange<P>,
    interest: Interest,
    limits: Limits,
    /// When it last received or sent a byte.
    active: Instant,
    born: u64,
    failure: Option<Own>,
}

/// What the protocol itself has done wrong.
enum Own {
    Error(Error),
    Panic,
}

/// What comes of a connection's turn.
pub(super) enum Verdict {
    Stay,
    Close(Option<Error>),
    Fail(Cause),
}

impl<P: Protocol> Place<P> {
    pub(super) fn new(
        socket: Socket,
        peer: Addr,
        protocol: P,
        limits: Limits,
        stopper: Stopper,
        born: u64,
    ) -> Self {
        let exchange = Exchange::new(protocol, peer.clone(), stopper);
        let (interest, active) = (Interest::READ, Instant::now());
        Self { socket, peer, exchange, interest, limits, active, born, failure: None }
    }

    pub(super) fn peer(&self) -> &Addr {
        &self.peer
    }

    pub(super) fn born(&self) -> u64 {
        self.born
    }

    /// When its time is over, as it looks now.
    pub(super) fn alarm(&self) -> Option<Instant> {
        let idle = self.limits.idle.and_then(|idle| self.active.checked_add(idle));
        [idle, self.limits.until.instant()].into_iter().flatten().min()
    }

    pub(super) fn enter(&self, selector: &mut Selector<u64>, number: u64) -> Result<()> {
        self.socket.set_blocking(false)?;
        let entered = selector.register(&self.socket, self.interest, number);
        entered.map_err(|error| Error::from_io(Op::Wait, &error))
    }

    pub(super) fn open(&mut self) -> Verdict {
        let opened = isolate::call(|| self.exchange.open());
        self.go_on(opened)
    }

    /// Deals with what is ready: sends what waits, and receives once.
    pub(super) fn ready(&mut self, ready: Ready, scratch: &mut [u8]) -> Verdict {
        if !ready.readable || !self.exchange.wants_input() {
            return self.go_on(Ok(()));
        }
        let step = match self.socket.recv(scratch) {
            Ok(got) if got.len == 0 => isolate::call(|| self.exchange.end()),
            Ok(got) => {
                self.touch();
                isolate::call(|| self.exchange.feed(&scratch[..got.len]))
            }
            Err(error) if error.would_block() => Ok(()),
            Err(error) => return Verdict::Close(Some(error)),
        };
        self.go_on(step)
    }

    /// Sends, and lets the protocol go on where sending has made room, a few times at most: the
    /// others wait.
    fn go_on(&mut self, mut step: Result<(), Cause>) -> Verdict {
        for _ in 0..ROUNDS {
            if let Err(cause) = step {
                return Verdict::Fail(cause);
            }
            if let Err(error) = self.send() {
                return Verdict::Close(Some(error));
            }
            if !self.exchange.can_resume() {
                break;
            }
            step = isolate::call(|| self.exchange.feed(&[]));
        }
        match step {
            Err(cause) => Verdict::Fail(cause),
            Ok(()) => self.verdict(),
        }
    }

    /// The protocol has failed, and is asked nothing more; what waits is still sent.
    pub(super) fn failed(&mut self, cause: &Cause) -> Verdict {
        self.failure = Some(match cause {
            Cause::Error(error) => Own::Error(error.clone()),
            _ => Own::Panic,
        });
        self.exchange.output.close();
        match self.send() {
            Err(error) => Verdict::Close(Some(error)),
            Ok(()) => self.verdict(),
        }
    }

    fn verdict(&self) -> Verdict {
        let output = &self.exchange.output;
        let over = output.is_closing() && output.pending().is_empty();
        if over { Verdict::Close(None) } else { Verdict::Stay }
    }

    fn send(&mut self) -> Result<()> {
        let pending = self.exchange.output.pending();
        if pending.is_empty() {
            return Ok(());
        }
        match self.socket.send(pending) {
            Ok(sent) => {
                self.exchange.output.took(sent);
                self.touch();
                Ok(())
            }
            Err(error) if error.would_block() => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn touch(&mut self) {
        // Only the idle timeout asks, and reading the clock costs.
        if self.limits.idle.is_some() {
            self.active = Instant::now();
        }
    }

    /// Has the selector wait for what can go on. That is never nothing: what cannot receive has
    /// something to send, or to go on with.
    pub(super) fn watch(&mut self, selector: &mut Selector<u64>) -> Result<()> {
        let sends = !self.exchange.output.pending().is_empty() || self.exchange.can_resume();
        let interest = match (self.exchange.wants_input(), sends) {
            (true, true) => Interest::BOTH,
            (true, false) => Interest::READ,
            (false, _) => Interest::WRITE,
        };
        if interest != self.interest {
            let changed = selector.modify(&self.socket, interest);
            changed.map_err(|error| Error::from_io(Op::Wait, &error))?;
            self.interest = interest;
        }
        Ok(())
    }

    /// Closes it, and tells the protocol.
    ///
    /// # Errors
    /// What the protocol does wrong on hearing it.
    pub(super) fn close(
        mut self,
        selector: &mut Selector<u64>,
        error: Option<&Error>,
    ) -> Result<(), Cause> {
        // One that never got in is not to be taken out.
        let _ = selector.unregister(&self.socket);
        if error.is_none() {
            end_in_order(&self.socket);
        }
        let exchange = &mut self.exchange;
        let told = isolate::catch(|| match &self.failure {
            Some(Own::Panic) => {}
            Some(Own::Error(own)) => exchange.closed(Some(own)),
            None => exchange.closed(error),
        });
        let dropped = isolate::catch(|| drop(self));
        told.and(dropped)
    }
}

const ROUNDS: usize = 4;
