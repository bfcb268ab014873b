//! Where connections come in, also when there is no descriptor left for them.

use std::fs::File;
use std::time::Instant;

use sockrates_core::{Addr, Errno, Error, Op, Result};
use sockrates_poll::{Backend, Interest, Selector, Waker};
#[cfg(any(target_os = "linux", target_os = "android"))]
use sockrates_poll::{Poll, PollEvents};
use sockrates_socket::Socket;

use crate::dearth::Dearth;

/// Where what is to be served comes in: connections, or datagrams.
pub(crate) trait Source {
    type Item;

    /// Has `selector` watch it, or not; with pauses it does not.
    fn watch(&mut self, selector: &mut Selector<u64>, wanted: bool) -> Result<()>;

    /// Until when it takes nothing; `None` where it does.
    fn paused_until(&self) -> Option<Instant>;

    /// What it lacked may have come back.
    fn resume(&mut self);

    /// What came in last is being served, so that the next pause is a short one.
    fn relax(&mut self);

    /// Nobody to serve could be started, and it pauses.
    fn pause(&mut self);

    /// Takes one, if there is one.
    ///
    /// # Errors
    /// Where it will never bring anything any more.
    fn accept(&mut self) -> Result<Entry<Self::Item>>;

    /// Refuses whatever comes from now on.
    fn close(self, selector: &mut Selector<u64>) -> Result<()>;
}

/// A listener that never waits, and knows what to do when accepting fails.
///
/// Where descriptors or memory have run out, the client stays in the system's queue and the
/// listener ready, so that trying again at once would spin. Instead it is not looked at for a
/// while ([`Dearth`]); a connection that ends cuts it short.
/// If there is still nothing after a pause, a descriptor kept in reserve is given up for a moment,
/// so that one client is accepted and closed, and knows.
#[derive(Debug)]
pub(crate) struct Gate {
    listener: Socket,
    reserve: Option<File>,
    /// Whether the selector watches it.
    watched: bool,
    /// While accepting fails: how long the next pause is, and when this one ends.
    dearth: Dearth,
}

/// What came of trying to accept.
#[derive(Debug)]
pub(crate) enum Entry<T> {
    /// A client, or a datagram.
    Client(T),
    /// One that was gone again; there may be others.
    Gone,
    /// Nobody is there.
    Nobody,
    /// Something has run out; this is the first time since nobody waited.
    Dearth(Error),
    /// It still has not come back. Whether a client was closed for it.
    StillDearth { shed: bool },
}

impl Gate {
    /// # Errors
    /// `EBADF`.
    pub(crate) fn new(listener: Socket) -> Result<Self> {
        listener.set_blocking(false)?;
        let dearth = Dearth::default();
        Ok(Self { listener, reserve: reserve(), watched: false, dearth })
    }

    pub(crate) fn listener(&self) -> &Socket {
        &self.listener
    }

    /// Ends a time of want if nobody waits any more: for whoever does not accept until then.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn look(&mut self) {
        if self.dearth.lasts() {
            let mut poll = Poll::new();
            let found = poll.register(&self.listener, PollEvents::IN);
            let found = found
                .and_then(|()| poll.poll_into(&mut Vec::new(), Some(std::time::Duration::ZERO)));
            if matches!(found, Ok(0)) {
                self.dearth.end();
            }
        }
    }

    fn shed_one(&mut self) -> bool {
        let reserved = self.reserve.take().is_some();
        let shed = reserved && self.listener.accept().is_ok();
        self.reserve = reserve();
        shed
    }

    fn want<T>(&mut self, error: Error, shed: bool) -> Entry<T> {
        if self.dearth.begin() {
            return Entry::Dearth(error);
        }
        let shed = shed && self.dearth.has_paused() && self.shed_one();
        self.dearth.extend();
        Entry::StillDearth { shed }
    }
}

impl Source for Gate {
    type Item = (Socket, Addr);

    fn watch(&mut self, selector: &mut Selector<u64>, wanted: bool) -> Result<()> {
        let wanted = wanted && self.paused_until().is_none();
        watch(selector, &self.listener, &mut self.watched, wanted)
    }

    fn paused_until(&self) -> Option<Instant> {
        self.dearth.until()
    }

    fn resume(&mut self) {
        self.dearth.resume();
    }

    fn relax(&mut self) {
        self.dearth.relax();
    }

    fn pause(&mut self) {
        self.dearth.extend();
    }

    fn accept(&mut self) -> Result<Entry<(Socket, Addr)>> {
        match self.listener.accept() {
            Ok(client) => {
                self.reserve = self.reserve.take().or_else(reserve);
                Ok(Entry::Client(client))
            }
            Err(error) => match error.errno().unwrap_or(Errno::SUCCESS) {
                errno if errno.would_block() => {
                    self.dearth.end();
                    Ok(Entry::Nobody)
                }
                Errno::EBADF | Errno::EINVAL | Errno::ENOTSOCK => Err(error),
                Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM => {
                    Ok(self.want(error, true))
                }
                // What befell one client: it gave up, or on Linux its network has failed.
                Errno::ECONNABORTED
                | Errno::ECONNRESET
                | Errno::ETIMEDOUT
                | Errno::ENETDOWN
                | Errno::ENETUNREACH
                | Errno::EHOSTUNREACH => Ok(Entry::Gone),
                // Whatever it is (a firewall's EPERM, say), it may last, and is not to be spun on.
                _ => Ok(self.want(error, false)),
            },
        }
    }

    fn close(mut self, selector: &mut Selector<u64>) -> Result<()> {
        // It is dropped and not `close`d, which takes a descriptor for a moment.
        self.watch(selector, false)
    }
}

/// Has `selector` watch `socket` as a source, or not; `watched` tells whether it does.
pub(crate) fn watch(
    selector: &mut Selector<u64>,
    socket: &Socket,
    watched: &mut bool,
    wanted: bool,
) -> Result<()> {
    if wanted != *watched {
        let changed = if wanted {
            selector.register(socket, Interest::READ, LISTENER)
        } else {
            selector.unregister(socket).map(drop)
        };
        changed.map_err(|error| Error::from_io(Op::Wait, &error))?;
        *watched = wanted;
    }
    Ok(())
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
