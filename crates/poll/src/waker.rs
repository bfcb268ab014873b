//! Makes a wait return.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::Arc;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod eventfd;
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod pipe;

#[cfg(any(target_os = "linux", target_os = "android"))]
use eventfd::Bell;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
use pipe::Bell;

/// Makes a wait return, from another thread or from a signal handler.
///
/// A wake before the wait is not lost: the wait returns at once. Many wakes before one wait are
/// one. A clone wakes the same wait.
///
/// A [`Selector`](crate::Selector) has one of its own ([`waker`](crate::Selector::waker)). Used
/// alone, it is readable from the first [`wake`](Self::wake) to the next [`clear`](Self::clear):
///
/// ```
/// use sockrates_poll::{Waker, select};
/// use std::os::fd::AsFd;
///
/// let waker = Waker::new()?;
/// let other = waker.clone();
/// std::thread::spawn(move || other.wake());
/// select(&[waker.as_fd()], &[], &[], None)?; // waits for the wake
/// waker.clear();
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Platform notes
/// An eventfd on Linux, a pipe elsewhere.
#[derive(Clone)]
pub struct Waker(Arc<Bell>);

impl Waker {
    /// A waker that no wake was called on yet.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptor is left. `ENOMEM`.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(Bell::new()?)))
    }

    /// Makes the wait return that goes on, or else the next one. Never waits, never fails.
    ///
    /// This is one `write(2)`, and so may be called from a signal handler (on other systems than
    /// Linux, one that keeps `errno`).
    pub fn wake(&self) {
        self.0.ring();
    }

    /// Takes back all wakes so far. Look at what they were for *after* this, so that none is
    /// missed.
    pub fn clear(&self) {
        self.0.hush();
    }
}

impl AsFd for Waker {
    /// Readable while a wake is pending. Neither read nor write it.
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Waker {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Waker").field(&self.as_raw_fd()).finish()
    }
}
