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
    interest: Interest,
    /// Whether it is to be looked at again though the system may not tell.
    pub(super) again: bool,
    /// Whether the last send has left some, so that the system tells of room.
    crowded: bool,
    exchange: Exchange<P>,
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
    /// It waits for what the selector waits for.
    Stay,
    /// It stays, and waits for something else.
    Watch,
    /// It stays, and can go on at once; the others have their turn before.
    GoOn,
    Close(Option<Box<Error>>),
    Fail(Box<Cause>),
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
        // On a local socket a receive may leave some though there was room.
        let told_once = matches!(peer, Addr::Inet(_));
        let interest = if told_once { Interest::READ.edge() } else { Interest::READ };
        let exchange = Exchange::new(protocol, peer, stopper);
        let active = Instant::now();
        Self {
            socket,
            interest,
            again: false,
            crowded: false,
            exchange,
            limits,
            active,
            born,
            failure: None,
        }
    }

    pub(super) fn peer(&self) -> &Addr {
        self.exchange.output.peer()
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
        self.go_on(opened, false)
    }

    /// Deals with what is ready: sends what waits, and receives once.
    ///
    /// A receive that fills the room may have left some, of which the system does not tell again.
    pub(super) fn ready(&mut self, ready: Ready, scratch: &mut Scratch) -> Verdict {
        self.exchange.output.borrow(&mut scratch.output);
        let verdict = self.take_turn(ready, &mut scratch.input);
        self.exchange.output.give_back(&mut scratch.output);
        verdict
    }

    #[inline(always)]
    fn take_turn(&mut self, ready: Ready, scratch: &mut [u8]) -> Verdict {
        if !ready.readable || !self.exchange.wants_input() {
            return self.go_on(Ok(()), false);
        }
        let mut more = false;
        let step = match self.socket.recv(scratch) {
            Ok(got) if got.len == 0 => isolate::call(|| self.exchange.end()),
            Ok(got) => {
                more = got.len == scratch.len() && self.interest.is_edge();
                self.touch();
                isolate::call(|| self.exchange.feed(&scratch[..got.len]))
            }
            Err(error) if error.would_block() => Ok(()),
            Err(error) => return Verdict::Close(Some(Box::new(error))),
        };
        self.go_on(step, more)
    }

    /// Sends, and lets the protocol go on where sending has made room, a few times at most: the
    /// others wait.
    #[inline(always)]
    fn go_on(&mut self, mut step: Result<(), Box<Cause>>, more: bool) -> Verdict {
        for _ in 0..ROUNDS {
            if let Err(cause) = step {
                return Verdict::Fail(cause);
            }
            if let Err(error) = self.send() {
                return Verdict::Close(Some(Box::new(error)));
            }
            if !self.exchange.can_resume() {
                break;
            }
            step = isolate::call(|| self.exchange.feed(&[]));
        }
        match step {
            Err(cause) => Verdict::Fail(cause),
            Ok(()) => self.verdict(more),
        }
    }

    /// What comes of a turn that went well, with `more` to receive at once or without.
    #[inline]
    fn verdict(&self, more: bool) -> Verdict {
        if self.exchange.is_at_rest() && !more {
            let reads = self.interest.is_readable() && !self.interest.is_writable();
            return if reads { Verdict::Stay } else { Verdict::Watch };
        }
        let Exchange { output, .. } = &self.exchange;
        let nothing_waits = output.pending().is_empty();
        if output.is_closing() && nothing_waits {
            return Verdict::Close(None);
        }
        let sends = !self.crowded && !nothing_waits;
        let receives = more && self.exchange.wants_input();
        if sends || receives || self.exchange.can_resume() {
            return Verdict::GoOn;
        }
        Verdict::Watch
    }

    /// The protocol has failed, and is asked nothing more; what waits is still sent.
    pub(super) fn failed(&mut self, cause: &Cause) -> Verdict {
        self.failure = Some(match cause {
            Cause::Error(error) => Own::Error(error.clone()),
            _ => Own::Panic,
        });
        self.exchange.output.close();
        match self.send() {
            Err(error) => Verdict::Close(Some(Box::new(error))),
            Ok(()) => self.verdict(false),
        }
    }

    #[inline(always)]
    fn send(&mut self) -> Result<()> {
        let pending = self.exchange.output.pending();
        if pending.is_empty() {
            return Ok(());
        }
        match self.socket.send(pending) {
            Ok(sent) => {
                self.crowded = sent < pending.len();
                self.exchange.output.took(sent);
                self.touch();
                Ok(())
            }
            Err(error) if error.would_block() => {
                self.crowded = true;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn touch(&mut self) {
        // Only the idle timeout asks, and reading the clock costs.
        if self.limits.idle.is_some() {
            self.active = Instant::now();
        }
    }

    /// What it is to wait for: what can go on. That is never nothing: what cannot receive has
    /// something to send, or to go on with.
    fn wanted(&self) -> Interest {
        let sends = !self.exchange.output.pending().is_empty();
        let interest = match (self.exchange.wants_input(), sends) {
            (true, true) => Interest::BOTH,
            (true, false) => Interest::READ,
            (false, _) => Interest::WRITE,
        };
        if self.interest.is_edge() { interest.edge() } else { interest }
    }

    /// Has the selector wait for what it is to.
    pub(super) fn watch(&mut self, selector: &mut Selector<u64>) -> Result<()> {
        let interest = self.wanted();
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

/// What the connections of a loop share: what is received into, and memory for what is sent.
pub(super) struct Scratch {
    pub(super) input: Vec<u8>,
    pub(super) output: Vec<u8>,
}
