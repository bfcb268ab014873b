//! Which of many are ready.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use crate::engine::Engine;
use crate::key::Entry;
use crate::positions::Positions;
use crate::{Backend, Interest, Key, Keys, Ready, Waker};

mod found;
mod wait;

use found::{Found, Item};

/// Waits until some of many descriptors are ready, and gives the caller's data for each.
///
/// It is level-triggered, unless [asked otherwise](Interest::edge): what is ready and not handled
/// is told again by the next wait. It knows descriptors by their numbers and keeps none open;
/// [`unregister`](Self::unregister) before closing. A descriptor closed while it is registered is
/// told as an error by every wait with `Backend::Poll`, makes every wait fail with `EBADF` with
/// `Backend::Select`, and is never told with `Backend::Epoll` (unless a duplicate keeps it open).
///
/// One thread waits and registers. Others hand work to it and wake it with a [`Waker`]; a selector
/// may be sent to another thread, where its data may. (An `Epoll` can be registered with while it
/// waits.)
///
/// ```
/// use sockrates_poll::{Interest, Selector};
/// use std::io::{Read, Write};
/// use std::os::unix::net::UnixStream;
///
/// let (mut a, mut b) = UnixStream::pair()?;
/// let mut selector = Selector::new()?;
/// selector.register(&b, Interest::READ, "the other end")?;
/// a.write_all(b"hello")?;
///
/// selector.select(None)?;
/// while let Some((key, ready)) = selector.next_ready() {
///     assert_eq!(*key.data, "the other end");
///     assert!(ready.readable);
///     b.read(&mut [0; 16])?;
/// }
/// selector.unregister(&b)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Source: Python `selectors`.
pub struct Selector<T> {
    engine: Engine,
    entries: Vec<Entry<T>>,
    positions: Positions,
    /// What the last wait found and nobody has taken yet.
    found: Found,
    waker: Waker,
    generation: u32,
    /// Whether the kernel may still tell of what was unregistered after it was closed.
    haunted: bool,
}

impl<T> Selector<T> {
    /// A selector on the best backend of this target.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptor is left. `ENOMEM`.
    #[doc(alias = "DefaultSelector")]
    pub fn new() -> io::Result<Self> {
        Self::with(Backend::BEST)
    }

    /// A selector on that backend.
    ///
    /// # Errors
    /// Those of [`new`](Self::new). `InvalidInput`: the waker's descriptor is too high for
    /// `Backend::Select`.
    pub fn with(backend: Backend) -> io::Result<Self> {
        let mut engine = Engine::new(backend)?;
        let waker = Waker::new()?;
        engine.register(waker.as_fd(), Interest::READ, 0)?;
        Ok(Self {
            engine,
            entries: Vec::new(),
            positions: Positions::default(),
            found: Found::default(),
            waker,
            generation: 0,
            haunted: false,
        })
    }

