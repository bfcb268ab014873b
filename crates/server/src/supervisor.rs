//! The thread that accepts, and sees to it that the server stops.

use std::time::{Duration, Instant};

use sockrates_core::{Addr, Deadline, Error, Op, Result};
use sockrates_poll::{Backend, Selector, Waker};

use crate::gate::{self, Entry, LISTENER, Source, WAKER};
use crate::setting::Setting;
use crate::socket_file::SocketFile;
use crate::{Cause, Failure, Options, Stopper, Summary};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod tended;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use tended::Tended;

/// Those who serve what the supervisor takes: connections, or datagrams.
pub(crate) trait Crew {
    type Item;

    /// How many connections are being served. With `alert`, the next one that ends wakes the
    /// selector.
    fn busy(&mut self, alert: bool) -> usize;

    /// Serves one.
    fn take(&mut self, selector: &mut Selector<u64>, item: Self::Item) -> Taken;

    /// Something that the crew has put into the selector is ready.
    fn ready(&mut self, selector: &mut Selector<u64>, number: u64);

    /// By when the crew has to be asked again how many are busy, though nothing wakes.
    fn look_again(&self) -> Option<Instant>;

    /// Tells the handler's error hook.
    fn tell(&self, failure: &Failure);

    /// Calls the handler's service actions.
    fn act(&self);

    /// Cuts every connection, and tells how many.
    fn cut(&mut self) -> usize;

    /// Lets those go that have nothing to do, and tells how many are left; each that goes wakes.
    fn dismiss(&mut self) -> usize;

    /// How many connections were refused, and how many failed.
    fn tally(&self) -> (u64, u64);
}

/// What became of a connection that was handed over.
pub(crate) enum Taken {
    /// It is being served.
    Served,
    /// It will be, but nobody more could be started.
    Queued(Addr, Error),
    /// It was closed, for nobody could be started.
    Shed(Addr, Error),
}

/// The thread that accepts.
pub(crate) struct Supervisor<C> {
    selector: Selector<u64>,
    waker: Waker,
    stopper: Stopper,
    options: Options,
    socket_file: Option<SocketFile>,
    crew: C,
    /// How many may be served at once.
    cap: usize,
    summary: Summary,
    /// How many connections the crew was handed.
    handed: u64,
}

impl<C: Crew> Supervisor<C> {
    /// A supervisor whose `crew` serves at most `max` at once.
    ///
    /// # Errors
    /// `EMFILE`.
    pub(crate) fn new(setting: Setting, max: usize, crew: C) -> Result<Self> {
        let selector = gate::selector(Backend::BEST, &setting.waker)?;
        let cap = setting.options.cap(max);
        let Setting { waker, stopper, options, socket_file } = setting;
        let (summary, handed) = (Summary::default(), 0);
        Ok(Self { selector, waker, stopper, options, socket_file, crew, cap, summary, handed })
    }

    /// Takes what `source` brings until the server is stopped, then lets the crew finish.
    ///
    /// # Errors
    /// Where listening or waiting itself fails; connections have been cut then as by a stop.
    pub(crate) fn run(mut self, mut source: impl Source<Item = C::Item>) -> Result<Summary> {
        let accepted = self.accept_all(&mut source);
        self.drain(|_, selector| source.close(selector))?;
        accepted.map(|()| self.summary)
    }

    fn accept_all(&mut self, source: &mut impl Source<Item = C::Item>) -> Result<()> {
        let mut ticks = self.options.tick.map(Ticks::new);
        let mut ended_before = 0;
        while !self.stopper.is_stopping() {
            let busy = self.crew.busy(true);
            let ended = self.handed - busy as u64;
            if ended > ended_before {
                source.resume();
                ended_before = ended;
            }
            let paused = source.paused_until();
            let full = busy >= self.cap;
            let busy = self.crew.busy(full || paused.is_some());
            let room = busy < self.cap && paused.is_none();
            source.watch(&mut self.selector, room)?;
            let next =
                [paused, ticks.as_ref().and_then(|ticks| ticks.next), self.crew.look_again()];
            let knocked = self.wait(next.into_iter().flatten().min())?;
            if ticks.as_mut().is_some_and(Ticks::is_due) {
                self.crew.act();
            }
            if knocked && room {
                self.admit(source, self.cap - busy)?;
            }
        }
        Ok(())
    }

