//! The sets that `select(2)` takes and changes.

use std::fmt;
use std::io;
use std::os::fd::RawFd;

use rustix::event::{FdSetElement, FdSetIter, fd_set_bound, fd_set_insert, fd_set_remove};

/// How many descriptors a set of select holds: the numbers 0 to 1023.
///
/// Source: POSIX.1-2024 `<sys/select.h>`; 1024 on every system here.
pub const FD_SETSIZE: usize = 1024;

const ELEMENTS: usize = FD_SETSIZE / (8 * size_of::<FdSetElement>());

#[derive(Clone)]
pub(crate) struct FdSet([FdSetElement; ELEMENTS]);

impl FdSet {
    pub(crate) fn new() -> Self {
        Self([FdSetElement::default(); ELEMENTS])
    }

    /// Puts a descriptor in or takes it out; its number is below [`FD_SETSIZE`].
    pub(crate) fn set(&mut self, fd: RawFd, member: bool) {
        if member {
            fd_set_insert(&mut self.0, fd);
        } else {
            fd_set_remove(&mut self.0, fd);
        }
    }

    /// One more than the highest number in it.
    pub(crate) fn bound(&self) -> RawFd {
        fd_set_bound(&self.0)
    }

    pub(crate) fn elements(&mut self) -> &mut [FdSetElement] {
        &mut self.0
    }

    pub(crate) fn iter(&self) -> FdSetIter<'_> {
        FdSetIter::new(&self.0)
    }

    pub(crate) fn members(&self) -> Members {
        let mut members = Members([0; FD_SETSIZE / 64]);
        for fd in self.iter().map(|fd| fd.unsigned_abs() as usize) {
            members.0[fd / 64] |= 1 << (fd % 64);
        }
        members
    }
}

/// What is in a set, to be asked by number.
pub(crate) struct Members([u64; FD_SETSIZE / 64]);

impl Members {
    pub(crate) fn contain(&self, fd: RawFd) -> bool {
        let fd = fd.unsigned_abs() as usize;
        self.0[fd / 64] >> (fd % 64) & 1 == 1
    }
}

/// Refuses a descriptor that no set holds.
pub(crate) fn check(fd: RawFd) -> io::Result<()> {
    if usize::try_from(fd).is_ok_and(|fd| fd < FD_SETSIZE) {
        return Ok(());
    }
    let why = format!("select holds descriptors below {FD_SETSIZE}, and this is {fd}; use poll");
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

impl fmt::Debug for FdSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
