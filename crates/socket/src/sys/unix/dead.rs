//! What takes the place of a closed socket.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Closes the kernel's socket at once and leaves a dead descriptor under its number, so that the
/// number cannot be given to another file while operations of other threads still hold it.
///
/// The dead one is no socket (every socket operation fails on it) and always ready (whoever comes
/// to poll it is not kept waiting).
pub(crate) fn bury(socket: &socket2::Socket) -> io::Result<()> {
    replace(&dead()?, socket.as_raw_fd())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn dead() -> io::Result<OwnedFd> {
    // SAFETY: takes numbers only. Counting from 1 it is readable, and it is always writable.
    let fd = super::check(unsafe { libc::eventfd(1, libc::EFD_CLOEXEC) })?;
    // SAFETY: a descriptor just made, which nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn dead() -> io::Result<OwnedFd> {
    // A pipe whose writer is gone hangs up on whoever polls its reader.
    let mut fds = [0; 2];
    // SAFETY: room for two descriptors.
    super::check(unsafe { libc::pipe(fds.as_mut_ptr()) })?;
    // SAFETY: a descriptor just made, which nobody else owns.
    drop(unsafe { OwnedFd::from_raw_fd(fds[1]) });
    // SAFETY: as above.
    Ok(unsafe { OwnedFd::from_raw_fd(fds[0]) })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn replace(dead: &OwnedFd, number: i32) -> io::Result<()> {
    // SAFETY: takes numbers only; the caller owns `number` and gives up what lies under it.
    super::check(unsafe { libc::dup3(dead.as_raw_fd(), number, libc::O_CLOEXEC) }).map(drop)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn replace(dead: &OwnedFd, number: i32) -> io::Result<()> {
    // SAFETY: as above.
    super::check(unsafe { libc::dup2(dead.as_raw_fd(), number) })?;
    // SAFETY: takes numbers only.
    super::check(unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) }).map(drop)
}