    /// Waits for a client, a wake or the time; whether there is a client.
    fn wait(&mut self, until: Option<Instant>) -> Result<bool> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        self.selector.select(left).map_err(|error| Error::from_io(Op::Wait, &error))?;
        let mut knocked = false;
        while let Some((key, _)) = self.selector.next_ready() {
            match *key.data {
                LISTENER => knocked = true,
                // Whatever it woke for is looked at after this.
                WAKER => self.waker.clear(),
                number => self.crew.ready(&mut self.selector, number),
            }
        }
        Ok(knocked)
    }

    /// Accepts those who are there, as many as there is room for; others have their turn between
    /// two batches.
    fn admit(&mut self, source: &mut impl Source<Item = C::Item>, room: usize) -> Result<()> {
        for _ in 0..room.min(BATCH) {
            if self.stopper.is_stopping() {
                return Ok(());
            }
            match source.accept()? {
                Entry::Client(item) => {
                    self.summary.accepted += 1;
                    if !self.hand_over(item) {
                        source.pause();
                        return Ok(());
                    }
                    source.relax();
                }
                Entry::Gone => {}
                Entry::Nobody => return Ok(()),
                Entry::Dearth(error) => {
                    self.crew.tell(&Failure::nobodys(Cause::Accept(error)));
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

    /// Whether somebody was free for it, or could be started.
    fn hand_over(&mut self, item: C::Item) -> bool {
        self.handed += 1;
        let (peer, error, shed) = match self.crew.take(&mut self.selector, item) {
            Taken::Served => return true,
            Taken::Queued(peer, error) => (peer, error, false),
            Taken::Shed(peer, error) => (peer, error, true),
        };
        self.summary.shed += u64::from(shed);
        self.handed -= u64::from(shed);
        self.crew.tell(&Failure::of(&peer, Cause::Start(error)));
        false
    }

    /// Refuses new connections, lets live ones finish, and cuts those that do not.
    fn drain(
        &mut self,
        close: impl FnOnce(&mut C, &mut Selector<u64>) -> Result<()>,
    ) -> Result<()> {
        // The file first: while its socket is open nobody takes it for stale, and no other file has
        // its identity.
        self.socket_file = None;
        let closed = close(&mut self.crew, &mut self.selector);
        self.stopper.stop();
        if !self.idle_by(Deadline::after(self.options.grace))? {
            self.stopper.cut();
            self.summary.cut = self.crew.cut();
            self.idle_by(Deadline::after(PATIENCE))?;
        }
        let patience = Deadline::after(PATIENCE);
        let mut left = self.crew.dismiss();
        while left > 0 && self.crew.busy(true) < left && !patience.has_passed() {
            self.wait(patience.instant())?;
            left = self.crew.dismiss();
        }
        self.summary.stuck = self.crew.busy(false);
        (self.summary.refused, self.summary.failed) = self.crew.tally();
        closed
    }

    /// Whether nobody is busy any more by `deadline`.
    fn idle_by(&mut self, deadline: Deadline) -> Result<bool> {
        while self.crew.busy(true) > 0 {
            if deadline.has_passed() {
                return Ok(false);
            }
            let until = [deadline.instant(), self.crew.look_again()];
            self.wait(until.into_iter().flatten().min())?;
        }
        Ok(true)
    }
}

/// When service actions are due.
pub(crate) struct Ticks {
    /// `None` where that is longer than the clock can count.
    pub(crate) next: Option<Instant>,
    every: Duration,
}

impl Ticks {
    pub(crate) fn new(every: Duration) -> Self {
        let every = every.max(TICK_MIN);
        Self { next: Instant::now().checked_add(every), every }
    }

    /// Whether it is time, and if so, no more until the next time.
    pub(crate) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = self.next.is_some_and(|next| now >= next);
        if due {
            self.next = now.checked_add(self.every);
        }
        due
    }
}

/// How many are accepted before anything else has its turn.
pub(crate) const BATCH: usize = 64;
/// How long a handler whose connection was cut may take to notice.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);
const TICK_MIN: Duration = Duration::from_millis(1);
