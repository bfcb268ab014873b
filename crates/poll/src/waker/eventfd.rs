//! The waker's counter in the kernel. Source: Linux `eventfd(2)`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, write};

pub(super) struct Bell(OwnedFd);

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?))
    }

    pub(super) fn ring(&self) {
        // It fails only where the counter is at its end, and then a wake is pending already.
        let _ = write(&self.0, &1_u64.to_ne_bytes());
    }

    pub(super) fn hush(&self) {
        // It fails only where nothing is pending.
        let _ = read(&self.0, &mut [0; 8]);
    }

    #[inline]
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
