//! What takes `unsafe`: a descriptor known by its number, select's sets, epoll's list.

#![expect(unsafe_code, reason = "descriptors that may have been closed; see each block")]

use std::os::fd::{BorrowedFd, RawFd};

#[cfg(any(target_os = "linux", target_os = "android"))]
use rustix::event::epoll;
use rustix::event::{FdSetElement, Timespec};
use rustix::io::{Errno, Result};

/// The descriptor of that number, to be asked about and nothing else; a negative one is `EBADF`.
///
/// It may be closed, or somebody else's by now: a set of descriptors outlives what is in it, and
/// the system's answer to a number that is not open (`EBADF`, `POLLNVAL`) is part of its contract.
pub(crate) fn by_number(fd: RawFd) -> Result<BorrowedFd<'static>> {
    if fd < 0 {
        return Err(Errno::BADF);
    }
    // SAFETY: the number is not -1. It may not be open, which the calls it is given to (poll,
    // epoll_ctl, fcntl F_GETFD) allow: they read no memory by it and change nothing of the file.
    Ok(unsafe { BorrowedFd::borrow_raw(fd) })
}

/// `select(2)` on sets that hold at least `nfds` bits.
pub(crate) fn select(
    nfds: RawFd,
    [read, write, except]: [&mut [FdSetElement]; 3],
    timeout: Option<&Timespec>,
) -> Result<usize> {
    // SAFETY: rustix checks that the sets hold `nfds` bits. A number in them that is not open is
    // answered with EBADF, which changes nothing.
    let count =
        unsafe { rustix::event::select(nfds, Some(read), Some(write), Some(except), timeout) }?;
    Ok(count.unsigned_abs() as usize)
}

/// The list that the kernel fills with what an epoll found.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) struct EpollList(pub(crate) Vec<epoll::Event>);

// SAFETY: an event may hold a pointer, for which it is not Send; here each holds a number.
#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe impl Send for EpollList {}

// SAFETY: as above; and it changes through `&mut` alone.
#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe impl Sync for EpollList {}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl EpollList {
    pub(crate) fn new(len: usize) -> Self {
        let none =
            epoll::Event { flags: epoll::EventFlags::empty(), data: epoll::EventData::new_u64(0) };
        Self(vec![none; len])
    }

    /// Data and events of the first `count`.
    #[inline]
    pub(crate) fn first(&self, count: usize) -> impl Iterator<Item = (u64, epoll::EventFlags)> {
        self.0[..count].iter().map(|event| {
            // By copy, for the kernel's events are packed.
            let epoll::Event { flags, data, .. } = *event;
            (data.u64(), flags)
        })
    }
}
