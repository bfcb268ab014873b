//! Where connections come in, also when there is no descriptor left for them.

use std::fs::File;
use std::time::{Duration, Instant};

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_poll::{Backend, Interest, Selector, Waker};
use sockrates_socket::Socket;

/// A listener that never waits, and knows what to do when accepting fails.
///
/// Where descriptors or memory have run out, the client stays in the system's queue and the
/// listener ready, so that trying again at once would spin. Instead it is not looked at for a
/// while, which doubles from [`PAUSE_MIN`] to [`PAUSE_MAX`]; a connection that ends cuts it short.
/// If there is still nothing after a pause, a descriptor kept in reserve is given up for a moment,
/// so that one client is accepted and closed, and knows.
#[derive(Debug)]
pub(crate) struct Gate {
    listener: Socket,
    reserve: Option<File>,
    /// Whether the selector watches it.
    watched: bool,
    /// While accepting fails: how long the next pause is, and when this one ends.
    dearth: Option<Dearth>,
}

#[derive(Debug)]
struct Dearth {
    pause: Duration,
    until: Instant,
}

/// What came of trying to accept.
#[derive(Debug)]
pub(crate) enum Entry {
    /// A client.
    Client(Socket, Addr),
    /// One that was gone again; there may be others.
    Gone,
    /// Nobody is there.
    Nobody,
    /// Something has run out; this is the first time since a client got in.
    Dearth(Error),
    /// It still has not come back. Whether a client was closed for it.
    StillDearth { shed: bool },
}

impl Gate {
    /// # Errors
    /// `EBADF`.
    pub(crate) fn new(listener: Socket) -> Result<Self> {
        listener.set_blocking(false)?;
        Ok(Self { listener, reserve: reserve(), watched: false, dearth: None })
    }

    pub(crate) fn listener(&self) -> &Socket {
        &self.listener
    }

    /// Refuses whoever comes from now on.
    pub(crate) fn close(&mut self, selector: &mut Selector<u64>) -> Result<()> {
        let unwatched = self.watch(selector, false);
        unwatched.and(self.listener.close())
    }

    /// Has `selector` watch the listener, or not; with pauses it does not.
    pub(crate) fn watch(&mut self, selector: &mut Selector<u64>, wanted: bool) -> Result<()> {
        let wanted = wanted && self.paused_until().is_none();
        if wanted != self.watched {
            let changed = if wanted {
                selector.register(&self.listener, Interest::READ, LISTENER)
            } else {
                selector.unregister(&self.listener).map(drop)
            };
            changed.map_err(|error| Error::from_io(Op::Wait, &error))?;
            self.watched = wanted;
        }
        Ok(())
    }

    /// Until when it does not accept; `None` where it does.
    pub(crate) fn paused_until(&self) -> Option<Instant> {
        self.dearth.as_ref().map(|dearth| dearth.until).filter(|until| *until > Instant::now())
    }

    /// A descriptor may have come back.
    pub(crate) fn resume(&mut self) {
        if let Some(dearth) = &mut self.dearth {
            dearth.until = Instant::now();
        }
    }

    /// Tries to accept one.
    ///
    /// # Errors
    /// Where the listener is none any more.
    pub(crate) fn accept(&mut self) -> Result<Entry> {
        match self.listener.accept() {
            Ok((socket, peer)) => {
                self.dearth = None;
                self.reserve = self.reserve.take().or_else(reserve);
                Ok(Entry::Client(socket, peer))
            }
            Err(error) => match error.errno().unwrap_or(Errno::SUCCESS) {
                errno if errno.would_block() => Ok(Entry::Nobody),
                Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK | Errno::EOPNOTSUPP => Err(error),
                Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM => {
                    Ok(self.want(error, true))
                }
                // A firewall, say: nobody got in, and nobody need be closed.
                Errno::EPERM | Errno::EACCES => Ok(self.want(error, false)),
                // What befell one client: aborted, or on Linux a pending error of its network.
                _ => Ok(Entry::Gone),
            },
        }
    }

    /// Accepting has to wait, for a thread or process could not be started.
    pub(crate) fn pause(&mut self) {
        self.extend();
    }

    fn want(&mut self, error: Error, shed: bool) -> Entry {
        if self.dearth.is_none() {
            self.extend();
            return Entry::Dearth(error);
        }
        let shed = shed && self.reserve.take().is_some() && self.listener.accept().is_ok();
        self.reserve = reserve();
        self.extend();
        Entry::StillDearth { shed }
    }

    fn extend(&mut self) {
        let pause = match &self.dearth {
            Some(dearth) => (dearth.pause * 2).min(PAUSE_MAX),
            None => PAUSE_MIN,
        };
        self.dearth = Some(Dearth { pause, until: Instant::now() + pause });
    }
}

/// A descriptor to give up when there is no other.
fn reserve() -> Option<File> {
    File::open("/dev/null").ok()
}

/// A selector that `waker` wakes.
///
/// # Errors
/// `EMFILE`.
pub(crate) fn selector(backend: Backend, waker: &Waker) -> Result<Selector<u64>> {
    let made = || {
        let mut selector = Selector::with(backend)?;
        selector.register(waker, Interest::READ, WAKER)?;
        Ok(selector)
    };
    made().map_err(|error| Error::from_io(Op::Wait, &error))
}

/// The listener's number in a server's selector.
pub(crate) const LISTENER: u64 = 0;
/// The waker's.
pub(crate) const WAKER: u64 = 1;
/// The first of whatever else there is.
pub(crate) const OTHERS: u64 = 2;
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);