    /// The backend it is on.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.engine.backend()
    }

    /// What makes [`select`](Self::select) return, from another thread or a signal handler. It may
    /// outlive the selector, and then wakes nothing.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Waits for a descriptor from now on. `data` comes with each of its events.
    ///
    /// # Errors
    /// `AlreadyExists`: its number is registered. `EBADF`: it is not open. `EPERM`: epoll can't
    /// wait for it, as for a regular file. `InvalidInput`: the number is too high for
    /// `Backend::Select`. `ENOSPC`, `ENOMEM`.
    pub fn register(&mut self, fd: impl AsFd, interest: Interest, data: T) -> io::Result<()> {
        let fd = self.enter(fd.as_fd(), interest)?;
        self.keep(Key { fd, interest, data });
        Ok(())
    }

    /// The same for data that own the descriptor: nothing then closes it while it is registered.
    ///
    /// ```
    /// use sockrates_poll::{Interest, Selector};
    /// use std::{io::Read, io::Write, os::fd::AsFd, os::unix::net::UnixStream};
    ///
    /// let (mut a, b) = UnixStream::pair()?;
    /// let mut selector = Selector::new()?;
    /// selector.register_owner(b, Interest::READ, AsFd::as_fd)?;
    /// a.write_all(b"hello")?;
    ///
    /// selector.select(None)?;
    /// while let Some((key, _)) = selector.next_ready() {
    ///     assert_eq!(key.data.read(&mut [0; 16])?, 5);
    ///     let fd = key.fd;
    ///     drop(selector.unregister(&fd)?.data);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`register`](Self::register); `owner` is dropped then.
    pub fn register_owner(
        &mut self,
        owner: T,
        interest: Interest,
        fd: impl FnOnce(&T) -> BorrowedFd<'_>,
    ) -> io::Result<()> {
        let fd = self.enter(fd(&owner), interest)?;
        self.keep(Key { fd, interest, data: owner });
        Ok(())
    }

    /// Puts a descriptor into the system's set, as the next registration.
    fn enter(&mut self, fd: BorrowedFd<'_>, interest: Interest) -> io::Result<RawFd> {
        let number = fd.as_raw_fd();
        if self.positions.get(number).is_some() || number == self.waker.as_raw_fd() {
            let why = format!(
                "descriptor {number} is registered already; modify it, or unregister it before \
                 it is closed"
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        let generation = self.generation.wrapping_add(1);
        self.engine.register(fd, interest, generation)?;
        self.generation = generation;
        Ok(number)
    }

    /// Keeps the key of what was entered last.
    fn keep(&mut self, key: Key<T>) {
        self.positions.set(key.fd, self.entries.len());
        self.entries.push(Entry { key, generation: self.generation });
    }

    /// Changes what is waited for; the data stay ([`get_mut`](Self::get_mut) changes them).
    ///
    /// # Errors
    /// `NotFound`: it is not registered. `EBADF`, `ENOENT`: it was closed.
    pub fn modify(&mut self, fd: &impl AsRawFd, interest: Interest) -> io::Result<()> {
        let fd = fd.as_raw_fd();
        let position = self.positions.get(fd).ok_or_else(|| not_registered(fd))?;
        let entry = &mut self.entries[position];
        if entry.key.interest != interest {
            self.engine.modify(fd, interest, entry.generation)?;
            entry.key.interest = interest;
        }
        Ok(())
    }

    /// Waits for a descriptor no longer, and gives its key back. It may be closed already. Events
    /// of it that were found and not taken yet are dropped.
    ///
    /// # Errors
    /// `NotFound`: it is not registered.
    pub fn unregister(&mut self, fd: &impl AsRawFd) -> io::Result<Key<T>> {
        let fd = fd.as_raw_fd();
        let position = self.positions.take(fd).ok_or_else(|| not_registered(fd))?;
        self.haunted |= !self.engine.unregister(fd);
        let entry = self.entries.swap_remove(position);
        if let Some(moved) = self.entries.get(position) {
            self.positions.set(moved.key.fd, position);
        }
        Ok(entry.key)
    }

    /// Waits until a descriptor is ready, a [`Waker`] wakes, or the time is over; tells how many
    /// are ready. [`next_ready`](Self::next_ready) gives them; what it was not asked for is
    /// forgotten by the next wait, which finds it again, unless it is told once only
    /// ([`Interest::edge`]).
    ///
    /// Zero means that the time is over, or that it was woken: both happen, so look for either.
    ///
    /// # Errors
    /// `EBADF`: with `Backend::Select`, a descriptor was closed while registered. `EINVAL`: with
    /// `Backend::Poll`, there are more than the process may have open. `ENOMEM`. `EMFILE`,
    /// `ENFILE`: with `Backend::Epoll`, a new epoll is needed, for a descriptor was closed before
    /// it was unregistered while a duplicate of it lives.
    pub fn select(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        if self.haunted {
            return self.select_haunted(timeout);
        }
        self.wait(timeout)?;
        Ok(self.found.len())
    }

    /// The next descriptor that the last [`select`](Self::select) found ready, with what it is
    /// ready for. What was unregistered meanwhile is left out, so that it is safe to register and
    /// unregister between two of them.
    #[inline]
    pub fn next_ready(&mut self) -> Option<(Key<&mut T>, Ready)> {
        let told = self.found.next()?;
        match self.look_up(&told) {
            Some((at, ready)) if !told.lasting => Some((self.entries[at].key_mut(), ready)),
            found => self.next_unusual(told, found),
        }
    }

    /// The same where what was found is not simply given: apart, so that what is takes less.
    #[cold]
    fn next_unusual(
        &mut self,
        mut told: Item,
        mut found: Option<(usize, Ready)>,
    ) -> Option<(Key<&mut T>, Ready)> {
        let (at, ready) = loop {
            if let Some(found) = found {
                break found;
            }
            told = self.found.next()?;
            found = self.look_up(&told);
        };
        let entry = &mut self.entries[at];
        if told.lasting {
            // One that was closed is not told of any more, and need not be.
            let _ = self.engine.modify(told.fd, entry.key.interest.level(), entry.generation);
        }
        Some((entry.key_mut(), ready))
    }

    /// Where the entry of what was found is, and what it is ready for, unless it is another by now
    /// or for nothing that is waited for.
    #[inline]
    fn look_up(&self, told: &Item) -> Option<(usize, Ready)> {
        let at = self.positions.get(told.fd)?;
        let Entry { key, generation } = &self.entries[at];
        let ready = told.ready.masked(key.interest);
        (told.generation == *generation && !ready.is_empty()).then_some((at, ready))
    }

    /// The key of a descriptor, if it is registered.
    #[must_use]
    pub fn get_key(&self, fd: &impl AsRawFd) -> Option<Key<&T>> {
        Some(self.entries[self.positions.get(fd.as_raw_fd())?].key())
    }

    /// The key of a descriptor with its data to change, if it is registered.
    #[must_use]
    pub fn get_mut(&mut self, fd: &impl AsRawFd) -> Option<Key<&mut T>> {
        Some(self.entries[self.positions.get(fd.as_raw_fd())?].key_mut())
    }

    /// All keys, in no particular order.
    #[must_use]
    pub fn get_map(&self) -> Keys<'_, T> {
        Keys { entries: self.entries.iter() }
    }

    /// How many descriptors are registered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Ends it, and gives the keys back. Dropping it does the same and drops the data.
    pub fn close(self) -> Vec<Key<T>> {
        self.entries.into_iter().map(|entry| entry.key).collect()
    }
}

impl<T: fmt::Debug> fmt::Debug for Selector<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Selector");
        shown.field("backend", &self.backend());
        shown.field("keys", &self.entries.iter().map(Entry::key).collect::<Vec<_>>()).finish()
    }
}

fn not_registered(fd: RawFd) -> io::Error {
    let why = format!("descriptor {fd} is not registered; register it first");
    io::Error::new(io::ErrorKind::NotFound, why)
}
