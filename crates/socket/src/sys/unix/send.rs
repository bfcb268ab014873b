//! Sending to the connected peer.

use std::io;
use std::os::fd::AsRawFd;

/// Sends `bytes`; never raises `SIGPIPE`.
///
/// It is here to be inlined: processors that distrust returns after a system call make each frame
/// between the caller and the kernel cost more than its instructions.
#[inline]
pub(crate) fn send_bytes(socket: &socket2::Socket, bytes: &[u8], flags: i32) -> io::Result<usize> {
    let (fd, flags) = (socket.as_raw_fd(), flags | super::MSG_NOSIGNAL);
    // SAFETY: bytes that are alive through the call, and as many as told.
    let sent = unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), flags) };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(sent.unsigned_abs()) }
}
